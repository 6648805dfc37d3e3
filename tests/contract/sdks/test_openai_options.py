"""The options of a request: what reaches the provider, what comes back, and what is refused."""

import json
from typing import Any, Literal

import openai
import pydantic
import pytest

from tests.contract.provider import Provider, calling, completion, streamed
from tests.contract.wire import Wire

HELLO = [{"role": "user", "content": "Hello"}]


class Contact(pydantic.BaseModel):
    email: str
    confirmed: bool | None


class Verdict(pydantic.BaseModel):
    """A structured draft conclusion."""

    subject: Contact
    risk: Literal["low", "high"]
    score: int
    notes: list[str]
    others: list[Contact] = pydantic.Field(description="Who else is in it")


class Ask(pydantic.BaseModel):
    """Ask a colleague."""

    whom: str


def test_parse_gives_the_model_that_it_was_given(client: openai.OpenAI):
    answered = client.chat.completions.parse(
        model="simulated",
        messages=[{"role": "user", "content": "Judge ann@example.com, score 7"}],
        response_format=Verdict,
    )
    verdict = answered.choices[0].message.parsed

    assert isinstance(verdict, Verdict)
    assert verdict.subject.email == "ann@example.com"
    assert verdict.score == 7


def test_parse_sends_the_schema_to_the_provider_unchanged(client: openai.OpenAI, provider: Provider, wire: Wire):
    verdict = Verdict(subject=Contact(email="a", confirmed=None), risk="low", score=1, notes=[], others=[])
    provider.script(completion({"content": verdict.model_dump_json()}))
    answered = client.chat.completions.parse(model="echo", messages=HELLO, response_format=Verdict)
    sent = json.loads(wire.responses[-1].request.content)["response_format"]

    assert answered.choices[0].message.parsed == verdict
    assert sent["json_schema"]["strict"] is True
    assert provider.requests[-1]["response_format"] == sent


def test_an_original_that_json_must_escape_comes_back_as_json(client: openai.OpenAI, provider: Provider):
    provider.script(completion({"content": '{"whom": "<PASSWORD_1>"}'}))
    answered = client.chat.completions.parse(
        model="echo",
        messages=[{"role": "user", "content": r"password=Tr0ub\4dor&3xyzQ"}],
        response_format=Ask,
    )

    assert answered.choices[0].message.parsed == Ask(whom=r"Tr0ub\4dor&3xyzQ")


def test_parse_reads_the_arguments_of_a_tool(client: openai.OpenAI, provider: Provider):
    provider.script(calling(("c1", "Ask", {"whom": "<EMAIL_1>"})), completion({"content": "Done."}))
    tools = [openai.pydantic_function_tool(Ask)]
    messages: list[Any] = [{"role": "user", "content": "Ask ann@example.com"}]
    message = client.chat.completions.parse(model="echo", messages=messages, tools=tools).choices[0].message
    messages += [message, {"role": "tool", "tool_call_id": "c1", "content": "She agrees."}]
    last = client.chat.completions.parse(model="echo", messages=messages, tools=tools).choices[0].message

    assert message.tool_calls[0].function.parsed_arguments == Ask(whom="ann@example.com")
    assert last.content == "Done."


@pytest.mark.parametrize(
    ("finish", "error"),
    [("length", openai.LengthFinishReasonError), ("content_filter", openai.ContentFilterFinishReasonError)],
)
def test_parse_is_told_of_an_answer_that_is_not_whole(
    client: openai.OpenAI, provider: Provider, finish: str, error: type[Exception]
):
    provider.script(completion({"content": '{"whom":'}, finish=finish))

    with pytest.raises(error):
        client.chat.completions.parse(model="echo", messages=HELLO, response_format=Ask)


def test_a_json_object_is_one(client: openai.OpenAI):
    answered = client.chat.completions.create(
        model="simulated", messages=HELLO, response_format={"type": "json_object"}
    )

    assert (
        pydantic.TypeAdapter(dict[str, Any]).validate_json(answered.choices[0].message.content)["you_said"] == "Hello"
    )


def test_two_choices_are_two(client: openai.OpenAI, provider: Provider):
    provider.script(completion({"content": "One"}, {"content": "Two"}))
    answered = client.chat.completions.create(model="echo", messages=HELLO, n=2)

    assert [(each.index, each.message.content) for each in answered.choices] == [(0, "One"), (1, "Two")]
    assert provider.requests[-1]["n"] == 2
    assert len(client.chat.completions.create(model="simulated", messages=HELLO, n=2).choices) == 2


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({"stop": "END"}, {"stop": ["END"]}),
        ({"stop": ["A", "B", "C", "D"]}, {"stop": ["A", "B", "C", "D"]}),
        ({"seed": 42}, {"seed": 42}),
        ({"temperature": 0}, {"temperature": 0}),
        ({"top_p": 0.5, "presence_penalty": -2, "frequency_penalty": 2}, None),
        ({"logit_bias": {"50256": -100}}, {"logit_bias": {"50256": -100}}),
        ({"max_tokens": 17}, {"max_tokens": 17}),
        ({"max_completion_tokens": 17}, {"max_tokens": 17}),
        ({"user": "u-1", "metadata": {"ticket": "T-1"}}, None),
        ({"reasoning_effort": "low", "verbosity": "low"}, None),
        ({"service_tier": "flex", "store": False, "safety_identifier": "s-1", "prompt_cache_key": "k"}, None),
        ({"prediction": {"type": "content", "content": "Hello"}, "modalities": ["text"]}, None),
        ({"extra_body": {"top_k": 5, "guided_regex": "a+", "nested": {"deep": [1, None, True]}}}, "extra_body"),
        ({"extra_body": {"temperature": None, "seed": None, "absent": None}}, {}),
    ],
)
def test_an_option_reaches_the_provider(client: openai.OpenAI, provider: Provider, options: dict, sent: Any):
    """`sent` is what arrives where that differs from what was given."""
    client.chat.completions.create(model="echo", messages=HELLO, **options)
    expected = options if sent is None else options[sent] if isinstance(sent, str) else sent
    received = provider.requests[-1]
    plain = {"model", "messages", "stream"} | ({"max_tokens"} - expected.keys())

    assert {name: value for name, value in received.items() if name not in plain} == expected


