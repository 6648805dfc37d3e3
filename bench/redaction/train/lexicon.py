"""The table of known words that the tagger reads: built from public lists and from our own."""

from collections import defaultdict
from math import log10

from bench.redaction.train import sources
from bench.redaction.train.company import companions_after, companions_before
from sallyport.redaction.tagger.words import (
    AFTER_SHIFT,
    BEFORE_SHIFT,
    CITY,
    COUNTRY,
    FIRST,
    FREQUENCY_SHIFT,
    GROUP,
    JOB,
    LAST,
    OFTEN_FIRST,
    OFTEN_LAST,
    ORG,
    ORG_END,
    STREET,
    THING,
    TITLE,
    TOWN,
)

_OWN = {
    "organisations": ORG,
    "things": THING,
    "groups": GROUP,
    "organisation_ends": ORG_END,
    "streets": STREET,
    "titles": TITLE,
    "jobs": JOB,
    "regions": COUNTRY,
}
_OFTEN = 0.004
"""Per cent of the inhabitants of the USA."""
_CITY = 400_000
_SMALLEST_TOWN, _SMALLEST_ENGLISH_TOWN = 40_000, 15_000
_ENGLISH = ("US", "GB", "CA", "AU", "IE", "NZ")


def known_words() -> dict[str, int]:
    """Word in lower case → flags and frequency, as `sallyport.redaction.tagger.words` has them."""
    values: defaultdict[str, int] = defaultdict(int)
    too_common = set(sources.own_list("common_places"))
    for kind, name in [*sources.names_by_kind(), *sources.census_names()]:
        for word in sources.words_of(name):
            if len(word) > 1:
                values[word] |= FIRST if kind == "first" else LAST
    for kind, name, share in sources.census_shares():
        if share >= _OFTEN:
            values[name.lower()] |= OFTEN_FIRST if kind == "first" else OFTEN_LAST
    for name, inhabitants, country in sources.towns():
        if inhabitants >= _CITY:
            _add(values, name, CITY, too_common)
        if inhabitants >= (_SMALLEST_ENGLISH_TOWN if country in _ENGLISH else _SMALLEST_TOWN):
            _add(values, name, TOWN, too_common)
    for name in sources.exonyms(500_000):
        if len(sources.words_of(name)) == 1:
            _add(values, name, TOWN, too_common)
    for name in [*sources.countries(), *(name for name, _ in sources.states())]:
        _add(values, name, COUNTRY, too_common)
    for name, flag in _OWN.items():
        for entry in sources.own_list(name):
            values[entry.lower().rstrip(".") if len(entry) > 4 else entry.lower()] |= flag
            if flag == GROUP:
                values[f"{entry.lower()}s"] |= flag
    for word, count in sources.common_words().items():
        values[word] |= _frequency(count) << FREQUENCY_SHIFT
    for shift, companions in ((BEFORE_SHIFT, companions_before()), (AFTER_SHIFT, companions_after())):
        for word, number in companions.items():
            if word in values:
                values[word] |= number << shift
    return dict(values)


def _add(values: defaultdict[str, int], name: str, flag: int, too_common: set[str]) -> None:
    for word in sources.words_of(name):
        if len(word) > 2 and word not in too_common:
            values[word] |= flag


def _frequency(count: int) -> int:
    """1 for the rarest words of the dictionary, below a million in books, to 7 for a billion and above."""
    return max(1, min(7, int(1.6 * log10(max(count, 1)) - 7)))
