"""Either dialect through the gateway to a server of Anthropic's own API: every answer with this caller's own values."""

import json
from typing import Any

import httpx
import openai
import pytest
from anthropic.types import Message, ParsedMessage

from tests.contract.claude import Claude
from tests.contract.conftest import CLAUDES_KEY
from tests.e2e.running import Running
from tests.unit.dialects.anthropic_messages.shapes import accumulated, message_of

EMAIL = "bob@corp.example.org"
SIGNED = {"type": "thinking", "thinking": "It is <EMAIL_1>.", "signature": "EqoBCkgIARABGAIiQL8="}
HIDDEN = {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix/LafPsn4aDFIT"}
TOLD = {"type": "text", "text": "Told <EMAIL_1>."}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"who": "<EMAIL_1>"}}
LOOK: Any = {
    "type": "function",
    "function": {"name": "look", "parameters": {"type": "object", "properties": {"who": {}}}},
}


def ask(gateway: Running, **fields: Any) -> Message | ParsedMessage[None]:
    """Over Anthropic's dialect, streamed or not."""
    body = {"model": "claude", "max_tokens": 4000, "messages": [{"role": "user", "content": f"I am {EMAIL}."}]}
    headers = {"x-api-key": gateway.keys["app"], "anthropic-version": "2026-10-21"}
    answer = httpx.post(f"{gateway.url}/v1/messages", json=body | fields, headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text
    return accumulated(answer.content) if fields.get("stream") else message_of(answer.content, "sallyport")


def contents(message: Message | ParsedMessage[None]) -> list[dict[str, Any]]:
    return [block.model_dump(exclude_none=True) for block in message.content]


def test_openais_sdk_asks_claude_in_claudes_own_words(client: openai.OpenAI, claude: Claude) -> None:
    claude.script(TOLD, CALL, stop="tool_use")
    messages: list[Any] = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": f"I am {EMAIL}."},
    ]
    tools: Any = [LOOK]
    answer = client.chat.completions.create(
        model="claude", messages=messages, tools=tools, tool_choice="required", parallel_tool_calls=False, seed=1
    )
    [request], [headers] = claude.requests, claude.headers

    assert (headers["x-api-key"], headers["anthropic-version"]) == (CLAUDES_KEY, "2023-06-01")
    assert request["system"] == [{"type": "text", "text": "Be brief."}]
    assert request["messages"] == [{"role": "user", "content": [{"type": "text", "text": "I am <EMAIL_1>."}]}]
    assert request["tool_choice"] == {"type": "any", "disable_parallel_tool_use": True}
    assert request["max_tokens"] > 0
    [choice] = answer.choices
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", f"Told {EMAIL}.")
    assert choice.message.tool_calls is not None
    assert json.loads(choice.message.tool_calls[0].function.arguments) == {"who": EMAIL}
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (100, 50)
    assert answer.usage.prompt_tokens_details is not None
    assert answer.usage.prompt_tokens_details.cached_tokens == 30
    told = answer.model_extra and answer.model_extra["sallyport"]["warnings"]
    assert [each["field"] for each in told] == ["seed"]


def test_openais_sdk_streams_what_claude_says(client: openai.OpenAI, claude: Claude) -> None:
    claude.script(TOLD, CALL, stop="tool_use")
    messages: list[Any] = [{"role": "user", "content": f"I am {EMAIL}."}]
    tools: Any = [LOOK]
    with client.chat.completions.stream(
        model="claude", messages=messages, tools=tools, stream_options={"include_usage": True}
    ) as stream:
        answer = stream.get_final_completion()

    [choice] = answer.choices
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", f"Told {EMAIL}.")
    assert choice.message.tool_calls is not None
    assert json.loads(choice.message.tool_calls[0].function.arguments) == {"who": EMAIL}
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == 100


