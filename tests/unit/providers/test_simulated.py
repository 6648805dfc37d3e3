"""providers/simulated: the same every time, honest about itself, and able to fail on command."""

import json
from concurrent.futures import ThreadPoolExecutor

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
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import (
    ProviderDeniedError,
    ProviderError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderThrottledError,
    ProviderTimeoutError,
    ProviderUnavailableError,
)
from sallyport.providers.simulated import Simulated
from sallyport.stream import Counted, Started, Stopped, TextDelta, ToolCallDelta, ToolCallStarted, collect
from sallyport.tokens import estimate, estimate_text
from tests.unit.providers.wishes import PLAIN, WISHES, wished

MAIL = Tool(name="send_mail", parameters={"type": "object", "properties": {"to": {"type": "string"}}})
OTHER = Tool(name="other")


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def simulated(slept):
    return Simulated(wait=lambda _, seconds: slept.append(seconds))


@pytest.fixture
def ask(simulated, target_of):
    def make(request, model="simulated-1", max_tokens=1000, timeout=5.0):
        target = target_of(model, "simulated")
        return simulated.chat(request, target, max_tokens=max_tokens, timeout=timeout)

    return make


@pytest.fixture
def streamed(simulated, target_of):
    """The events of a stream; what broke it, if anything, stands last."""

    def make(request, model="simulated-1", max_tokens=1000, timeout=5.0, first=5.0):
        target, events = target_of(model, "simulated", idle_seconds=4.0), []
        try:
            with simulated.stream(request, target, max_tokens=max_tokens, timeout=timeout, first=first) as stream:
                events.extend(stream)
        except ProviderError as error:
            events.append(error)
        return events

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


WARNED = {
    "cache": "cache_control",
    "extras": "verbosity",
    "extras_of": None,
    "thinking": "thinking.budget_tokens",
    "top_logprobs": None,
    "betas": "anthropic-beta",
    **{name: name for name in ("temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "logit_bias")},
    **{name: name for name in ("logprobs", "user", "metadata")},
}
"""Field to the name under which a client is told; None where it says more of another that is told."""
ALWAYS = {"seed"}
"""Honoured whether it is asked for or not."""


@pytest.mark.parametrize("field", sorted(name.split(".")[1] for name in WISHES if name.startswith("ChatRequest.")))
def test_every_wish_changes_the_answer_or_is_told_of(field, simulated, ask, target_of):
    without, wish = WISHES[f"ChatRequest.{field}"]
    told, before = ([each.field for each in simulated.unmet(each, target_of())] for each in (wish, without))

    assert set(told) - set(before) == ({WARNED[field]} if WARNED.get(field) else set())
    assert told or field in ALWAYS or ask(wish) != ask(without)


def test_a_plain_request_is_honoured_whole(simulated, target_of):
    assert simulated.unmet(PLAIN, target_of()) == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"temperature": 0.0}, {"top_p": 1.0}, {"presence_penalty": 0.0}, {"frequency_penalty": 0.0}, {"logit_bias": {}},
        {"logprobs": False}, {"metadata": {}}, {"extras": {"modalities": ["text"]}},
    ],
)  # fmt: skip
def test_what_says_nothing_is_no_wish(fields, simulated, target_of):
    assert simulated.unmet(wished(**fields), target_of()) == ()


@pytest.mark.parametrize(("signature", "told"), [("simulated-signature", []), ("another", ["messages"])])
def test_thoughts_of_others_are_passed_over_and_told_of(signature, told, simulated, request_of, turn, target_of):
    thought = Reasoning(text="Simulated reasoning: repeat what was said.", signature=signature)
    request = request_of(turn("user", "a"), turn("assistant", thought), turn("user", "b"))
    assert [each.field for each in simulated.unmet(request, target_of())] == told


def test_a_drill_plays_in_the_place_of_the_name(ask, streamed, request_of, slept):
    assert ask(request_of(drill="slow-20ms"), "simulated-fail-500").model == "simulated-fail-500"
    assert slept == [0.02]
    with pytest.raises(ProviderThrottledError) as failed:
        ask(request_of(drill="fail-429-after-7s"))
    assert failed.value.retry_after == 7.0
    assert type(streamed(request_of(drill="cut-after-0"))[-1]) is ProviderUnavailableError


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("two words\n\nand  spaces ", {}),
        ("use send_mail to <EMAIL_1>", {"tools": (MAIL,)}),
        ("hello", {"response_format": ResponseFormat(type="json_object")}),
        ("think", {"reasoning_effort": "low", "n": 2}),
        ("", {"stop": ("Simulated",)}),
    ],
)
def test_a_stream_is_the_same_answer_in_pieces(ask, streamed, request_of, turn, text, fields):
    request = request_of(turn("user", text), **fields)

    events = streamed(request)

    collected, answer = collect(events), ask(request)
    assert isinstance(events[0], Started)
    assert events[-1] == Counted(usage=answer.usage)
    assert collected.whole
    expected = [[block for block in choice.blocks if getattr(block, "text", None) != ""] for choice in answer.choices]
    assert [list(choice.blocks) for choice in collected.answer(answer.usage).choices] == expected


def test_text_comes_word_by_word_and_json_in_fragments(streamed, request_of, turn):
    request = request_of(turn("user", "I am <PERSON_1>"))
    words = [event.text for event in streamed(request) if isinstance(event, TextDelta)]
    as_json = request.model_copy(update={"response_format": ResponseFormat(type="json_object")})
    fragments = [event.text for event in streamed(as_json) if isinstance(event, TextDelta)]

    assert words[-3:] == ["I ", "am ", "<PERSON_1>"]
    assert max(map(len, fragments)) == 7
    assert "<PERSON_1>" in "".join(fragments)


