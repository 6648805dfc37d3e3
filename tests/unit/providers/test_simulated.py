"""providers/simulated: the same every time, honest about itself, and able to fail on command."""

import json

import pytest

from sallyport.conversation import (
    Image,
    Reasoning,
    ResponseFormat,
    StopReason,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from sallyport.errors import (
    ProviderDeniedError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.providers.simulated import Simulated
from sallyport.tokens import estimate, estimate_text

MAIL = Tool(name="send_mail", parameters={"type": "object", "properties": {"to": {"type": "string"}}})
OTHER = Tool(name="other")


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def ask(slept, target_of):
    def make(request, model="simulated-1", max_tokens=1000, timeout=5.0):
        target = target_of(model, "simulated")
        return Simulated(sleep=slept.append).chat(request, target, max_tokens=max_tokens, timeout=timeout)

    return make


@pytest.fixture
def said(ask, request_of):
    """The one text of an answer."""

    def make(*turns, **fields):
        (block,) = ask(request_of(*turns, **fields)).choices[0].blocks
        assert isinstance(block, Text)
        return block.text

    return make


def test_it_says_that_it_is_simulated_and_what_it_was_told(ask, request_of, turn):
    request = request_of(turn("system", "be brief"), turn("user", "I am <PERSON_1>"))

    answer = ask(request)

    text = "Simulated answer by simulated-1 (no model was called). You said: I am <PERSON_1>"
    assert answer.model == "simulated-1"
    assert answer.choices[0].blocks == (Text(text=text),)
    assert answer.choices[0].stop_reason is StopReason.END
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (estimate(request), estimate_text(text))
    assert ask(request) == answer


def test_it_sees_images(said, turn):
    assert "You sent images: 2. You said: look" in said(turn("user", Image(data="aGk="), Image(data="aGk="), "look"))


def test_every_choice_is_the_same(ask, request_of):
    answer = ask(request_of(n=3))

    assert len(answer.choices) == 3
    assert answer.usage.output_tokens == 3 * ask(request_of()).usage.output_tokens


def test_it_reasons_when_told_to(ask, request_of):
    answer = ask(request_of(reasoning_effort="low"))

    assert isinstance(answer.choices[0].blocks[0], Reasoning)
    assert 0 < answer.usage.reasoning_tokens < answer.usage.output_tokens


@pytest.mark.parametrize(
    ("fields", "stop"),
    [
        ({"stop": ("You said",)}, StopReason.STOP_SEQUENCE),
        ({"stop": ("", "nowhere")}, StopReason.END),
    ],
)
def test_stop_sequences(ask, request_of, fields, stop):
    (choice,) = ask(request_of(**fields)).choices

    assert choice.stop_reason is stop
    assert ("You said" in choice.blocks[0].text) is (stop is StopReason.END)


@pytest.mark.parametrize("max_tokens", [1, 7, 25])
def test_the_limit_cuts_whole_characters(ask, request_of, turn, max_tokens):
    answer = ask(request_of(turn("user", "ü\U0001f600" * 50)), max_tokens=max_tokens)

    assert answer.choices[0].stop_reason is StopReason.LENGTH
    assert 0 < answer.usage.output_tokens <= max_tokens


@pytest.mark.parametrize(
    ("text", "choice", "called"),
    [
        ("hello", None, None),
        ("please call a tool", None, "other"),
        ("use send_mail", None, "send_mail"),
        ("send_mails", None, None),
        ("use send_mail", ToolChoice(mode="none"), None),
        ("hello", ToolChoice(mode="required"), "other"),
        ("hello", ToolChoice(mode="one", name="send_mail"), "send_mail"),
    ],
)
def test_tools(ask, request_of, turn, text, choice, called):
    (choice,) = ask(request_of(turn("user", text), tools=(OTHER, MAIL), tool_choice=choice)).choices

    calls = [block.name for block in choice.blocks if isinstance(block, ToolCall)]
    assert calls == ([called] if called else [])
    assert choice.stop_reason is (StopReason.TOOL_CALLS if called else StopReason.END)


def test_arguments_are_the_prompts_own_words(ask, request_of, turn):
    (call,) = ask(request_of(turn("user", "send_mail to <EMAIL_1>"), tools=(MAIL,))).choices[0].blocks

    assert json.loads(call.arguments) == {"to": "<EMAIL_1>"}


def test_the_loop_of_a_tool_ends(said, turn):
    history = turn("user", "use send_mail"), turn("assistant", ToolCall(id="c", name="send_mail", arguments=""))
    result = turn("tool", ToolResult(tool_call_id="c", content=(Text(text="sent to <EMAIL_1>"),)))

    assert said(*history, result, tools=(MAIL,)).endswith("The tool answered: sent to <EMAIL_1>")


def test_json(said, turn):
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    asked = turn("user", "I am <PERSON_1>")

    assert json.loads(said(asked, response_format=ResponseFormat(type="json_schema", json_schema=schema))) == {
        "name": "<PERSON_1>"
    }
    assert json.loads(said(asked, response_format=ResponseFormat(type="json_object")))["simulated"] is True


def test_refuses_what_is_no_schema(ask, request_of):
    response = ResponseFormat(type="json_schema", json_schema={"type": "integer", "minimum": "canary"})

    with pytest.raises(ProviderRejectedError) as error:
        ask(request_of(response_format=response))
    assert "canary" not in str(error.value)


@pytest.mark.parametrize(
    ("model", "kind", "details"),
    [
        ("simulated-fail-400", ProviderRejectedError, {"status": 400}),
        ("simulated-fail-403", ProviderDeniedError, {"status": 403}),
        ("simulated-fail-429", ProviderThrottledError, {"status": 429}),
        ("simulated-fail-429-after-7s", ProviderThrottledError, {"status": 429, "retry_after": 7.0}),
        ("simulated-fail-500", ProviderUnavailableError, {"status": 500}),
        ("simulated-fail-close", ProviderUnavailableError, {}),
        ("fail-garbage", ProviderReplyError, {}),
        ("simulated-fail-hang", ProviderTimeoutError, {}),
    ],
)
def test_scripted_failures(ask, request_of, model, kind, details):
    with pytest.raises(kind) as error:
        ask(request_of(), model)

    assert (type(error.value), error.value.details) == (kind, details)


@pytest.mark.parametrize(
    "model", ["simulated-fail", "simulated-fail-200", "simulated-fail-4290", "failing-429", "unslow-5ms"]
)
def test_near_misses_answer(ask, request_of, slept, model):
    assert ask(request_of(), model).model == model
    assert slept == []


@pytest.mark.parametrize(
    ("model", "waits", "answers"),
    [
        ("slow-250ms", 0.25, True),
        ("simulated-slow-5000ms-b", 5.0, True),
        ("simulated-slow-5001ms", 5.0, False),
        ("simulated-fail-hang", 5.0, False),
        ("simulated-slow-250ms-fail-500", 0.25, False),
    ],
)
def test_it_waits_but_never_longer_than_it_may(ask, request_of, slept, model, waits, answers):
    if answers:
        ask(request_of(), model)
    else:
        with pytest.raises((ProviderTimeoutError, ProviderUnavailableError)):
            ask(request_of(), model)
    assert slept == [waits]
