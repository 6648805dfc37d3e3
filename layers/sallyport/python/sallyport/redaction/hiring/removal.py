"""One stretch of a CV that is replaced: where, by what, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sallyport.redaction.finding import AGE, DATE, DATE_OF_BIRTH, LOCATION, NRP, ORG, PERSON, TITLE, URL

CATEGORIES: Final = {
    "referees": (PERSON, "names and contacts of other people"),
    "personal": (NRP, "personal details have no place in a judgement of skills"),
    "photo": (URL, "a picture shows gender, age and origin"),
    "name": (PERSON, "a name tells gender, origin and often religion"),
    "birth": (DATE_OF_BIRTH, "a date of birth tells the age"),
    "age": (AGE, "age is protected from discrimination"),
    "contact": (URL, "contacts lead to the person"),
    "address": (LOCATION, "an address tells wealth and origin"),
    "family": (NRP, "family status is protected from discrimination"),
    "religion": (NRP, "religion is protected from discrimination"),
    "politics": (NRP, "political opinion is protected from discrimination"),
    "union": (NRP, "union membership is protected from discrimination"),
    "health": (NRP, "health and orientation are protected from discrimination"),
    "school": (ORG, "a school tells wealth and origin; degree and subject stay"),
    "club": (ORG, "memberships tell gender, origin and belief"),
    "person": (PERSON, "the people around a candidate tell origin and circles"),
    "language": (NRP, "a native language tells origin; that it is spoken stays"),
    "dates": (DATE, "years tell the age; how long something took stays"),
    "origin": (NRP, "nationality and origin are protected from discrimination"),
    "place": (LOCATION, "places tell origin"),
    "employer": (ORG, "asked to be taken out; roles stay"),
    "gender": (TITLE, "the word tells the gender"),
    "other": (URL, "personal data by the gateway's detectors"),
}
"""Entity type and reason of each category; where findings overlap, the first listed prevails."""

_RANK = {category: rank for rank, category in enumerate(CATEGORIES)}


@dataclass(frozen=True, slots=True)
class Removal:
    """Characters `start` to `end` (exclusive) become `replacement`; `score` is the confidence from 0 to 1."""

    start: int
    end: int
    replacement: str
    category: str
    score: float = 0.9
    entity: str | None = None

    @property
    def type(self) -> str:
        return self.entity or CATEGORIES[self.category][0]

    @property
    def reason(self) -> str:
        return CATEGORIES[self.category][1]


def _preference(removal: Removal) -> tuple[int, bool, int]:
    return _RANK[removal.category], not removal.replacement, removal.start - removal.end


def merged(removals: Iterable[Removal]) -> list[Removal]:
    """Sorted by start, one for each stretch of overlapping ones: no character that anyone took out comes back."""
    result: list[Removal] = []
    for each in sorted(removals, key=lambda r: (r.start, r.end)):
        if not result or each.start >= result[-1].end:
            result.append(each)
            continue
        last = result[-1]
        best = min(last, each, key=_preference)
        if best.replacement == "" and (each if best is last else last).replacement:
            inner, outer = (best, each if best is last else last)
            best = outer if outer.start <= inner.start and inner.end <= outer.end else best
        end = max(last.end, each.end)
        result[-1] = Removal(last.start, end, best.replacement, best.category, best.score, best.entity)
    return result
