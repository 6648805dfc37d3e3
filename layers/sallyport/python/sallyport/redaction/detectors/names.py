"""People, places, organisations and addresses by the trained model; nationalities and beliefs by its table of words."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import methodcaller
from pathlib import Path
from re import Match

import sallyport.redaction.tagger
from sallyport.redaction.finding import ADDRESS, CERTAIN, LOCATION, NRP, ORG, PERSON, Finding
from sallyport.redaction.tagger import words
from sallyport.redaction.tagger.decode import Tagged, decode
from sallyport.redaction.tagger.sense import sensible
from sallyport.redaction.tagger.tokens import tokenise
from sallyport.redaction.tagger.values import values
from sallyport.redaction.tagger.vocabulary import Entry, Vocabulary

types = frozenset({PERSON, LOCATION, ORG, ADDRESS, NRP})

MASKING = 0.3
"""The bias with which text is masked: docs/decisions.md says why."""

_WRITTEN = methodcaller("group")
_DOUBTFUL = CERTAIN / 2
_SURE = 0.9
_NAMES = words.FIRST | words.LAST | words.TOWN | words.COUNTRY | words.ORG
_FREQUENCIES = 7

_ARTEFACTS = Path(sallyport.redaction.tagger.__file__).parent
_BEFORE_GROUP = frozenset(
    {"south", "north", "puerto", "saudi", "sri", "costa", "new", "east", "west", "latin", "african", "el"}
)
_LOWER_CASE_ENDINGS = (
    "ian",
    "ians",
    "ean",
    "eans",
    "ish",
    "ese",
    "man",
    "men",
    "mans",
    "lander",
    "landers",
    "can",
    "cans",
)
_NO_GROUP = frozenset({"polish", "orthodox", "latin"})
_OPENING, _CLOSING = " \t\n,.;:\"'([{<*_`|/-", " \t\n,;:\"')]}>*_`|/-"


def find(text: str, bias: float = MASKING) -> Iterable[Finding]:
    """`bias`, in units of the model's weights: with 0 each finding is likelier than not; with 0.7 less is missed, with
    1.5 few names are, and more that is none is taken for one. Scores are CERTAIN at least."""
    tokens = tokenise(text)
    return _named(text, tokens, _entries(tokens), bias)


def find_and_doubt(text: str, bias: float) -> Iterable[Finding]:
    """What is found to be masked, and with a score below CERTAIN what more is found with `bias`: two decodings of one
    reading."""
    tokens = tokenise(text)
    entries = _entries(tokens)
    masked = list(_named(text, tokens, entries, MASKING))
    yield from masked
    covered = bytearray(len(text))
    for sure in masked:
        covered[sure.start : sure.end] = b"\x01" * (sure.end - sure.start)
    for more in _named(text, tokens, entries, bias):
        if not any(covered[more.start : more.end]):
            yield Finding(more.type, more.start, more.end, min(more.score, _DOUBTFUL), more.detector)


def _entries(tokens: Sequence[Match[str]]) -> list[Entry]:
    return _vocabulary().entries(map(_WRITTEN, tokens))


def _named(text: str, tokens: Sequence[Match[str]], entries: Sequence[Entry], bias: float) -> Iterator[Finding]:
    covered = bytearray(len(tokens))
    groups = dict.fromkeys(_groups(entries, tokens))
    for kind, start, end in values(text, tokens, entries):
        covered[start:end] = b"\x01" * (end - start)
        yield Finding(kind, tokens[start].start(), tokens[end - 1].end(), 0.7, "names")
    decoded = decode(entries, _vocabulary(), bias)
    for name in (part for each in decoded for part in sensible(each, text, tokens, entries)):
        if bias <= MASKING and _is_doubtful(name, entries[name.start : name.end]):
            continue
        if any(covered[name.start : name.end]) or (name.kind in (LOCATION, ORG) and (name.start, name.end) in groups):
            continue
        covered[name.start : name.end] = b"\x01" * (name.end - name.start)
        yield from _finding(text, name, tokens)
    for kind, ranges in ((NRP, groups), (PERSON, _addressed(entries))):
        for start, end in ranges:
            if not any(covered[start:end]):
                yield Finding(kind, tokens[start].start(), tokens[end - 1].end(), 0.6, "names")


def is_common(word: str) -> bool:
    """Is it a word of the English dictionary, however rare?"""
    return bool(_vocabulary().entry(word.lower()).value >> words.FREQUENCY_SHIFT & _FREQUENCIES)


def _is_doubtful(name: Tagged, entries: Sequence[Entry]) -> bool:
    """Is it in small letters, and found by the bias only, or likely no more than that and in no list of names?"""
    if any(entry.capital and len(entry.key) > 1 for entry in entries):
        return False
    if name.score < CERTAIN:
        return True
    return name.kind in (LOCATION, ORG) and name.score < _SURE and not any(entry.value & _NAMES for entry in entries)


@cache
def _vocabulary() -> Vocabulary:
    return Vocabulary.open(_ARTEFACTS / "names.model", _ARTEFACTS / "names.words")


def _finding(text: str, name: Tagged, tokens: Sequence[Match[str]]) -> Iterator[Finding]:
    start, end = tokens[name.start].start(), tokens[name.end - 1].end()
    while start < end and text[start] in _OPENING:
        start += 1
    while end > start and text[end - 1] in _CLOSING:
        end -= 1
    if start < end:
        yield Finding(name.kind, start, end, max(CERTAIN, round(name.score, 3)), "names")


def _addressed(entries: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    """Capitalised words behind `Mr`, `Dr` and their like, from token to token."""
    for at in [nth for nth, entry in enumerate(entries) if entry.title]:
        end = at + 1
        while end < min(at + 4, len(entries)) and entries[end].capital and entries[end].word:
            end += 1
        if end > at + 1:
            yield at + 1, end


def _groups(entries: Sequence[Entry], tokens: Sequence[Match[str]]) -> Iterator[tuple[int, int]]:
    """Words for a nationality, a belief or a party, from token to token; in small letters if they mean nothing else."""
    for at, entry in [(nth, entry) for nth, entry in enumerate(entries) if entry.group]:
        if entry.capital or entry.key.endswith(_LOWER_CASE_ENDINGS):
            if not entry.capital and entry.key in _NO_GROUP:
                continue
            wide = at > 0 and entries[at - 1].key in _BEFORE_GROUP and entries[at - 1].capital
            yield at - wide, at + 1
