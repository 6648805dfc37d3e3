"""Age, family, belief, health and origin, wherever a CV mentions them."""

import re
from collections.abc import Iterator, Sequence

from sallyport.redaction.hiring.origins import CITIES, COUNTRIES, NATIONALITIES, PEOPLES, SPOKEN
from sallyport.redaction.hiring.phrases import PHRASES
from sallyport.redaction.hiring.removal import Removal
from sallyport.redaction.hiring.sections import Section, kind_at
from sallyport.redaction.hiring.wording import FLUENT, Language

_CAPITAL = r"[A-ZÀ-Ý][\w'-]{1,24}"
_NAMES = rf"{_CAPITAL}(?:[ ](?:of |the |and |de |für )?{_CAPITAL}){{0,3}}"

_NATIVE = re.compile(
    r"(?<![\w-])(?:native(?: or bilingual)?(?: (?:speaker|proficiency|language|tongue|level))?|mother[ -]tongue|"
    r"first language|bilingual|muttersprach(?:e|lich|ler|lerin)|"
    r"zweisprachig|langue maternelle|bilingue|natifs?|native|lengua materna|idioma materno|nativ[oa])(?!\w)",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"(?:fluent|proficient|speaks?|spoken|native|language|tongue|business|conversational|basic|advanced|"
    r"intermediate|working knowledge|"
    r"fließend|verhandlungssicher|muttersprache|sprache|courant|bilingue|langue|fluido|idioma|nivel|[ABC][12]|"
    r"translat\w+|interpret\w+|"
    r"english|german|french|spanish|italian|mandarin)",
    re.IGNORECASE,
)
_OF_WORK = re.compile(
    r"\s(?:law|tax|gaap|accounting|market|markets|speaking|language|literature|studies|philology|customers|clients|"
    r"cuisine|food|hgb|"
    r"payroll|regulations?|standards?|patents?|labour|labor|privacy|localisation|localization|translation|teacher|"
    r"tutor|-speaking)\b",
    re.IGNORECASE,
)


def _names(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(words, key=lambda w: (-len(w), w)))})(?![\w-]|\.\w)")


_PEOPLE = _names([*NATIONALITIES, *PEOPLES])
_PLACES = _names([*CITIES, *COUNTRIES])
_LIVES = re.compile(
    rf"(?<!\w)(?P<how>(?:[Bb]ased|[Bb]orn|[Rr]aised|[Ll]iving|[Ll]ives|[Rr]esiding|[Gg]rew up|[Oo]riginally|"
    rf"[Rr]elocated|[Mm]oved|[Ww]ohnhaft|[Aa]ufgewachsen)(?: in| from| to)?)[ ](?P<where>{_NAMES}(?:,[ ]{_NAMES})?)"
)


def find_background(text: str, sections: Sequence[Section], language: Language) -> Iterator[Removal]:
    """Languages stay as skills, though none as the native one; so do markets, laws and standards of a country."""
    for category, replacement, pattern in PHRASES:
        for match in pattern.finditer(text):
            if match.group().strip():
                yield _tidy(text, match, replacement, category)
    for match in _NATIVE.finditer(text):
        if kind_at(sections, match.start()) == "languages" or _near_language(text, match):
            yield Removal(match.start(), match.end(), FLUENT[language], "language")
    for match in _PEOPLE.finditer(text):
        if not _is_a_skill(text, match, sections):
            yield Removal(match.start(), match.end(), "[removed]", "origin", 0.85)
    for match in _PLACES.finditer(text):
        if not is_of_work(text, match.end()):
            yield Removal(match.start(), match.end(), "[place]", "place", 0.85)
    for match in _LIVES.finditer(text):
        yield Removal(match.start("where"), match.end("where"), "[place]", "place", 0.8)


def is_of_work(text: str, end: int) -> bool:
    """Whether what ends there stands for a country's law, market or standard."""
    return _OF_WORK.match(text, end) is not None


def _is_a_skill(text: str, match: re.Match[str], sections: Sequence[Section]) -> bool:
    if is_of_work(text, match.end()):
        return True
    if match.group().lower() not in SPOKEN:
        return False
    if kind_at(sections, match.start()) in ("languages", "skills"):
        return True
    return bool(_SPEAKS.search(text[max(0, match.start() - 40) : match.start()])) or bool(
        _SPEAKS.search(text[match.end() : match.end() + 25])
    )


def _near_language(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 25) : match.start()] + " " + text[match.end() : match.end() + 20]
    words = {word.lower() for word in re.findall(r"[^\W\d_]+", around)}
    return bool(words & SPOKEN) or match.group().lower().startswith(("mother", "mutter", "langue", "lengua"))


def _tidy(text: str, match: re.Match[str], replacement: str, category: str) -> Removal:
    """What leaves nothing behind takes the comma or the space with it that would hang in the air."""
    start, end = match.span()
    while end > start and text[end - 1] in " ,":
        end -= 1
    if not replacement:
        hanging = re.match(r"[ ]?,[ ]?| (?=[a-z])", text[end : end + 3])
        end += len(hanging.group()) if hanging else 0
    return Removal(start, end, replacement, category, 0.9)
