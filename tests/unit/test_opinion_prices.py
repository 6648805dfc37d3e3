"""sallyport.opinion_prices: what an opinion costs, and that no more than was reserved can be spent."""

import pytest

from sallyport.opinion_prices import (
    GUARDRAIL_PRICES,
    MOST_CHARACTERS,
    guardrail_units,
    highest_opinion_cost,
    pii_cost,
    pii_units,
)


@pytest.mark.parametrize(
    ("characters", "units", "cost"), [(1, 3, 300), (300, 3, 300), (301, 4, 400), (400, 4, 400), (5000, 50, 5000)]
)
def test_comprehend_bills_each_hundred_characters_and_three_at_least(characters, units, cost):
    assert (pii_units(characters), pii_cost(units)) == (units, cost)


@pytest.mark.parametrize(("characters", "units"), [(1, 1), (1000, 1), (1001, 2), (5000, 5)])
def test_a_guardrail_bills_each_thousand(characters, units):
    assert guardrail_units(characters) == units


@pytest.mark.parametrize("content_bytes", [0, 1, 99, 300, 301, 999, 1000, 1001, 4999, 5000, 5001, 10**7])
def test_what_is_reserved_is_enough_for_anybody(content_bytes):
    shown = min(content_bytes, MOST_CHARACTERS)
    most = highest_opinion_cost(content_bytes)
    assert most >= pii_cost(pii_units(shown))
    assert most >= guardrail_units(shown) * sum(GUARDRAIL_PRICES.values())


def test_no_request_reserves_more_than_half_a_cent():
    assert highest_opinion_cost(10**9) == 5000
