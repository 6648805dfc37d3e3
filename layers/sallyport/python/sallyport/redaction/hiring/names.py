"""Whose CV it is, by where a name stands; and other people, by the titles before their names."""

import re
from collections.abc import Iterable, Iterator, Sequence

from sallyport.redaction.hiring.known_skills import JOB_WORDS, SKILLS, SUBJECT_WORDS
from sallyport.redaction.hiring.origins import CITIES, COUNTRIES
from sallyport.redaction.hiring.removal import Removal
from sallyport.redaction.hiring.sections import Section
from sallyport.redaction.hiring.tables import word_set

_LETTERS = "A-ZÀ-ÖØ-ÞĀ-Ž"
_PART = rf"(?:[{_LETTERS}]\.|[{_LETTERS}][\w'-]{{0,29}})"
_PARTICLE = r"(?:van|von|de|del|della|da|dos|du|di|la|le|el|al|bin|bint|ibn|ben|zu|ter|der|den|y|e|i|st\.)"
_NAME = rf"{_PART}(?:[ ](?:{_PARTICLE}[ ]){{0,2}}{_PART}){{1,4}}"
_WHOLE = re.compile(rf"\s*(?P<name>{_NAME})\s*")
_TITLED_DOCUMENT = re.compile(
    rf"(?:^|\n)[#*=_ \t]*(?i:curriculum vitae|cv|r[ée]sum[ée]|lebenslauf|hoja de vida|bewerbung|application)"
    rf"[ \t]*(?:of|for|von|de|:|-|—|\|)[ \t]*(?P<name>{_NAME})"
)
_INTRODUCED = re.compile(
    rf"(?:[Mm]y name is|[Ii] am called|[Mm]ein Name ist|[Ii]ch heiße|[Jj]e m'appelle|[Mm]e llamo|"
    rf"[Mm]i nombre es)[ ](?P<name>{_NAME})"
)
_AFTER_TITLE = re.compile(
    rf"(?<!\w)(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Herrn?|Frau|Mme|Mlle|Madame|Monsieur|Sra|Srta|Señora?|"
    rf"Rev|Father|Imam|Rabbi)\.?[ ]"
    rf"(?:(?:Dr|Prof)\.?[ ])?(?P<name>{_PART}(?:[ ](?:{_PARTICLE}[ ])?{_PART}){{0,3}})"
)
_REPORTS_TO = re.compile(
    rf"(?:[Rr]eporting (?:directly )?to|[Ss]upervis(?:ed by|or:)|[Mm]anager:|[Mm]entored by|[Aa]dvisor:|"
    rf"[Aa]dvised by|[Bb]etreuer:|[Uu]nter der Leitung von)[ ](?P<name>{_NAME})"
)
_HEADINGS = re.compile(
    r"^[\s#*=_-]*(?:curriculum vitae|cv|r[ée]sum[ée]|lebenslauf|hoja de vida|bewerbung|application|confidential|"
    r"page \d+)?[\s#*=_:-]*$",
    re.IGNORECASE,
)
_DIVIDED = re.compile(r"[|•·,;\t(]|[ ]{3,}|[ ](?:--?|—)[ ]")
_HEADER_LINES = 6
_NO_NAME = word_set(
    """
    curriculum vitae resume résumé lebenslauf hoja vida bewerbung profile summary objective contact personal
    details page confidential the about dear candidate applicant phone email address mobile linkedin github
    january february march april may june july august september october november december monday present
    university college school institute inc ltd gmbh street road avenue team company group bank
    """
)
_PLACES = frozenset(place.casefold() for place in (*CITIES, *COUNTRIES))
_COMMON = word_set(
    """
    may will mark grant rose grace faith hope joy summer page bill art young long short best banks stone wood
    hill field march april june august page king price major early law case christian day ray may west north
    east south english french german black white brown green gray grey baker cook smith mason taylor carpenter
    miller butler
    """
)


