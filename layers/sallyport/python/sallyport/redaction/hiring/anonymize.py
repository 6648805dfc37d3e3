"""A CV without what could bias whoever judges it. Irreversible: nothing of what was taken out is kept."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sallyport.redaction.detect import detect
from sallyport.redaction.finding import ADDRESS, DATE, LITERAL, LOCATION, NRP, ORG, PERSON, TITLE, Finding
from sallyport.redaction.hiring.background import find_background, is_of_work
from sallyport.redaction.hiring.belonging import find_clubs, find_employers, find_schools, is_topic
from sallyport.redaction.hiring.contacts import find_contacts, find_photos
from sallyport.redaction.hiring.dates import find_dates
from sallyport.redaction.hiring.gender import find_gender
from sallyport.redaction.hiring.known_skills import DEGREE_WORDS, JOB_WORDS, SKILLS, SUBJECT_WORDS
from sallyport.redaction.hiring.labels import find_labelled
from sallyport.redaction.hiring.names import find_candidate, find_people, name_parts, own_name
from sallyport.redaction.hiring.origins import SPOKEN
from sallyport.redaction.hiring.removal import Removal, merged
from sallyport.redaction.hiring.sections import Section, is_heading_at, kind_at, sections_of
from sallyport.redaction.hiring.wording import Language, language_of
from sallyport.redaction.normalise import normalise

_WHOLE_SECTIONS = {"personal": "[personal details removed]", "referees": "[references removed]"}
_WORD = re.compile(r"[^\W_][\w.+#'-]*")
_CELL = re.compile(r"[^\s,|;•·](?:[^\n,|\t;•·]*[^\s,|;•·])?")
_MARKS = {"EMAIL": "[email]", "PHONE": "[phone]", "ADDRESS": "[place]", "URL": "[profile]"}
_NAMED_MARKS = {
    "person": "[person]",
    "place": "[place]",
    "school": "[school]",
    "club": "[club]",
    "employer": "[employer]",
}
_CATEGORIES = {
    **dict.fromkeys(("EMAIL", "PHONE", "URL", "URL_CREDENTIALS", "IP_ADDRESS", "MAC_ADDRESS", "USERNAME"), "contact"),
    "DATE_OF_BIRTH": "birth",
    "AGE": "age",
}
_NAMED = frozenset({PERSON, LOCATION, ORG, ADDRESS})
_KNOWN_BETTER = frozenset({DATE, TITLE, NRP, LITERAL})
"""Of these, this package knows more than a detector does: what becomes of them, and which of them are skills."""
_YEAR_OLD = re.compile(r"[0-9]+[\s-](?:years?|yrs?)[\s-]old[ -](?=[a-z])")
"""A 45-year-old developer is a developer: `find_background` leaves no mark."""
_SKILLED = frozenset({"skills", "languages", "personal", "referees"})
_WORKS_AT = re.compile(r"(?:\bat|@|\bjoined|\bfor|\bwith|\bof)\s$", re.IGNORECASE)

_BIAS = 0.7
"""At 1.5, which misses least in prose, a list of skills is full of names; at 0.7, of hardly any that is not known."""

_TAGGED = frozenset({"en"})
"""The languages that the model of names was trained in: in others it takes common words for names."""

_KNOWN = (
    frozenset({"and", "or", "with", "und", "et", "y"})
    | frozenset(word for skill in SKILLS for word in skill.split())
    | JOB_WORDS
    | SUBJECT_WORDS
    | DEGREE_WORDS
    | SPOKEN
)
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
    labelled = list(find_labelled(text))
    named = own_name(text, sections, labelled)
    yield from find_candidate(text, named, candidate)
    own = name_parts(text, named)
    yield from labelled
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
    unsure += _detected(text, sections, language, own, candidate, employers=employers)
    for each in unsure:
        if each.score >= _SURE or not _is_skill(text[each.start : each.end]):
            yield each


def _whole(text: str, section: Section) -> Removal:
    body = text[section.body : section.end]
    start = section.body + len(body) - len(body.lstrip())
    return Removal(start, section.body + len(body.rstrip()), _WHOLE_SECTIONS[section.kind], section.kind, 0.9)


def _detected(
    text: str, sections: Sequence[Section], language: Language, own: frozenset[str], candidate: str, *, employers: bool
) -> Iterator[Removal]:
    """What the gateway's own detectors find, in the words of hiring."""
    for found in detect(text, bias=_BIAS):
        if found.type in _NAMED:
            for piece in _by_cells(text, found) if language in _TAGGED else ():
                yield from _named(text, piece, sections, own, candidate, employers=employers)
        elif found.type not in _KNOWN_BETTER and not _YEAR_OLD.match(text, found.start):
            category = _CATEGORIES.get(found.type, "other")
            mark = _MARKS.get(found.type, "[removed]")
            yield Removal(found.start, found.end, mark, category, max(found.score, _SURE), found.type)


def _by_cells(text: str, found: Finding) -> Iterator[Finding]:
    """A name ends with its line, its cell of a table and its item of a list."""
    for match in _CELL.finditer(text, found.start, found.end):
        yield Finding(found.type, *match.span(), score=found.score, detector=found.detector)


def _named(
    text: str, found: Finding, sections: Sequence[Section], own: frozenset[str], candidate: str, *, employers: bool
) -> Iterator[Removal]:
    """Names, places and organisations, as far as they are not what a CV is judged by."""
    section = kind_at(sections, found.start)
    if section in _SKILLED or is_heading_at(sections, found.start):
        return
    if section == "education" and found.type == ORG and is_topic(text, found.start):
        return
    words = _WORD.findall(text[found.start : found.end])
    if is_of_work(text, found.end) or not any(word[0].isupper() for word in words):
        return
    category = _category(text, found, section)
    if category == "employer" and employers:
        return
    if category == "person" and not own.isdisjoint(word.casefold() for word in words):
        category = "name"
    mark = candidate if category == "name" else _NAMED_MARKS[category]
    yield Removal(found.start, found.end, mark, category, min(found.score, _SURE - 0.01), found.type)


def _category(text: str, found: Finding, section: str) -> str:
    """What stands behind a role, or `at`, is an employer, whatever it sounds like."""
    if found.type == PERSON:
        return "person"
    line = text[max(0, found.start - 80) : found.start].rpartition("\n")[2]
    beside = _WORD.findall(re.split(r"[,|•·;@(]", line.rstrip(" ,|@*_(-"))[-1])
    works = _WORKS_AT.search(line) or (section == "experience" and any(word.casefold() in JOB_WORDS for word in beside))
    if found.type == ORG or works:
        return {"education": "school", "interests": "club"}.get(section, "employer")
    return "place"


def _is_skill(said: str) -> bool:
    """Every word of it is a skill's, a role's, a subject's or a degree's."""
    if said.casefold() in SKILLS:
        return True
    words = [word.casefold().rstrip(".") for word in _WORD.findall(said)]
    return bool(words) and all(word in _KNOWN for word in words)
