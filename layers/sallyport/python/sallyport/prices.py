"""What a target costs, by the tokens that its provider counts."""

import math
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from sallyport.attempts import Usage
from sallyport.message import Message

type Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Price(Message):
    """Dollars for a million tokens. What is cached or written to a cache costs as `input` if nothing else is said."""

    input: Dollars = 0.0
    output: Dollars = 0.0
    cached_input: Dollars | None = None
    cache_write: Dollars | None = None


def cost(price: Price, usage: Usage) -> int:
    """Millionths of a dollar, rounded up: dollars per million tokens times tokens is just that.

    Counted in decimals: 25 tokens at $0.28 are 7, and floats would make it 8.
    """
    cached = price.input if price.cached_input is None else price.cached_input
    written = price.input if price.cache_write is None else price.cache_write
    plain = usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens
    return math.ceil(
        max(plain, 0) * _exact(price.input)
        + usage.cached_input_tokens * _exact(cached)
        + usage.cache_write_tokens * _exact(written)
        + usage.output_tokens * _exact(price.output)
    )


def highest(price: Price, input_tokens: int, output_tokens: int) -> int:
    """The most that they may cost, in millionths of a dollar, rounded up.

    Input is taken at its dearest: nobody knows beforehand what the provider's own cache will do with it.
    """
    dearest = max(_exact(each or 0.0) for each in (price.input, price.cached_input, price.cache_write))
    return math.ceil(input_tokens * dearest + output_tokens * _exact(price.output))


def _exact(dollars: float) -> Decimal:
    """As it is written in the table, not as a float keeps it."""
    return Decimal(repr(dollars))