def find_candidate(text: str, spans: Sequence[tuple[int, int]], candidate: str) -> Iterator[Removal]:
    """The candidate's name wherever it stands, whole and in parts, as `candidate`. `spans` are `own_name`'s."""
    for start, end in spans:
        yield Removal(start, end, candidate, "name", 0.95)
    parts = {part for start, end in spans for part in _parts(text[start:end])}
    if parts:
        yield from _elsewhere(text, parts, candidate)


def find_people(text: str) -> Iterator[Removal]:
    """Others, as far as a title or a function stands before their names."""
    for pattern in (_AFTER_TITLE, _REPORTS_TO):
        for match in pattern.finditer(text):
            yield Removal(match.start("name"), match.end("name"), "[person]", "person", 0.8)


def own_name(text: str, sections: Sequence[Section], labelled: Iterable[Removal]) -> list[tuple[int, int]]:
    """Where the candidate is named: behind a label, in the title, or at the top. `labelled` is `find_labelled`'s."""
    named = [(each.start, each.end) for each in labelled if each.category == "name"]
    named = [span for span in named if text[span[0] : span[1]].casefold() not in _PLACES]
    said = [match.span("name") for pattern in (_TITLED_DOCUMENT, _INTRODUCED) for match in pattern.finditer(text)]
    return [*named, *said] or _at_the_top(text, sections)


def name_parts(text: str, spans: Iterable[tuple[int, int]]) -> frozenset[str]:
    """The parts of the candidate's name in small letters."""
    return frozenset(part.casefold() for start, end in spans for part in _parts(text[start:end]))


def _at_the_top(text: str, sections: Sequence[Section]) -> list[tuple[int, int]]:
    at = seen = 0
    for line in text[: max(sections[0].end, 1) if len(sections) > 1 else 2000].splitlines(keepends=True):
        if seen == _HEADER_LINES:
            return []
        if line.strip() and not _HEADINGS.match(line):
            seen += 1
            span = _name_in(line)
            if span is not None:
                return [(at + span[0], at + span[1])]
        at += len(line)
    return []


def _name_in(line: str) -> tuple[int, int] | None:
    """Of the first cell of a line, when it is a name and nothing else."""
    indent = len(line) - len(line.lstrip(" \t#*=_>|"))
    divider = _DIVIDED.search(line, indent)
    cell = line[indent : divider.start() if divider else len(line)].rstrip(" \t\r\n*_#=")
    match = _WHOLE.fullmatch(cell)
    if match is None or any(character.isdigit() for character in cell):
        return None
    words = [word.casefold().strip(".") for word in cell.split()]
    known = JOB_WORDS | SUBJECT_WORDS | _NO_NAME
    if any(word in known for word in words) or cell.casefold() in _PLACES or cell.casefold() in SKILLS:
        return None
    return indent + match.start("name"), indent + match.end("name")


def _parts(name: str) -> list[str]:
    parts = [part.strip(".,'") for part in re.split(r"[\s-]+", name)]
    return [part for part in parts if len(part) > 1 and part[0].isupper()]


def _elsewhere(text: str, parts: set[str], candidate: str) -> Iterator[Removal]:
    """Parts side by side are one name; alone, a part must not be a common word, nor a skill."""
    spelt = sorted({form for part in parts for form in (part, part.upper(), part.capitalize())}, key=lambda p: -len(p))
    any_part = "|".join(map(re.escape, spelt))
    pattern = re.compile(
        rf"(?<![\w@./])(?:{any_part})(?:(?:[ ]|-|[ ][A-Z]\.?[ ]|[ ]{_PARTICLE}[ ])(?:{any_part})){{0,4}}(?!\w)"
    )
    for match in pattern.finditer(text):
        found = match.group()
        alone = found.casefold() in _COMMON or found.casefold() in SKILLS or found.casefold() in JOB_WORDS
        if not alone and not (len(found) < 3 and found.isupper()):
            yield Removal(match.start(), match.end(), candidate, "name", 0.9)
