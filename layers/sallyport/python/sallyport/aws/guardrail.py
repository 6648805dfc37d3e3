"""A second opinion by a guardrail of Amazon Bedrock: what ApplyGuardrail says of personal data, and nothing else.

The guardrail must look for every type that there is: it cannot be told from a reply which it looks for. It may mask,
block or only tell.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sallyport.opinion_prices import GUARDRAIL_PRICES, guardrail_units
from sallyport.ports import Advice, Said
from sallyport.redaction.foreign import GUARDRAIL, known_by

_SURE = 1.0
"""It names no score."""

_COUNTED = "sensitiveInformationPolicyUnits"


class Guardrail:
    service = "guardrail"
    knows = known_by(GUARDRAIL)
    languages = frozenset({"en", "es", "fr"})
    """User guide, "Languages supported by Amazon Bedrock Guardrails": those of the tier Classic."""

    def __init__(self, runtime: Any, identifier: str, version: str, regions: frozenset[str] | None) -> None:
        """`regions`: a guardrail with a profile across Regions may leave its own, and does not say so."""
        self._runtime = runtime
        self._guardrail = {"guardrailIdentifier": identifier, "guardrailVersion": version}
        self.regions = regions

    def price(self, text: str) -> tuple[int, int]:
        """Units and millionths of a dollar that a call of a guardrail for personal data alone is billed with."""
        units = guardrail_units(len(text))
        return units, units * GUARDRAIL_PRICES[_COUNTED]

    def ask(self, text: str, language: str) -> Advice:
        """It finds out the language by itself."""
        reply = self._runtime.apply_guardrail(
            **self._guardrail, source="INPUT", content=[{"text": {"text": text}}], outputScope="FULL"
        )
        units = int(reply["usage"][_COUNTED])
        if not units:
            raise ValueError("a guardrail that looks for no personal data says nothing of it")
        said = tuple(each for found in reply["assessments"] for each in _said(found, text))
        cost = sum(int(reply["usage"].get(name, 0)) * price for name, price in GUARDRAIL_PRICES.items())
        return Advice(said, units, cost)


def _said(assessment: Mapping[str, Any], text: str) -> Iterator[Said]:
    """It quotes what it found and not where, so that is everywhere. Patterns of an operator have no type of ours."""
    policy = assessment.get("sensitiveInformationPolicy", {})
    for entity in policy.get("piiEntities", ()):
        if entity.get("detected", True):
            yield from _places(entity["match"], GUARDRAIL.get(entity["type"]), text)
    for pattern in policy.get("regexes", ()):
        if pattern.get("detected", True):
            yield from _places(pattern["match"], None, text)


def _places(match: str, type_: str | None, text: str) -> Iterator[Said]:
    """As whole words; ValueError for what stands nowhere, so that nothing it found is lost."""
    quoted = r"\s+".join(map(re.escape, match.split()))
    places = list(re.finditer(rf"(?<!\w){quoted}(?!\w)", text, re.IGNORECASE)) if quoted else []
    if not places:
        raise ValueError("a match that is not in the text")
    for place in places:
        yield Said(type_, place.start(), place.end(), _SURE)
