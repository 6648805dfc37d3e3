"""Every wish of a client's, in every dialect that has a word for it, to every provider: what becomes of it."""

from dataclasses import asdict
from functools import cache
from typing import Any

import httpx
import pytest

from tests.contract.matrix.asks.tools import ODD
from tests.contract.matrix.cells import Cell
from tests.contract.matrix.conftest import Ask
from tests.contract.matrix.dialects import DIALECTS, RESPONSES, Told, read
from tests.contract.matrix.document import ASKS, FEATURES
from tests.contract.matrix.meets.conversations import TOLD
from tests.contract.matrix.meets.tools import LIKE
from tests.contract.matrix.meets.words import at
from tests.contract.matrix.recordings import (
    ANTHROPIC,
    BEDROCK,
    OPENAI,
    PROVIDERS,
    SIMULATED,
    Recording,
    Replaying,
    calling,
    plain,
    saying,
)

REPLIES = {("placeholders restored", each): saying(TOLD) for each in PROVIDERS} | {
    ("several choices", OPENAI): Recording(OPENAI, "two_choices"),
    ("odd names of tools", OPENAI): calling(ODD),
    ("odd names of tools", BEDROCK): calling(LIKE),
    ("odd names of tools", ANTHROPIC): calling(LIKE),
}
"""To whom, after which wish, another reply is due than the plain one."""

NOT_STREAMED = {(RESPONSES, "log probabilities")}

HOW_IT_TRAVELS = ("stream", "stream_options")


def told_of(answer: httpx.Response, cell: Cell, stream: bool) -> Told:
    assert answer.status_code == 200, answer.text
    return read(cell.dialect, stream, answer.content)


def param_of(answer: httpx.Response) -> str | None:
    error = answer.json()["error"]
    return error.get("param") or error.get("details", {}).get("param")


def bodies(replaying: Replaying) -> list[dict[str, Any]]:
    """What was sent, less what differs between a whole answer and a stream."""
    return [{name: value for name, value in each.items() if name not in HOW_IT_TRAVELS} for each in replaying.sent]


@pytest.fixture(scope="session")
def plainly(asking: Ask, replaying: Replaying) -> Any:
    """What a provider is sent, and a client reads, when nothing more is wished."""

    @cache
    def ask(dialect: str, provider: str, stream: bool) -> tuple[list[dict[str, Any]], Told]:
        replaying.sent.clear()
        replaying.reply = plain
        told = read(dialect, stream, asking(dialect, provider, stream, {}).content)
        return bodies(replaying), told

    return ask


@pytest.mark.parametrize("cell", FEATURES, ids=lambda cell: f"{cell.dialect}-{cell.provider}-{cell.row}")
def test_a_wish(asking: Ask, replaying: Replaying, plainly: Any, cell: Cell) -> None:
    met, wish = FEATURES[cell], ASKS[cell.row][cell.dialect]
    for stream in (False, True):
        sent_plainly, told_plainly = plainly(cell.dialect, cell.provider, stream)
        replaying.sent.clear()
        replaying.reply = REPLIES.get((cell.row, cell.provider), plain)
        answer = asking(cell.dialect, cell.provider, stream, wish)
        sent = bodies(replaying)
        if met.param or (stream and (cell.dialect, cell.row) in NOT_STREAMED):
            assert (answer.status_code, sent) == (400, [])
            assert param_of(answer) == (met.param or "include")
            continue
        told = told_of(answer, cell, stream)
        first = asdict(told.first) | {"choices": len(told.choices)}
        assert told.warnings == met.warns
        assert {path: at(first, path) for path in met.reads} == met.reads
        if cell.provider == SIMULATED:
            assert sent == []
            assert met.reads or told.first == told_plainly.first
        else:
            assert len(sent) == met.asked
            assert [{path: at(body, path) for path in met.sent} for body in sent] == [met.sent] * met.asked
            assert met.sent or sent == sent_plainly


def test_every_wish_is_expected_and_expected_of_all() -> None:
    """A new row has all its cells, and a cell that can be proved by nothing is none."""
    assert all(set(asks) <= set(DIALECTS) for asks in ASKS.values())
    assert len(FEATURES) == sum(len(asks) for asks in ASKS.values()) * len(PROVIDERS)
    for cell, met in FEATURES.items():
        assert met.sent or met.reads or met.warns or met.param, cell
        assert met.word != "warned" or met.warns, cell