def test_arguments_come_in_fragments_after_the_call_started(streamed, request_of, turn):
    events = streamed(request_of(turn("user", "send_mail to <EMAIL_1>"), tools=(MAIL,)))

    assert events[1] == ToolCallStarted(index=0, id="call_simulated_1", name="send_mail")
    fragments = events[2:-2]
    assert len(fragments) > 1
    assert {(type(each), each.index) for each in fragments} == {(ToolCallDelta, 0)}
    assert events[-2] == Stopped(reason=StopReason.TOOL_CALLS)


@pytest.mark.parametrize(
    ("model", "given", "kind"),
    [
        ("simulated-cut", 3, ProviderUnavailableError),
        ("simulated-cut-after-0", 0, ProviderUnavailableError),
        ("simulated-spoil-after-5", 5, ProviderReplyError),
        ("simulated-stall", 3, ProviderTimeoutError),
        ("simulated-stall-after-1-pace-10ms", 1, ProviderTimeoutError),
    ],
)
def test_streams_that_break_in_the_middle(streamed, request_of, model, given, kind):
    *events, error = streamed(request_of(), model)

    assert [type(event) for event in events] == [Started, *[TextDelta] * given]
    assert type(error) is kind


def test_a_stream_too_short_to_break_in_the_middle_breaks_at_its_end(streamed, request_of):
    *events, error = streamed(request_of(), "simulated-cut-after-99")

    assert Stopped not in [type(event) for event in events]
    assert type(error) is ProviderUnavailableError


@pytest.mark.parametrize("model", ["simulated-uncut", "cuts", "simulated-stalled", "spoil5", "pace-ms"])
def test_near_misses_stream_to_the_end(streamed, request_of, slept, model):
    assert isinstance(streamed(request_of(), model)[-1], Counted)
    assert slept == []


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("simulated-fail-429-after-7s", ProviderThrottledError),
        ("simulated-fail-close", ProviderUnavailableError),
        ("simulated-fail-hang-cut", ProviderTimeoutError),
    ],
)
def test_failures_of_chat_come_before_the_first_event(streamed, request_of, model, kind):
    assert [type(event) for event in streamed(request_of(), model)] == [kind]


@pytest.mark.parametrize(
    ("model", "timeout", "first", "waits", "ends"),
    [
        ("simulated-slow-250ms-pace-20ms-cut", 5.0, 5.0, [0.25, 0.02, 0.02], ProviderUnavailableError),
        ("simulated-stall", 5.0, 5.0, [4.0], ProviderTimeoutError),
        ("simulated-stall", 3.0, 3.0, [3.0], ProviderTimeoutError),
        ("simulated-slow-4001ms", 5.0, 4.0, [4.0], ProviderTimeoutError),
        ("simulated-slow-4001ms-cut-after-0", 5.0, 4.5, [4.001], ProviderUnavailableError),
        ("simulated-slow-900ms-pace-1000ms-cut", 60.0, 0.9, [0.9, 1.0, 1.0], ProviderUnavailableError),
        ("simulated-pace-2000ms", 5.0, 1.0, [2.0, 2.0, 1.0], ProviderTimeoutError),
    ],
)
def test_the_pace_within_what_the_first_event_silence_and_the_whole_may_last(
    streamed, request_of, slept, model, timeout, first, waits, ends
):
    assert type(streamed(request_of(), model, timeout=timeout, first=first)[-1]) is ends
    assert slept == waits


def test_leaving_wakes_whoever_waits(request_of, target_of):
    stalled = Simulated().stream(
        request_of(), target_of("simulated-stall", "simulated"), max_tokens=99, timeout=60, first=60
    )
    with ThreadPoolExecutor(1) as reader:
        with stalled as events:
            reading = reader.submit(list, events)
        with pytest.raises(ProviderUnavailableError):
            reading.result(timeout=5)


TEXTS = EmbeddingRequest(texts=("a", "b", "a"))


def test_texts_become_vectors_of_a_model_that_says_it_is_none(simulated, target_of):
    answer = simulated.embed(TEXTS, target_of("simulated-embedding-1", "simulated"), timeout=5.0)
    assert answer.model == "simulated-embedding-1"
    assert answer.vectors[0] == answer.vectors[2] != answer.vectors[1]
    assert simulated.unmet_by_embedding(TEXTS, target_of("simulated-embedding-1", "simulated")) == ()


def test_what_vectors_have_no_place_for_is_told(simulated, target_of):
    request = TEXTS.model_copy(update={"user": "u", "extras": {"input_type": "query"}})
    told = simulated.unmet_by_embedding(request, target_of("simulated-embedding-1", "simulated"))
    assert [each.field for each in told] == ["user", "extras"]


def test_a_drill_is_played_in_place_of_the_name(simulated, target_of):
    with pytest.raises(ProviderUnavailableError):
        simulated.embed(
            TEXTS.model_copy(update={"drill": "fail-close"}), target_of("simulated-embedding-1", "simulated"), timeout=5
        )


def test_a_script_is_played_before_vectors_too(simulated, slept, target_of):
    with pytest.raises(ProviderThrottledError) as failed:
        simulated.embed(TEXTS, target_of("simulated-slow-250ms-fail-429-after-7s", "simulated"), timeout=5.0)
    assert (failed.value.retry_after, slept) == (7, [0.25])
