"""Conversations in Anthropic's words: what of them reaches a provider that speaks another, and what comes back."""

import base64
import json
from typing import Any, Literal

import anthropic
import pydantic
import pytest

from tests.contract.provider import Provider, calling, completion
from tests.contract.wire import Wire

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256))).decode()
PDF = base64.b64encode(b"%PDF-1.7\n%%EOF").decode()
EMAIL = "ann@example.com"
HELLO: list[Any] = [{"role": "user", "content": "Hello"}]
WEATHER: Any = {
    "name": "get_weather",
    "description": "The weather of a city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
CLOCK: Any = {"name": "get_time", "input_schema": {"type": "object"}}


class Contact(pydantic.BaseModel):
    email: str
    confirmed: bool


class Verdict(pydantic.BaseModel):
    """A structured draft conclusion."""

    subject: Contact
    risk: Literal["low", "high"]
    score: int
    notes: list[str]


def use(id_: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"id": id_, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


def result(id_: str, content: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": id_, "content": content, **fields}


def create(client: anthropic.Anthropic, **fields: Any) -> Any:
    return client.messages.create(**{"model": "echo", "max_tokens": 200, "messages": HELLO} | fields)


def streamed(client: anthropic.Anthropic, **fields: Any) -> Any:
    """The same by the SDK's stream helper."""
    with client.messages.stream(**{"model": "simulated", "max_tokens": 200, "messages": HELLO} | fields) as stream:
        return stream.get_final_message()


def test_parallel_tools_go_back_and_forth_for_several_turns(messenger: anthropic.Anthropic, provider: Provider):
    """The SDK's own blocks are sent back, with everything that they carry besides."""
    cities = ("call_a", "get_weather", {"city": "west"}), ("call_b", "get_weather", {"city": "east"})
    provider.script(calling(*cities), calling(("call_c", "get_time", {})), completion({"content": "west is colder."}))
    messages: list[Any] = [{"role": "user", "content": "Which is colder now?"}]
    rounds = 0
    while True:
        answered = create(messenger, messages=messages, tools=[WEATHER, CLOCK])
        messages.append({"role": "assistant", "content": answered.content})
        if answered.stop_reason != "tool_use":
            break
        rounds += 1
        results = [result(each.id, f"result of {each.id}") for each in answered.content]
        messages.append({"role": "user", "content": results})

    assert (rounds, answered.content[0].text) == (2, "west is colder.")
    assert provider.requests[-1]["messages"] == [
        {"role": "user", "content": "Which is colder now?"},
        {"role": "assistant", "content": None, "tool_calls": [use(*each) for each in cities]},
        {"role": "tool", "tool_call_id": "call_a", "content": "result of call_a"},
        {"role": "tool", "tool_call_id": "call_b", "content": "result of call_b"},
        {"role": "assistant", "content": None, "tool_calls": [use("call_c", "get_time", {})]},
        {"role": "tool", "tool_call_id": "call_c", "content": "result of call_c"},
    ]


def test_the_sdks_own_tool_runner_runs_to_the_end(messenger: anthropic.Anthropic, provider: Provider):
    @anthropic.beta_tool
    def get_weather(city: str) -> str:
        """The weather of a city."""
        return f"Sunny in {city}"

    cities = ("call_a", "get_weather", {"city": "<EMAIL_1>"}), ("call_b", "get_weather", {"city": "east"})
    provider.script(calling(*cities), completion({"content": "Both are sunny, <EMAIL_1>."}))
    runner = messenger.beta.messages.tool_runner(
        model="echo",
        max_tokens=200,
        messages=[{"role": "user", "content": f"Weather at {EMAIL} and in east?"}],
        tools=[get_weather],
    )

    assert runner.until_done().content[0].text == f"Both are sunny, {EMAIL}."
    assert [each["content"] for each in provider.requests[-1]["messages"] if each["role"] == "tool"] == [
        "Sunny in <EMAIL_1>",
        "Sunny in east",
    ]


@pytest.mark.parametrize("ask", [create, streamed])
def test_the_simulated_model_plays_a_tool_loop(messenger: anthropic.Anthropic, ask: Any):
    fields: dict[str, Any] = {"model": "simulated", "tools": [WEATHER]}
    messages: list[Any] = [{"role": "user", "content": f'Use the tool for "west" and tell {EMAIL}.'}]
    first = ask(messenger, messages=messages, **fields)
    [called] = first.content
    messages += [
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [result(called.id, f"Sunny, says {EMAIL}.")]},
    ]
    second = ask(messenger, messages=messages, **fields)

    assert (first.stop_reason, called.name, called.input) == ("tool_use", "get_weather", {"city": "west"})
    assert second.stop_reason == "end_turn"
    assert f"Sunny, says {EMAIL}." in second.content[0].text


def test_originals_come_back_in_every_turn_of_a_tool_loop(messenger: anthropic.Anthropic, provider: Provider):
    provider.script(calling(("c1", "get_weather", {"city": "<EMAIL_1>"})), completion({"content": "Told <EMAIL_1>."}))
    messages: list[Any] = [{"role": "user", "content": f"Where is {EMAIL}?"}]
    first = create(messenger, messages=messages, tools=[WEATHER])
    messages += [
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [result("c1", [{"type": "text", "text": f"{EMAIL} is in west"}])]},
    ]
    last = create(messenger, messages=messages, tools=[WEATHER])

    assert first.content[0].input == {"city": EMAIL}
    assert last.content[0].text == f"Told {EMAIL}."
    assert EMAIL not in json.dumps(provider.requests)


@pytest.mark.parametrize(
    ("choice", "sent", "parallel"),
    [
        ({"type": "auto"}, "auto", None),
        ({"type": "any"}, "required", None),
        ({"type": "none"}, "none", None),
        (
            {"type": "tool", "name": "get_time", "disable_parallel_tool_use": True},
            {"type": "function", "function": {"name": "get_time"}},
            False,
        ),
    ],
)
def test_the_choice_of_a_tool_reaches_the_provider(
    messenger: anthropic.Anthropic, provider: Provider, choice: Any, sent: Any, parallel: bool | None
):
    create(messenger, tools=[WEATHER, CLOCK], tool_choice=choice)
    [request] = provider.requests

    assert [each["function"]["name"] for each in request["tools"]] == ["get_weather", "get_time"]
    assert (request["tool_choice"], request.get("parallel_tool_calls")) == (sent, parallel)


def test_images_and_documents_reach_the_provider(messenger: anthropic.Anthropic, provider: Provider):
    blocks: list[Any] = [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
        {"type": "document", "title": "a.pdf",
         "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}},
        {"type": "document", "title": "Notes", "source": {"type": "text", "media_type": "text/plain", "data": EMAIL}},
        {"type": "text", "text": "Compare.", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    ]  # fmt: skip
    answered = create(messenger, messages=[{"role": "user", "content": blocks}])
    image, file, *texts = provider.requests[-1]["messages"][0]["content"]

    assert image["image_url"]["url"] == f"data:image/png;base64,{PIXEL}"
    assert file["file"]["file_data"] == f"data:application/pdf;base64,{PDF}"
    assert [each["text"] for each in texts] == ["Notes", "<EMAIL_1>", "Compare."]
    assert EMAIL in answered.content[0].text


def test_an_image_in_the_result_of_a_tool_arrives(messenger: anthropic.Anthropic):
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    called = {"type": "tool_use", "id": "c1", "name": "look", "input": {}}
    messages = [
        {"role": "user", "content": "Look!"},
        {"role": "assistant", "content": [called]},
        {"role": "user", "content": [result("c1", [image, {"type": "text", "text": "A cat."}], is_error=False)]},
    ]

    assert "The tool answered: A cat." in create(messenger, model="simulated", messages=messages).content[0].text


def test_the_system_may_be_a_text_blocks_or_a_message(messenger: anthropic.Anthropic, provider: Provider):
    create(messenger, system="Be brief.")
    create(messenger, system=[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}])
    create(messenger, messages=[{"role": "system", "content": "Be brief."}, *HELLO])

    assert [each["messages"][0] for each in provider.requests] == [{"role": "system", "content": "Be brief."}] * 3


def test_parse_gives_the_model_that_it_was_given(messenger: anthropic.Anthropic, wire: Wire):
    parsed = messenger.messages.parse(
        model="simulated",
        max_tokens=500,
        messages=[{"role": "user", "content": f"Judge {EMAIL}, score 7"}],
        output_format=Verdict,
    )

    assert isinstance(parsed.parsed_output, Verdict)
    assert (parsed.parsed_output.subject.email, parsed.parsed_output.score) == (EMAIL, 7)
    assert "output_config" in json.loads(wire.responses[-1].request.content)


def test_parse_enforces_the_schema_at_the_provider(messenger: anthropic.Anthropic, provider: Provider):
    verdict = Verdict(subject=Contact(email="a", confirmed=True), risk="low", score=1, notes=[])
    provider.script(completion({"content": verdict.model_dump_json()}))
    parsed = messenger.messages.parse(model="echo", max_tokens=500, messages=HELLO, output_format=Verdict)
    sent = provider.requests[-1]["response_format"]

    assert parsed.parsed_output == verdict
    assert (sent["type"], sent["json_schema"]["strict"]) == ("json_schema", True)
    assert sent["json_schema"]["schema"]["required"] == ["subject", "risk", "score", "notes"]


def test_a_stream_is_parsed_too(messenger: anthropic.Anthropic):
    messages: list[Any] = [{"role": "user", "content": f"Judge {EMAIL}, score 7"}]
    parsed = streamed(messenger, messages=messages, output_format=Verdict, max_tokens=500).parsed_output

    assert isinstance(parsed, Verdict)
    assert parsed.subject.email == EMAIL


def test_thoughts_come_back_in_the_next_turn(messenger: anthropic.Anthropic, provider: Provider):
    """Those of a model that signs none have an empty signature, and are no seal that could be broken."""
    provider.script(completion({"content": "Yes?", "reasoning_content": "Who is <EMAIL_1>?"}))
    thinking = {"type": "enabled", "budget_tokens": 1024}
    messages: list[Any] = [{"role": "user", "content": f"I am {EMAIL}."}]
    first = create(messenger, messages=messages, max_tokens=2000, thinking=thinking)
    messages += [{"role": "assistant", "content": first.content}, {"role": "user", "content": "Go on"}]
    create(messenger, messages=messages, max_tokens=2000, thinking=thinking)
    thought, text = first.content

    assert (thought.type, thought.thinking, thought.signature) == ("thinking", f"Who is {EMAIL}?", "")
    assert text.text == "Yes?"
    assert EMAIL not in json.dumps(provider.requests)


@pytest.mark.parametrize("ask", [create, streamed])
def test_the_simulated_model_thinks_when_it_is_told_to(messenger: anthropic.Anthropic, ask: Any):
    answered = ask(messenger, model="simulated", max_tokens=2000, thinking={"type": "adaptive"})

    assert [each.type for each in answered.content] == ["thinking", "text"]
    assert answered.usage.output_tokens_details.thinking_tokens > 0


@pytest.mark.parametrize("display", ["summarized", "omitted"])
@pytest.mark.parametrize("ask", [create, streamed])
def test_a_signed_thought_is_known_again_when_it_comes_back(messenger: anthropic.Anthropic, ask: Any, display: str):
    """By the simulated model, which signs its thoughts; the client got them with its own value in them."""
    thinking = {"type": "adaptive", "display": display}

    def said(*messages: Any) -> Any:
        return ask(messenger, model="simulated", max_tokens=2000, messages=messages, thinking=thinking).content

    question = {"role": "user", "content": f"I am {EMAIL}."}
    thought, words = said(question)
    changed = thought.model_copy(update={"signature": "another"})
    [_, known] = said(question, {"role": "assistant", "content": [thought, words]}, question)
    [_, unknown] = said(question, {"role": "assistant", "content": [changed, words]}, question)

    assert (thought.thinking == "") is (display == "omitted")
    assert "You sent thoughts: 1." in known.text
    assert "thoughts" not in unknown.text


def test_a_compatible_server_leaves_out_what_it_has_no_words_for_and_the_client_is_told(
    messenger: anthropic.Anthropic, provider: Provider
):
    text = {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}
    answered = create(
        messenger,
        max_tokens=4000,
        messages=[{"role": "user", "content": [text]}],
        thinking={"type": "enabled", "budget_tokens": 2000},
        service_tier="auto",
        extra_body={"top_k": 5},
    )
    warnings = answered.model_extra["sallyport"]["warnings"]

    assert [each["field"] for each in warnings] == ["cache_control", "thinking.budget_tokens", "service_tier"]
    assert (provider.requests[-1]["top_k"], provider.requests[-1]["reasoning_effort"]) == (5, "low")


def test_signed_and_redacted_thoughts_of_another_model_hide_nothing(messenger: anthropic.Anthropic, provider: Provider):
    thoughts = [
        {"type": "thinking", "thinking": f"It is {EMAIL}.", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": base64.b64encode(EMAIL.encode()).decode()},
    ]
    messages = [
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "content": [*thoughts, {"type": "text", "text": "Wait."}]},
        {"role": "user", "content": "So?"},
    ]

    assert create(messenger, messages=messages).content
    assert EMAIL not in json.dumps(provider.requests)


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"stop_sequences": ["END"]}, {"stop": ["END"]}),
        ({"extra_body": {"temperature": 0.5, "top_p": 0.5}}, {"temperature": 0.5, "top_p": 0.5}),
        ({"metadata": {"user_id": "u-1"}}, {"user": "u-1"}),
        ({"max_tokens": 17}, {"max_tokens": 17}),
        ({"output_config": {"effort": "low"}}, {"reasoning_effort": "low"}),
    ],
)
def test_an_option_reaches_the_provider_in_its_words(
    messenger: anthropic.Anthropic, provider: Provider, fields: Any, sent: Any
):
    create(messenger, **fields)

    assert provider.requests[-1].items() >= sent.items()


def test_what_only_anthropics_own_api_knows_stays_out_of_others(messenger: anthropic.Anthropic, provider: Provider):
    create(messenger, extra_body={"speed": "fast", "service_tier": "auto", "metadata": {"user_id": "u", "more": 1}})

    assert provider.requests[-1].keys() == {"model", "messages", "stream", "max_tokens", "user"}


def test_a_stop_sequence_and_the_limit_end_an_answer(messenger: anthropic.Anthropic):
    stopped = create(messenger, model="simulated", stop_sequences=["You said"])
    limited = create(messenger, model="simulated", max_tokens=3)

    assert stopped.stop_reason == "stop_sequence"
    assert stopped.content[0].text == "Simulated answer by simulated-1 (no model was called). "
    assert (limited.stop_reason, limited.content[0].text) == ("max_tokens", "Simulated")


def test_a_refusal_is_one(messenger: anthropic.Anthropic, provider: Provider):
    provider.script(completion({"content": None, "refusal": "I will not."}))
    answered = create(messenger)

    assert (answered.stop_reason, answered.content[0].text) == ("refusal", "I will not.")
