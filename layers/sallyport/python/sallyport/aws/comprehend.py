"""A second opinion by Amazon Comprehend: DetectPiiEntities."""

from typing import Any

from sallyport.opinion_prices import pii_cost, pii_units
from sallyport.ports import Advice, Said
from sallyport.redaction.foreign import COMPREHEND, known_by


class Comprehend:
    """Its limits: 100 KB of text, of which nobody asks a quarter. It keeps what it is shown in its Region."""

    service = "comprehend"
    knows = known_by(COMPREHEND)
    languages = frozenset({"en", "es"})
    """API reference, DetectPiiEntities, LanguageCode: the others in its list are for other operations."""

    def __init__(self, comprehend: Any) -> None:
        self._comprehend = comprehend
        self.regions: frozenset[str] | None = frozenset({comprehend.meta.region_name})

    def price(self, text: str) -> tuple[int, int]:
        """Units and millionths of a dollar that a call is billed with."""
        units = pii_units(len(text))
        return units, pii_cost(units)

    def ask(self, text: str, language: str) -> Advice:
        reply = self._comprehend.detect_pii_entities(Text=text, LanguageCode=language)
        return Advice(tuple(_said(entity, len(text)) for entity in reply["Entities"]), *self.price(text))


def _said(entity: dict[str, Any], length: int) -> Said:
    """Offsets are those of code points, as Python's are; the end is exclusive."""
    start, end = int(entity["BeginOffset"]), int(entity["EndOffset"])
    if not 0 <= start < end <= length:
        raise ValueError("offsets outside the text")
    return Said(COMPREHEND.get(entity["Type"]), start, end, float(entity["Score"]))
