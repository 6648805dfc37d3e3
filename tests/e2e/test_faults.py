"""Faults of upstreams, clients and requests, as `python -m bench.faults` plays them, a few times each."""

import asyncio

import pytest

from bench.faults.__main__ import APART, ROWS, STORES, play, scenarios_of
from bench.faults.matrix import DOCUMENT, document, observe
from bench.faults.place import Finding
from sallyport_local.server import bind

PLAYED = [row for row in sorted(ROWS.keys() - STORES - APART) if scenarios_of([row], times=False)]


@pytest.fixture(scope="module")
def findings() -> list[tuple[int, Finding]]:
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
    return asyncio.run(play(PLAYED, port=port, scale=0.05, times=False))


@pytest.mark.parametrize("row", PLAYED)
def test_a_fault_leads_to_what_is_required(findings: list[tuple[int, Finding]], row: int):
    played = [finding for each, finding in findings if each == row]
    assert len(played) == len(scenarios_of([row], times=False))
    assert [finding for finding in played if not finding.passed] == []


def test_each_fault_is_seen_as_the_documents_say():
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
    assert document(asyncio.run(observe(port))) == DOCUMENT.read_text()
