"""providers/bedrock/messages: any conversation becomes one that Bedrock takes."""

import pytest

from sallyport.conversation import Audio, Document, Image, Reasoning, Refusal, Text, ToolCall, ToolResult
from sallyport.errors import ProviderRejectedError

NOVA = "us.amazon.nova-lite-v1:0"
LLAMA = "us.meta.llama3-2-90b-instruct-v1:0"
VOXTRAL = "mistral.voxtral-small-24b-2507"
PNG = "iVBORw0KGgo="


def call(identity="c1", name="find", arguments="{}") -> ToolCall:
    return ToolCall(id=identity, name=name, arguments=arguments)


def result(identity="c1", text="42", **fields) -> ToolResult:
    return ToolResult(tool_call_id=identity, content=(Text(text=text),) if text else (), **fields)


def answered(identity="c1", text="42", status="success") -> dict:
    return {"toolResult": {"toolUseId": identity, "content": [{"text": text}], "status": status}}


def used(identity="c1", **arguments) -> dict:
    return {"toolUse": {"toolUseId": identity, "name": "find", "input": arguments}}


@pytest.fixture
def messages(built, request_of, turn):
    """Pairs of role and content, from pairs of role and blocks."""

    def make(*turns, model="us.anthropic.claude-sonnet-4-5-20250929-v1:0"):
        request = request_of(*(turn(role, *blocks) for role, *blocks in turns))
        return [(message["role"], message["content"]) for message in built(request, model)["messages"]]

    return make


def test_turns_of_one_role_become_one_message(messages):
    assert messages(("user", "a"), ("user", "b"), ("assistant", "c"), ("assistant", "d"), ("user", "e")) == [
        ("user", [{"text": "a"}, {"text": "b"}]),
        ("assistant", [{"text": "c"}, {"text": "d"}]),
        ("user", [{"text": "e"}]),
    ]


def test_system_texts_are_hoisted_from_wherever_they_stand(built, request_of, turn):
    arguments = built(
        request_of(turn("system", "a", " "), turn("user", "b"), turn("system", "c", ""), turn("user", "d"))
    )

    assert arguments["system"] == [{"text": "a"}, {"text": "c"}]
    assert arguments["messages"] == [{"role": "user", "content": [{"text": "b"}, {"text": "d"}]}]


def test_an_empty_system_text_is_not_sent(built, request_of, turn):
    assert "system" not in built(request_of(turn("system", ""), turn("user", "b")))


@pytest.mark.parametrize("turns", [[("system", "a")], [("user", "")], [("user", " \n"), ("assistant", "")]])
def test_somebody_has_to_say_something(messages, turns):
    assert messages(*turns) == [("user", [{"text": "Continue."}])]


def test_the_user_speaks_first(messages):
    assert messages(("assistant", "a"), ("user", "b"))[0] == ("user", [{"text": "Continue."}])


def test_blank_turns_leave_no_trace(messages):
    assert messages(("user", "a"), ("assistant", " "), ("user", "b")) == [("user", [{"text": "a"}, {"text": "b"}])]


def test_the_start_of_an_answer_has_no_white_space_at_its_end(messages):
    assert messages(("user", "a "), ("assistant", " {\n"))[-1] == ("assistant", [{"text": " {"}])


def test_results_share_one_message_and_come_before_words(messages):
    turns = (
        ("user", "a"),
        ("assistant", call("c1"), call("c2")),
        ("tool", result("c1")),
        ("user", "b"),
        (
            "tool",
            result("c2", "7", is_error=True),
        ),
    )

    assert messages(*turns)[1:] == [
        ("assistant", [used("c1"), used("c2")]),
        ("user", [answered("c1"), answered("c2", "7", "error"), {"text": "b"}]),
    ]


