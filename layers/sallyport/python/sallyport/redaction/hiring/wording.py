"""The language that a CV is written in, and what is said in it in place of what was taken out."""

import re
from collections import Counter
from typing import Literal

from sallyport.redaction.hiring.tables import word_set

type Language = Literal["en", "de", "fr", "es"]

_WORD = re.compile(r"[^\W\d_]+")
_COMMON: dict[Language, frozenset[str]] = {
    "en": word_set("the and of in for with to a at on my by from as is led worked years"),
    "de": word_set("der die das und von für mit im als bei den des ein eine zu seit zur am bis"),
    "fr": word_set("le la les et des du en pour avec au dans une sur par depuis chez aux"),
    "es": word_set("el los las y del para con en una por desde como al su entre"),
}
_READ = 20_000
"""Characters that are enough to know a language by."""

_YEARS: dict[Language, tuple[str, str]] = {
    "en": ("year", "years"),
    "de": ("Jahr", "Jahre"),
    "fr": ("an", "ans"),
    "es": ("año", "años"),
}
_MONTHS: dict[Language, tuple[str, str]] = {
    "en": ("month", "months"),
    "de": ("Monat", "Monate"),
    "fr": ("mois", "mois"),
    "es": ("mes", "meses"),
}
_LESS: dict[Language, str] = {
    "en": "less than 1 year",
    "de": "weniger als 1 Jahr",
    "fr": "moins d'un an",
    "es": "menos de 1 año",
}
FLUENT: dict[Language, str] = {"en": "fluent", "de": "fließend", "fr": "courant", "es": "fluido"}


def language_of(text: str) -> Language:
    """By the words that are common in one language alone; English when none says otherwise."""
    words = Counter(word.lower() for word in _WORD.findall(text[:_READ]))
    languages: list[Language] = ["en", "de", "fr", "es"]
    return max(languages, key=lambda language: sum(words[word] for word in _COMMON[language]))


def duration(months: int, language: Language, *, exact: bool) -> str:
    """`8 years`, `3 years 2 months`; in whole years where months are not known exactly."""
    years, rest = divmod(max(months, 0), 12)
    if not exact:
        return _LESS[language] if years == 0 else _counted(years, _YEARS[language])
    said = [_counted(years, _YEARS[language])] if years else []
    if rest or not years:
        said.append(_counted(max(rest, 1), _MONTHS[language]))
    return " ".join(said)


def _counted(count: int, words: tuple[str, str]) -> str:
    return f"{count} {words[0] if count == 1 else words[1]}"
