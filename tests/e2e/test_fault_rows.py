"""Rows of `python -m bench.faults` in which nothing fails: credentials change, and queues deliver as they may."""

import asyncio

import pytest

from bench.faults.__main__ import APART, ROWS, play
from bench.faults.place import Finding
from bench.faults.rows_page import PAGE, rows_of
from sallyport_local.server import bind

ELSEWHERE = {47}
"""In test_parity.py."""


@pytest.fixture(scope="module")
def findings() -> list[tuple[int, Finding]]:
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
    return asyncio.run(play(sorted(APART - ELSEWHERE), port=port, scale=0.03))


@pytest.mark.parametrize("row", sorted(APART - ELSEWHERE))
def test_what_may_happen_costs_no_request_and_counts_once(findings: list[tuple[int, Finding]], row: int):
    played = [finding for each, finding in findings if each == row]
    assert played
    assert [finding for finding in played if not finding.passed] == []


def test_the_documents_tell_only_of_rows_that_are_as_required():
    page = PAGE.read_text()
    assert {*rows_of(page)} <= ROWS.keys()
    assert rows_of(page)
    assert "**not so**" not in page
