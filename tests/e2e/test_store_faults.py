"""Stores that fail under load, as `python -m bench.faults --rows 31 32 33 37` plays them, each for a moment."""

import pytest

from bench.faults import aws_stores
from bench.faults.__main__ import STORES
from bench.faults.place import Finding
from tests.e2e.faults import at_once


@pytest.fixture(scope="module")
def findings() -> list[tuple[int, Finding]]:
    return at_once(sorted(aws_stores.SCENARIOS), sorted(STORES - aws_stores.SCENARIOS.keys()), scale=0.1)


@pytest.mark.parametrize("row", sorted(STORES))
def test_a_store_that_fails_costs_what_the_documents_say_and_no_more(findings: list[tuple[int, Finding]], row: int):
    played = [finding for each, finding in findings if each == row]
    assert played
    assert [finding for finding in played if not finding.passed] == []
