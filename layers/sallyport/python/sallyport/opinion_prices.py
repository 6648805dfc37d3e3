"""What a second opinion costs, in millionths of a dollar. Prices are those of us-east-1, read in November 2026. Pure.

Comprehend: aws.amazon.com/comprehend/pricing, detection of PII: a unit is 100 characters, a request has 3 units at
least, a unit costs $0.0001. It becomes cheaper with more than 10 million units a month, which is not looked at.
Guardrails: aws.amazon.com/bedrock/pricing: a unit is 1,000 characters, and each policy of a guardrail counts its own.
"""

from collections.abc import Mapping
from typing import Final

MOST_CHARACTERS: Final = 5_000
"""Shown for one request, everything together: half a cent."""

_PII_UNIT_CHARACTERS, _PII_LEAST_UNITS, _PII_PRICE = 100, 3, 100
_GUARDRAIL_UNIT_CHARACTERS = 1_000

GUARDRAIL_PRICES: Final[Mapping[str, int]] = {
    "automatedReasoningPolicyUnits": 170,
    "contentPolicyUnits": 150,
    "contextualGroundingPolicyUnits": 100,
    "sensitiveInformationPolicyUnits": 100,
    "topicPolicyUnits": 150,
}
"""By the name of the counter in a reply. Words, and patterns of sensitive information, are free."""


def pii_units(characters: int) -> int:
    """Of Comprehend, for one request."""
    return max(_PII_LEAST_UNITS, -(-characters // _PII_UNIT_CHARACTERS))


def pii_cost(units: int) -> int:
    return units * _PII_PRICE


def guardrail_units(characters: int) -> int:
    """Of each policy, for one request."""
    return max(1, -(-characters // _GUARDRAIL_UNIT_CHARACTERS))


def highest_opinion_cost(content_bytes: int) -> int:
    """What the opinion on a request of that size costs at most, whoever is asked.

    Nothing is shown twice, and nothing that was not sent.
    """
    characters = min(content_bytes, MOST_CHARACTERS)
    guardrail = guardrail_units(characters) * sum(GUARDRAIL_PRICES.values())
    return max(pii_cost(pii_units(characters)), guardrail)
