"""What a client reads in each dialect of what a provider said once: all that our own reader finds in it."""

import json

import botocore.session
import pytest
from botocore.parsers import create_parser

from sallyport.attempts import Usage
from sallyport.conversation import ChatAnswer, ChatRequest, Reasoning, Refusal, StopReason, Text, ToolCall
from sallyport.conversation import Choice as Canonical
from sallyport.dialects.anthropic_messages.parse import parse as parse_message
from sallyport.dialects.openai_chat.parse import parse as parse_completion
from sallyport.dialects.openai_responses.parse import parse as parse_response
from sallyport.policy import DEFAULT_MAX_TOKENS
from sallyport.providers.anthropic.read import read as read_message
from sallyport.providers.bedrock.read import read as read_converse
from sallyport.providers.imitation import answer
from sallyport.providers.openai.read import read as read_completion
from sallyport.routing import Privacy, Target
from tests.contract.matrix.cells import Cell
from tests.contract.matrix.conftest import Ask
from tests.contract.matrix.dialects import CHAT, DIALECTS, MESSAGES, RESPONSES, Choice, Told, question, read
from tests.contract.matrix.document import ASKS, RECORDED
from tests.contract.matrix.recordings import BEDROCK, OPENAI, RECORDINGS, SIMULATED, Recording, Replaying

PARSERS = {CHAT: parse_completion, MESSAGES: parse_message, RESPONSES: parse_response}

STOPS = {
    CHAT: {"end": "stop", "stop_sequence": "stop", "length": "length", "tool_calls": "tool_calls",
           "filtered": "content_filter"},
    MESSAGES: {"end": "end_turn", "stop_sequence": "stop_sequence", "length": "max_tokens", "tool_calls": "tool_use",
               "filtered": "refusal"},
    RESPONSES: {"end": "completed", "stop_sequence": "completed", "length": "max_output_tokens",
                "tool_calls": "completed", "filtered": "content_filter"},
}  # fmt: skip


def reader_finds(recording: Recording, request: ChatRequest) -> ChatAnswer:
    """In the whole answer; that its stream amounts to the same is for the readers' own tests."""
    target = Target(provider=recording.provider, model="model-1", privacy=Privacy.CLOUD)
    said = recording(recording.provider, False)
    if recording.provider == BEDROCK:
        service = botocore.session.get_session().get_service_model("bedrock-runtime")
        shape = service.operation_model("Converse").output_shape
        parsed = create_parser("rest-json").parse({"headers": {}, "status_code": 200, "body": said}, shape)
        return read_converse(parsed, request, target)
    return (read_completion if recording.provider == OPENAI else read_message)(said, request, target)


def told(dialect: str, found: ChatAnswer) -> Told:
    """What a client of the dialect has to read of an answer."""
    choices = found.choices if dialect == CHAT else found.choices[:1]
    return Told(tuple(choice_of(dialect, each) for each in choices), usage_of(dialect, found.usage))


def choice_of(dialect: str, choice: Canonical) -> Choice:
    thoughts = [block for block in choice.blocks if isinstance(block, Reasoning)]
    seals = [seal for each in thoughts for seal in (each.signature, each.redacted) if seal]
    text = "".join(block.text for block in choice.blocks if isinstance(block, Text))
    refusal = "".join(block.text for block in choice.blocks if isinstance(block, Refusal))
    filtered = choice.stop_reason is StopReason.FILTERED or (dialect == MESSAGES and refusal)
    return Choice(
        text=text + refusal if dialect == MESSAGES else text,
        thoughts=tuple(each.text for each in thoughts if each.text),
        seals=() if dialect == CHAT else tuple(seals),
        refusal="" if dialect == MESSAGES else refusal,
        calls=tuple(
            (each.id, each.name, json.loads(each.arguments or "{}"))
            for each in choice.blocks
            if isinstance(each, ToolCall)
        ),
        stop=STOPS[dialect]["filtered" if filtered else choice.stop_reason.value],
        met=choice.stop_sequence if dialect == MESSAGES else None,
    )


def usage_of(dialect: str, usage: Usage) -> tuple[int, ...]:
    """Anthropic's input leaves out what was read from a cache or written to one."""
    besides = usage.cached_input_tokens + usage.cache_write_tokens if dialect == MESSAGES else 0
    return (
        usage.input_tokens - besides,
        usage.output_tokens,
        usage.cached_input_tokens,
        usage.cache_write_tokens,
        usage.reasoning_tokens,
    )


@pytest.mark.parametrize("cell", RECORDED, ids=lambda cell: f"{cell.dialect}-{cell.provider}-{cell.row}")
def test_a_recording_is_read_in_every_dialect(asking: Ask, replaying: Replaying, cell: Cell) -> None:
    recording = Recording(cell.provider, cell.row)
    body = json.dumps(question(cell.dialect, cell.provider, False, {})).encode()
    expected = told(cell.dialect, reader_finds(recording, PARSERS[cell.dialect](body).request))
    replaying.reply = recording
    for stream in (False, True) if recording.was_made(stream=True) else (False,):
        said = asking(cell.dialect, cell.provider, stream, {})
        assert said.status_code == 200, said.text
        assert read(cell.dialect, stream, said.content) == expected, stream


@pytest.mark.parametrize("row", ["system prompt", "tools", "JSON schema", "reasoning effort", "max tokens"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_simulated_providers_own_answer_is_read_in_every_dialect(asking: Ask, dialect: str, row: str) -> None:
    wish = ASKS[row][dialect]
    request = PARSERS[dialect](json.dumps(question(dialect, SIMULATED, False, wish)).encode()).request
    expected = told(dialect, answer(request, "simulated-1", request.max_tokens or DEFAULT_MAX_TOKENS))
    for stream in (False, True):
        assert read(dialect, stream, asking(dialect, SIMULATED, stream, wish).content) == expected, stream


def test_no_recording_is_missing() -> None:
    """Of every provider there are some, and the table has a row for each, in every dialect."""
    assert {(each.provider, each.row) for each in RECORDED} == {(each.provider, each.name) for each in RECORDINGS}
    assert len(RECORDED) == len(set(RECORDED)) == 3 * len(RECORDINGS) >= 60
