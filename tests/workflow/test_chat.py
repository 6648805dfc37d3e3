"""The chat workflow with the deployed functions, on the engine and on an independent interpreter.

A scenario runs once on each, on copies of one data folder; then everything that was said is looked at.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sallyport.contracts import (
    Answered,
    Authorization,
    CacheLookup,
    CacheLookupRequest,
    ChatEnd,
    ChatStart,
    Completed,
    Fallback,
    FallbackRequest,
    InferRequest,
    Redaction,
    RedactRequest,
    Ticket,
)
from sallyport.message import Message
from tests.workflow.chat_both import SAMPLES, WORKFLOWS, Runs, levelled
from tests.workflow.chat_gateway import CANARY
from tests.workflow.chat_runs import Independent, Run
from tests.workflow.chat_scenarios import SCENARIOS

ROOT = Path(__file__).parents[2]
CONTRACTS: dict[str, tuple[type[Message], type[Message] | None]] = {
    "authorize": (Ticket, Authorization),
    "redact": (RedactRequest, Redaction),
    "cache_lookup": (CacheLookupRequest, CacheLookup),
    "infer": (InferRequest, Answered),
    "fallback": (FallbackRequest, Fallback),
    "publish": (Completed, None),
    "watch": (Completed, None),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    with Independent().opened() as independent:
        every = Runs(independent, Path(tmp_path_factory.mktemp("runs")))
        yield every
        every.close()


every_case = pytest.mark.parametrize("name", [*SCENARIOS, *SAMPLES])


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_takes_its_path(name: str, runs: Runs) -> None:
    run, expected = runs.of(name).ours, SCENARIOS[name]

    assert run.path == expected.path
    assert run.error == expected.error
    assert run.status == ("FAILED" if expected.error else "SUCCEEDED")


@every_case
def test_engine_and_interpreter_agree_in_all_that_was_said(name: str, runs: Runs) -> None:
    both = runs.of(name)
    ours, theirs = both.told()

    assert both.ours.path == both.theirs.path
    assert ours == theirs


def test_every_workflow_has_sample_events() -> None:
    assert {workflow for workflow, _ in SAMPLES.values()} == set(WORKFLOWS)


@every_case
def test_what_crosses_a_state_is_its_contract(name: str, runs: Runs) -> None:
    both = runs.of(name)

    for run in (both.ours, both.theirs):
        assert run.calls
        for call in run.calls:
            received, answered = CONTRACTS[call.function]
            received.model_validate(call.payload)
            if call.result is not None and answered is not None:
                answered.model_validate(call.result)
        if run.status == "SUCCEEDED":
            ChatEnd.model_validate(run.output)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_event_is_what_edge_sends(name: str) -> None:
    ChatStart.model_validate_json(SAMPLES[name][1].read_text())


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("a stream leaves with its plan", 201 + 60),
        ("a stream of little patience is watched for less long", 6 + 60),
        ("chat/stream", 900),  # the most that SQS takes; a sample's deadline is far away
    ],
)
def test_a_stream_is_watched_until_it_must_have_been_recorded(name: str, seconds: int, runs: Runs) -> None:
    run = runs.of(name).ours
    [watched] = [call for call in run.calls if call.function == "watch"]
    left = Completed.model_validate(watched.payload)

    assert watched.result == {"delay": seconds}
    assert left.ticket.failure is not None
    assert left.ticket.failure.error == "StreamLostError"
    assert left.ticket.model_copy(update={"failure": None}) == ChatEnd.model_validate(run.output).ticket


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, keys too; of what is sealed also the bytes behind the base64."""
    match value:
        case str():
            yield value
        case {"sealed": str(sealed)}:
            yield base64.b64decode(sealed, validate=True).decode("latin-1")
        case dict():
            for name, inner in value.items():
                yield name
                yield from _texts(inner)
        case list() | tuple():
            for inner in value:
                yield from _texts(inner)


def _crossed(run: Run) -> list[Any]:
    """Inputs, outputs and arguments of the states, what was published, and how it ended."""
    return [run.seen, [vars(call) for call in run.calls], run.published, run.output, run.error, run.cause]


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_readable_crosses_a_state(name: str, runs: Runs) -> None:
    both = runs.of(name)
    opened = list(_texts(levelled(both.ours.seen, both.gateways[0], both.tenant)))

    assert any(CANARY in text for text in opened), "it is there for those who may open it"
    for run in (both.ours, both.theirs):
        assert [text for text in _texts(_crossed(run)) if CANARY in text] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_no_personal_data_of_a_sample_crosses_a_state(name: str, runs: Runs) -> None:
    both = runs.of(name)
    maps = [json.loads(path.read_text()) for path in (ROOT / "events/sealed/pseudonyms").rglob("*.json")]
    personal = [original for pseudonyms in maps for original in pseudonyms.values()]

    assert personal
    for run in (both.ours, both.theirs):
        assert [text for text in _texts(_crossed(run)) if any(original in text for original in personal)] == []
