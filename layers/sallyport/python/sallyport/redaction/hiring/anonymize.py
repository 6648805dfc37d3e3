"""A CV without what could bias whoever judges it. Irreversible: nothing of what was taken out is kept."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sallyport.redaction.detect import detect
from sallyport.redaction.finding import LOCATION, ORG, PERSON, Finding
from sallyport.redaction.hiring.background import find_background
from sallyport.redaction.hiring.belonging import find_clubs, find_employers, find_schools
from sallyport.redaction.hiring.contacts import find_contacts, find_photos
from sallyport.redaction.hiring.dates import find_dates
from sallyport.redaction.hiring.gender import find_gender
from sallyport.redaction.hiring.known_skills import DEGREE_WORDS, JOB_WORDS, SKILLS, SUBJECT_WORDS
from sallyport.redaction.hiring.labels import find_labelled
from sallyport.redaction.hiring.names import find_candidate, find_people, name_parts
from sallyport.redaction.hiring.removal import Removal, merged
from sallyport.redaction.hiring.sections import Section, kind_at, sections_of
from sallyport.redaction.hiring.wording import language_of
from sallyport.redaction.normalise import normalise

_WHOLE_SECTIONS = {"personal": "[personal details removed]", "referees": "[references removed]"}
_WORD = re.compile(r"[^\W_][\w.+#'-]*")
_MARKS = {"EMAIL": "[email]", "PHONE": "[phone]", "ADDRESS": "[place]", "URL": "[profile]"}
_CONTACTS = frozenset({"EMAIL", "PHONE", "URL", "URL_CREDENTIALS", "IP_ADDRESS", "MAC_ADDRESS", "USERNAME"})
_SURE = 0.85
"""Of a removal below this, words that are known as skills are no part."""


@dataclass(frozen=True, slots=True)
class AnonymizedCv:
    """`removals` have offsets in the text as it was given, sorted, none overlapping another."""

    text: str
    removals: tuple[Removal, ...]


def candidate_id(number: int) -> str:
    """What stands for a name: `candidate-001`."""
    return f"candidate-{number:03}"


def anonymize_cv(text: str, *, candidate: str, today: date, employers: bool = True) -> AnonymizedCv:
    """The CV as it may be ranked. `today` ends what goes on until now; `employers` lets their names stay.

    Skills, roles, degrees, subjects and durations stay. Time is linear in the length of the text.
    """
    reading = normalise(text)
    removals = merged(_found(reading.text, candidate, today, employers=employers))
    placed = []
    for each in removals:
        start, end = reading.original_span(each.start, each.end)
        placed.append(Removal(start, end, each.replacement, each.category, each.score, each.entity))
    pieces: list[str] = []
    copied = 0
    for each in placed:
        pieces.append(text[copied : each.start])
        joins = not each.replacement and _joins(text, each.start, each.end)
        pieces.append(" " if joins else each.replacement)
        copied = each.end
    pieces.append(text[copied:])
    return AnonymizedCv("".join(pieces), tuple(placed))


def _joins(text: str, start: int, end: int) -> bool:
    """Whether two words would become one."""
    return text[start - 1 : start].isalnum() and text[end : end + 1].isalnum() and start > 0


def _found(text: str, candidate: str, today: date, *, employers: bool) -> Iterator[Removal]:
    sections, language = sections_of(text), language_of(text)
    for section in sections:
        if section.kind in _WHOLE_SECTIONS and text[section.body : section.end].strip():
            yield _whole(text, section)
    yield from find_photos(text)
    yield from find_candidate(text, sections, candidate)
    own = name_parts(text, sections)
    yield from find_labelled(text)
    yield from find_dates(text, language, today)
    yield from find_gender(text, language)
    yield from find_background(text, sections, language)
    unsure = [
        *find_people(text),
        *find_contacts(text, sections),
        *find_schools(text, sections),
        *find_clubs(text, sections),
    ]
    if not employers:
        unsure += find_employers(text, sections)
    unsure += _detected(text, sections, own, candidate, employers=employers)
    for each in unsure:
        if each.score >= _SURE or not _is_skill(text[each.start : each.end]):
            yield each


def _whole(text: str, section: Section) -> Removal:
    body = text[section.body : section.end]
    start = section.body + len(body) - len(body.lstrip())
    return Removal(start, section.body + len(body.rstrip()), _WHOLE_SECTIONS[section.kind], section.kind, 0.9)


def _detected(
    text: str, sections: Sequence[Section], own: frozenset[str], candidate: str, *, employers: bool
) -> Iterator[Removal]:
    """What the gateway's own detectors find, in the words of hiring."""
    for found in detect(text):
        category = _category(found, kind_at(sections, found.start), employers=employers)
        if category is None:
            continue
        said = {word.casefold() for word in _WORD.findall(text[found.start : found.end])}
        mark = candidate if category == "name" and said & own else _mark(found, category)
        score = min(found.score, 0.84) if found.type in (PERSON, LOCATION, ORG) else max(found.score, _SURE)
        yield Removal(found.start, found.end, mark, category, score, found.type)


def _category(found: Finding, section: str, *, employers: bool) -> str | None:
    """None for what stays, or what another module knows better."""
    match found.type:
        case "PERSON":
            return None if section == "skills" else "name"
        case "LOCATION":
            return None if section in ("skills", "languages") else "place"
        case "ORG":
            return _organisation(section, employers=employers)
        case "DATE" | "TITLE" | "LITERAL" | "NRP":
            return None
        case "DATE_OF_BIRTH":
            return "birth"
        case "AGE":
            return "age"
        case "ADDRESS":
            return "address"
        case type_ if type_ in _CONTACTS:
            return "contact"
        case _:
            return "other"


def _organisation(section: str, *, employers: bool) -> str | None:
    if section in ("education", "interests"):
        return "school" if section == "education" else "club"
    return None if employers or section in ("skills", "languages") else "employer"


def _mark(found: Finding, category: str) -> str:
    marks = {"name": "[person]", "place": "[place]", "school": "[school]", "club": "[club]", "employer": "[employer]"}
    return marks.get(category) or _MARKS.get(found.type, "[removed]")


def _is_skill(said: str) -> bool:
    """Every word of it is a skill's, a role's, a subject's or a degree's."""
    if said.casefold() in SKILLS:
        return True
    words = [word.casefold().rstrip(".") for word in _WORD.findall(said)]
    return bool(words) and all(word in SKILLS | JOB_WORDS | SUBJECT_WORDS | DEGREE_WORDS for word in words)