def test_thoughts_come_before_words_and_words_before_calls(messages):
    thought = Reasoning(text="hm", signature="s")

    assert messages(("user", "a"), ("assistant", call(), "b", thought), ("tool", result()))[1] == (
        "assistant",
        [{"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}}, {"text": "b"}, used()],
    )


@pytest.mark.parametrize(("arguments", "value"), [("", {}), ("  ", {}), ('{"a": [1]}', {"a": [1]})])
def test_arguments_are_json_and_may_be_nothing(messages, arguments, value):
    turns = ("user", "a"), ("assistant", call(arguments=arguments)), ("tool", result())

    assert messages(*turns)[1][1][0]["toolUse"]["input"] == value


@pytest.mark.parametrize("arguments", ["{", "[1]", "1", "null", '{"a": NaN}', "[" * 100_000])
def test_refuses_arguments_that_are_no_object(messages, arguments):
    with pytest.raises(ProviderRejectedError) as error:
        messages(("user", "a"), ("assistant", call(arguments=arguments)), ("tool", result()))

    assert error.value.details == {"param": "tool_calls"}


def test_a_call_without_a_result_gets_one(messages):
    assert messages(("user", "a"), ("assistant", call("c1"), call("c2")), ("tool", result("c2")))[2] == (
        "user",
        [answered("c1", "There is no result.", "error"), answered("c2")],
    )


def test_a_call_at_the_very_end_gets_a_result_too(messages):
    assert messages(("user", "a"), ("assistant", call()))[2] == (
        "user",
        [answered("c1", "There is no result.", "error")],
    )


def test_a_result_without_a_call_is_told_in_words(messages):
    assert messages(("user", "a"), ("tool", result())) == [
        ("user", [{"text": "a"}, {"text": "The result of an earlier tool call:"}, {"text": "42"}])
    ]


def test_a_result_that_comes_a_turn_late_is_told_in_words(messages):
    late = messages(("user", "a"), ("assistant", call()), ("user", "b"), ("assistant", "c"), ("tool", result()))

    assert late[2] == ("user", [answered("c1", "There is no result.", "error"), {"text": "b"}])
    assert late[4] == ("user", [{"text": "The result of an earlier tool call:"}, {"text": "42"}])


def test_an_empty_result_says_that_it_is_empty(messages):
    assert messages(("user", "a"), ("assistant", call()), ("tool", result(text="")))[2][1] == [
        answered(text="There is no result.")
    ]


def test_ids_that_are_used_again_are_told_apart(messages):
    turns = [("user", "a")] + [("assistant", call("c")), ("tool", result("c"))] * 2

    assert [content[0] for _, content in messages(*turns)[1:]] == [
        used("c"), answered("c"), used("c_2"), answered("c_2"),
    ]  # fmt: skip


@pytest.mark.parametrize("identity", ["x" * 65, "call|1", "ü", "messages[3]"])
def test_ids_that_bedrock_would_refuse_are_hashed_alike_in_call_and_result(messages, identity):
    (made,), (given,) = (
        content for _, content in messages(("user", "a"), ("assistant", call(identity)), ("tool", result(identity)))[1:]
    )

    assert made["toolUse"]["toolUseId"] == given["toolResult"]["toolUseId"] != identity


@pytest.mark.parametrize(
    ("thought", "claude", "nova"),
    [
        (Reasoning(text="hm"), [], []),
        (
            Reasoning(text="hm", signature="s"),
            [{"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}}],
            [],
        ),
        (Reasoning(redacted="aGk="), [{"reasoningContent": {"redactedContent": b"hi"}}], []),
    ],
)
def test_only_claude_gets_its_thoughts_back_and_only_signed(messages, thought, claude, nova):
    turns = ("user", "a"), ("assistant", thought, "b")

    assert messages(*turns)[1][1] == [*claude, {"text": "b"}]
    assert messages(*turns, model=NOVA)[1][1] == [*nova, {"text": "b"}]


def test_a_refusal_is_words(messages):
    assert messages(("user", "a"), ("assistant", Refusal(text="no")))[1][1] == [{"text": "no"}]


def test_a_document_is_never_without_words(messages):
    document = Document(name="My  CV: <PERSON_1>.md", data="aGk=")

    assert messages(("user", document)) == [
        (
            "user",
            [
                {"document": {"format": "md", "name": "My-CV-PERSON-1 1", "source": {"bytes": b"hi"}}},
                {"text": "Continue."},
            ],
        )
    ]


def test_documents_of_one_name_get_two(messages):
    document = Document(name="a.txt", data="aGk=")
    ((_, content),) = messages(("user", document, document, "compare"))

    assert [block["document"]["name"] for block in content[:2]] == ["a 1", "a 2"]


def test_a_tool_may_answer_with_an_image(messages):
    shown = ToolResult(tool_call_id="c1", content=(Image(data=PNG),))

    assert messages(("user", "a"), ("assistant", call()), ("tool", shown))[2][1][0]["toolResult"]["content"] == [
        {"image": {"format": "png", "source": {"bytes": b"\x89PNG\r\n\x1a\n"}}}
    ]


def test_where_results_hold_no_images_they_follow_as_the_users(messages):
    image = {"image": {"format": "png", "source": {"bytes": b"\x89PNG\r\n\x1a\n"}}}
    shown = ToolResult(tool_call_id="c1", content=(Text(text="see"), Image(data=PNG)))
    alone = ToolResult(tool_call_id="c2", content=(Image(data=PNG),))
    turns = ("user", "a"), ("assistant", call("c1"), call("c2")), ("tool", shown, alone)

    assert messages(*turns, model=LLAMA)[2][1] == [
        answered("c1", "see"), answered("c2", "The result is the image that follows."), image, image,
    ]  # fmt: skip


@pytest.mark.parametrize(("model", "hears"), [(VOXTRAL, True), (NOVA, False), (LLAMA, False)])
def test_sounds_where_they_are_heard(messages, model, hears):
    sound = Audio(data="aGk=", format="wav")

    if hears:
        assert messages(("user", sound), model=model)[0][1] == [
            {"audio": {"format": "wav", "source": {"bytes": b"hi"}}}
        ]
        return
    with pytest.raises(ProviderRejectedError) as error:
        messages(("user", sound), model=model)
    assert error.value.details == {"param": "input_audio"}


def test_a_redacted_thought_that_is_no_base64_is_refused(messages):
    with pytest.raises(ProviderRejectedError) as error:
        messages(("user", "a"), ("assistant", Reasoning(redacted="a"), "b"))

    assert error.value.details == {"param": "messages"}
