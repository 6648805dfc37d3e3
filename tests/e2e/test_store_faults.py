"""Stores that fail under load, as `python -m bench.faults --rows 31 32 33 37` plays them, each for a moment."""

import asyncio

import pytest

from bench.faults.__main__ import STORES, play
from bench.faults.place import Finding
from sallyport_local.server import bind


@pytest.fixture(scope="module")
def findings() -> list[tuple[int, Finding]]:
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
    return asyncio.run(play(sorted(STORES), port=port, scale=0.1))


@pytest.mark.parametrize("row", sorted(STORES))
def test_a_store_that_fails_costs_what_the_documents_say_and_no_more(findings: list[tuple[int, Finding]], row: int):
    played = [finding for each, finding in findings if each == row]
    assert played
    assert [finding for finding in played if not finding.passed] == []
