"""tokens: a guess on the high side."""

import pytest

from sallyport.attempts import Usage
from sallyport.conversation import (
    Audio,
    ChatAnswer,
    ChatRequest,
    Choice,
    Document,
    Image,
    Reasoning,
    Refusal,
    ResponseFormat,
    Role,
    StopReason,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)
from sallyport.embedding import EmbeddingRequest
from sallyport.tokens import DOCUMENT_TOKENS, IMAGE_TOKENS, TURN_TOKENS, estimate, estimate_answer, estimate_text

# OpenAI's rules of thumb: four characters of English, three digits, or one Chinese character are a token.
THUMB = [
    ("The quick brown fox jumps over the lazy dog.", 44 / 4),
    ("1234567890", 10 / 3),
    ("你好世界", 4),
    ("", 0),
]


@pytest.mark.parametrize(("text", "tokens"), THUMB)
def test_the_guess_is_above_the_rule_of_thumb_and_below_twice_that(text, tokens):
    assert tokens <= estimate_text(text) <= 2 * tokens


@pytest.mark.parametrize(
    ("block", "tokens"),
    [
        (Text(text="abcd"), 2),
        (Refusal(text="abc"), 1),
        (Reasoning(text="abc", redacted="abc"), 2),
        (ToolCall(id="c", name="abc", arguments="{}"), TURN_TOKENS + 2),
        (ToolResult(tool_call_id="c", content=(Text(text="abc"), Image(data="aGk="))), TURN_TOKENS + 1 + IMAGE_TOKENS),
        (Image(data="a" * 10_000_000), IMAGE_TOKENS),
        (Document(data="aGk="), DOCUMENT_TOKENS),
        (Document(data="a" * 4_000_000), 120_000),
        (Document(url="https://host/a"), DOCUMENT_TOKENS),
        (Audio(format="mp3", data="a" * 16_000), TURN_TOKENS + 30),
    ],
    ids=lambda value: getattr(value, "type", None),
)
def test_every_kind_of_block_counts(block, tokens):
    assert estimate(ChatRequest(turns=(Turn(role=Role.USER, blocks=(block,)),))) == TURN_TOKENS + tokens


def test_names_tools_and_schemas_count():
    turn = Turn(role=Role.USER, blocks=(Text(text="abc"),), name="abc")
    tool = Tool(name="abc", description="abc", parameters={"a": 1})
    response = ResponseFormat(type="json_schema", json_schema={"a": 1})

    assert estimate(ChatRequest(turns=(turn,), tools=(tool,), response_format=response)) == (
        TURN_TOKENS + 2 + TURN_TOKENS + 2 + 3 + 3
    )


def test_an_answer_is_every_word_of_every_choice():
    blocks = (Reasoning(text="abc"), Text(text="abcdef"), ToolCall(id="c", name="abc", arguments="{}"))
    choices = (Choice(blocks=blocks, stop_reason=StopReason.END), Choice(blocks=(), stop_reason=StopReason.END))
    answer = ChatAnswer(model="m", choices=choices * 2, usage=Usage(input_tokens=0, output_tokens=0))
    assert estimate_answer(answer) == 2 * (1 + 2 + TURN_TOKENS + 2)


def test_texts_to_be_embedded_count_each_for_itself():
    assert estimate(EmbeddingRequest(texts=("abc", "d", "é"))) == 3