def test_a_tool_loop_over_openais_dialect(client: openai.OpenAI, claude: Claude) -> None:
    claude.script(CALL, stop="tool_use")
    claude.script(TOLD)
    messages: list[Any] = [{"role": "user", "content": f"Where is {EMAIL}?"}]
    tools: Any = [LOOK]
    first = client.chat.completions.create(model="claude", messages=messages, tools=tools).choices[0].message
    messages += [first, {"role": "tool", "tool_call_id": "toolu_1", "content": f"{EMAIL} is in west"}]
    last = client.chat.completions.create(model="claude", messages=messages, tools=tools).choices[0].message

    assert last.content == f"Told {EMAIL}."
    result = {"type": "tool_result", "tool_use_id": "toolu_1"}
    assert claude.requests[-1]["messages"][1:] == [
        {"role": "assistant", "content": [CALL]},
        {"role": "user", "content": [result | {"content": [{"type": "text", "text": "<EMAIL_1> is in west"}]}]},
    ]
    assert EMAIL not in str(claude.requests)


@pytest.mark.parametrize("stream", [False, True])
def test_an_anthropic_client_gets_what_anthropic_says(gateway: Running, claude: Claude, stream: bool) -> None:
    claude.script(HIDDEN, TOLD, CALL, stop="tool_use")
    thinking = {"type": "enabled", "budget_tokens": 2000}
    marked = {"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    tools = [{"name": "look", "input_schema": LOOK["function"]["parameters"]}]
    metadata = {"user_id": "u-1"}
    answer = ask(
        gateway, stream=stream, thinking=thinking, system=[marked], tools=tools, metadata=metadata, speed="fast"
    )
    [request] = claude.requests

    assert contents(answer) == [HIDDEN, {"type": "text", "text": f"Told {EMAIL}."}, CALL | {"input": {"who": EMAIL}}]
    assert (answer.stop_reason, answer.usage.input_tokens, answer.usage.cache_read_input_tokens) == ("tool_use", 60, 30)
    assert answer.usage.output_tokens_details.thinking_tokens == 20
    assert (request["thinking"], request["system"], request["speed"]) == (thinking, [marked], "fast")
    assert request["metadata"] == metadata
    assert request["messages"] == [{"role": "user", "content": [{"type": "text", "text": "I am <EMAIL_1>."}]}]


@pytest.mark.parametrize("thought", ["Two and two.", "It is <EMAIL_1>."])
@pytest.mark.parametrize("stream", [False, True])
def test_sealed_thoughts_go_back_byte_for_byte(gateway: Running, claude: Claude, stream: bool, thought: str) -> None:
    """Also those that the client got with values of its own in them."""
    signed = SIGNED | {"thinking": thought}
    claude.script(signed, HIDDEN, TOLD)
    claude.script(TOLD)
    first = ask(gateway, stream=stream)
    question = {"role": "user", "content": f"I am {EMAIL}."}
    ask(gateway, messages=[question, {"role": "assistant", "content": contents(first)}, question])

    assert contents(first)[0]["thinking"] == thought.replace("<EMAIL_1>", EMAIL)
    assert claude.requests[-1]["messages"][1]["content"] == [signed, HIDDEN, TOLD]


@pytest.mark.parametrize("stream", [False, True])
def test_the_stop_sequence_that_was_met_is_the_callers_own(gateway: Running, claude: Claude, stream: bool) -> None:
    claude.script({"type": "text", "text": "Dear one, write to "}, stop="stop_sequence", met="<EMAIL_1>")
    answer = ask(gateway, stream=stream, stop_sequences=[EMAIL, "END"])

    assert claude.requests[0]["stop_sequences"] == ["<EMAIL_1>", "END"]
    assert (answer.stop_reason, answer.stop_sequence) == ("stop_sequence", EMAIL)


def test_what_claude_cannot_honour_is_refused_by_its_name(client: openai.OpenAI, claude: Claude) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="claude", messages=[{"role": "user", "content": "Hi"}], logprobs=True)

    assert refused.value.param == "logprobs"
    assert claude.requests == []
