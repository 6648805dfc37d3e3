"""People, places, organisations and addresses by the trained model; nationalities and beliefs by its table of words."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from re import Match

import sallyport.redaction.tagger
from sallyport.redaction.finding import ADDRESS, LOCATION, NRP, ORG, PERSON, Finding
from sallyport.redaction.tagger.decode import Tagged, decode
from sallyport.redaction.tagger.tokens import tokenise
from sallyport.redaction.tagger.vocabulary import Entry, Vocabulary

types = frozenset({PERSON, LOCATION, ORG, ADDRESS, NRP})

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


def find(text: str, bias: float = 0.0) -> Iterable[Finding]:
    """`bias`, in units of the model's weights: 0 is balanced; with 0.7 less is missed, with 1.5 few names are, and
    more that is none is taken for one."""
    vocabulary = _vocabulary()
    tokens = tokenise(text)
    entries = [vocabulary.entry(token.group()) for token in tokens]
    covered = bytearray(len(tokens))
    groups = list(_groups(entries, tokens))
    for name in decode(entries, vocabulary, bias):
        if name.kind in (LOCATION, ORG) and (name.start, name.end) in groups:
            continue
        covered[name.start : name.end] = b"\x01" * (name.end - name.start)
        yield from _finding(text, name, tokens)
    for start, end in groups:
        if not any(covered[start:end]):
            yield Finding(NRP, tokens[start].start(), tokens[end - 1].end(), 0.6, "names")


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
        yield Finding(name.kind, start, end, round(name.score, 3), "names")


def _groups(entries: Sequence[Entry], tokens: Sequence[Match[str]]) -> Iterator[tuple[int, int]]:
    """Words for a nationality, a belief or a party, from token to token; in small letters if they mean nothing else."""
    for at, entry in enumerate(entries):
        if entry.group and (entry.capital or entry.key.endswith(_LOWER_CASE_ENDINGS)):
            if not entry.capital and entry.key in _NO_GROUP:
                continue
            wide = at > 0 and entries[at - 1].key in _BEFORE_GROUP and entries[at - 1].capital
            yield at - wide, at + 1
