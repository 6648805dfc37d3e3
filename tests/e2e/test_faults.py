"""Faults of upstreams, clients and requests, as `python -m bench.faults` plays them, a few times each."""

import asyncio

import pytest

from bench.faults.__main__ import APART, ROWS, STORES, scenarios_of
from bench.faults.matrix import DOCUMENT, document, observe
from bench.faults.place import Finding
from tests.e2e.faults import at_once, free_port

PLAYED = [row for row in sorted(ROWS.keys() - STORES - APART) if scenarios_of([row], times=False)]

WAITING = (4, 3, 5, 6, 17, 24, 29, 36)
"""They wait for most of their time: played beside the others they take them nothing. The first finds a gateway that has
answered nobody yet, which must not count against the time that row 3 is held to.
"""


@pytest.fixture(scope="module")
def findings() -> list[tuple[int, Finding]]:
    others = [row for row in PLAYED if row not in WAITING]
    return at_once(WAITING, others, scale=0.05, times=False)


@pytest.mark.parametrize("row", PLAYED)
def test_a_fault_leads_to_what_is_required(findings: list[tuple[int, Finding]], row: int):
    played = [finding for each, finding in findings if each == row]
    assert len(played) == len(scenarios_of([row], times=False))
    assert [finding for finding in played if not finding.passed] == []


def test_each_fault_is_seen_as_the_documents_say():
    assert document(asyncio.run(observe(free_port()))) == DOCUMENT.read_text()
