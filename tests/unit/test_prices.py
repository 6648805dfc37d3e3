"""sallyport.prices: what tokens cost, exactly."""

from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.attempts import Usage
from sallyport.prices import Price, cost, highest

PRICES = st.decimals(0, 100, places=4).map(float)


@pytest.mark.parametrize(
    ("price", "usage", "microdollars"),
    [
        ({"input": 3, "output": 15}, {"input_tokens": 1000, "output_tokens": 100}, 4500),
        ({"input": 0.06}, {"input_tokens": 1, "output_tokens": 0}, 1),
        ({"input": 0.06}, {"input_tokens": 0, "output_tokens": 9}, 0),
        ({"input": 0.28}, {"input_tokens": 25, "output_tokens": 0}, 7),  # 7.000000000000001 as a float
        ({"input": 0.28}, {"input_tokens": 26, "output_tokens": 0}, 8),
        ({"input": 1, "cached_input": 0.1}, {"input_tokens": 100, "output_tokens": 0, "cached_input_tokens": 90}, 19),
        ({"input": 1}, {"input_tokens": 100, "output_tokens": 0, "cached_input_tokens": 90}, 100),
        ({"input": 1, "cached_input": 0}, {"input_tokens": 10, "output_tokens": 0, "cached_input_tokens": 10}, 0),
        ({"input": 1, "cache_write": 1.25}, {"input_tokens": 80, "output_tokens": 0, "cache_write_tokens": 40}, 90),
        ({"input": 1}, {"input_tokens": 5, "output_tokens": 0, "cached_input_tokens": 9}, 9),
        ({}, {"input_tokens": 10**9, "output_tokens": 10**9}, 0),
    ],
)
def test_a_cost_is_exact_and_rounded_up(price, usage, microdollars):
    assert cost(Price(**price), Usage(**usage)) == microdollars


@given(PRICES, PRICES, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_cost_is_never_less_than_the_tokens_are_worth(price_in, price_out, tokens_in, tokens_out):
    exact = Decimal(repr(price_in)) * tokens_in + Decimal(repr(price_out)) * tokens_out
    usage = Usage(input_tokens=tokens_in, output_tokens=tokens_out)
    assert cost(Price(input=price_in, output=price_out), usage) == ceil(exact)


@given(
    st.builds(Price, input=PRICES, output=PRICES, cached_input=st.none() | PRICES, cache_write=st.none() | PRICES),
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)),
)
def test_what_is_reserved_covers_whatever_the_provider_counts(price, counts):
    plain, cached, written, output = counts
    usage = Usage(
        input_tokens=plain + cached + written,
        cached_input_tokens=cached,
        cache_write_tokens=written,
        output_tokens=output,
    )
    assert highest(price, usage.input_tokens, usage.output_tokens) >= cost(price, usage)