def test_an_unknown_field_hides_no_address(client: openai.OpenAI, provider: Provider):
    hint = {"hint": {"ann@example.com": ["ann@example.com"]}}
    client.chat.completions.create(model="echo", messages=HELLO, extra_body=hint)

    assert provider.requests[-1]["hint"] == {"<EMAIL_1>": ["<EMAIL_1>"]}


def test_extra_fields_of_messages_parts_and_tools_are_tolerated(client: openai.OpenAI, provider: Provider):
    part = {"type": "text", "text": "Hello", "cache_control": {"type": "ephemeral"}, "weight": 1}
    tool = {"type": "function", "function": {"name": "go", "examples": []}, "cache_control": {"type": "ephemeral"}}
    client.chat.completions.create(
        model="echo", messages=[{"role": "user", "content": [part], "weight": 1}], tools=[tool]
    )

    assert provider.requests[-1]["messages"] == HELLO


def test_a_stop_sequence_ends_the_simulated_answer(client: openai.OpenAI):
    choice = client.chat.completions.create(model="simulated", messages=HELLO, stop=["You said", "never"]).choices[0]

    assert choice.message.content == "Simulated answer by simulated-1 (no model was called). "
    assert choice.finish_reason == "stop"


def test_max_completion_tokens_end_the_simulated_answer(client: openai.OpenAI):
    choice = client.chat.completions.create(model="simulated", messages=HELLO, max_completion_tokens=3).choices[0]

    assert choice.finish_reason == "length"
    assert choice.message.content == "Simulated"


def test_the_same_seed_is_answered_the_same(client: openai.OpenAI):
    first, second = (client.chat.completions.create(model="simulated", messages=HELLO, seed=7) for _ in range(2))

    assert first.choices == second.choices


def test_logprobs_come_back_as_the_provider_gave_them(client: openai.OpenAI, provider: Provider):
    token = {"token": "Hi", "logprob": -0.25, "bytes": [72, 105], "top_logprobs": []}
    provider.script(completion({"content": "Hi"}, logprobs={"content": [token], "refusal": None}))
    answered = client.chat.completions.create(model="echo", messages=HELLO, logprobs=True, top_logprobs=2)

    assert answered.choices[0].logprobs.content[0].logprob == -0.25
    assert (provider.requests[-1]["logprobs"], provider.requests[-1]["top_logprobs"]) == (True, 2)


def test_logprobs_come_in_a_stream_too_of_the_tokens_as_the_model_wrote_them(client: openai.OpenAI, provider: Provider):
    tokens = [{"token": each, "logprob": -0.25, "bytes": None, "top_logprobs": []} for each in ("Hi ", "<EMAIL_1>")]
    provider.script(
        streamed(*({"delta": {"content": each["token"]}, "logprobs": {"content": [each]}} for each in tokens))
    )
    told = []
    with client.chat.completions.stream(
        model="echo", messages=[{"role": "user", "content": "I am ann@example.com"}], logprobs=True
    ) as stream:
        for event in stream:
            if event.type == "logprobs.content.delta":
                told += [each.token for each in event.content]
        choice = stream.get_final_completion().choices[0]

    assert provider.requests[-1]["logprobs"] is True
    assert choice.message.content == "Hi ann@example.com"
    assert told == [each.token for each in choice.logprobs.content] == ["Hi ", "<EMAIL_1>"]


def test_reasoning_comes_back_beside_the_answer(client: openai.OpenAI):
    message = (
        client.chat.completions.create(model="simulated", messages=HELLO, reasoning_effort="high").choices[0].message
    )

    assert message.model_extra["reasoning_content"].startswith("Simulated reasoning")
    assert message.content.endswith("You said: Hello")


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"n": 0}, "n"),
        ({"temperature": 2.1}, "temperature"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
        ({"max_tokens": 1, "max_completion_tokens": 2}, "max_tokens"),
        ({"max_completion_tokens": 0}, "max_completion_tokens"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tools": [{"type": "custom", "custom": {"name": "go"}}]}, "tools[0].type"),
        ({"audio": {"voice": "alloy", "format": "wav"}, "modalities": ["text", "audio"]}, "audio"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"web_search_options": {}}, "web_search_options"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": []}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": None}]}, "messages[0].content"),
        ({"messages": [{"role": "assistant", "content": None}]}, "messages[0].content"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].tool_call_id"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "cat.png"}}]}]},
            "messages[0].content[0].image_url.url",
        ),
    ],
)
def test_what_cannot_be_honoured_is_a_400_that_names_the_field(
    client: openai.OpenAI, provider: Provider, options: dict, param: str
):
    with pytest.raises(openai.BadRequestError) as raised:
        client.chat.completions.create(**({"model": "echo", "messages": HELLO} | options))

    assert raised.value.param == param
    assert raised.value.type == "invalid_request_error"
    assert param.split(".")[-1] in raised.value.message
    assert provider.requests == []
