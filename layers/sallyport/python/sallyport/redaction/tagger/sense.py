"""What the model tags, as far as it can be a name at all: none goes on over a full stop, a hash is no street."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sallyport.redaction.finding import ADDRESS, ORG, PERSON
from sallyport.redaction.lazily import Lazily
from sallyport.redaction.tagger.decode import Tagged
from sallyport.redaction.tagger.features import LINE, PARAGRAPH
from sallyport.redaction.tagger.vocabulary import Entry
from sallyport.redaction.tagger.words import LAST, OFTEN_FIRST

_FREE_WORD = Lazily(r"(?<![^\W_])[^\W\d_]{2,}(?![^\W_])")
_STANDARDS = frozenset(
    {"iso", "rfc", "iec", "ieee", "ansi", "din", "en", "nist", "itu", "pep", "ecma", "cve", "cwe", "utf"}
)
_LICENCES = frozenset({"mit", "bsd", "apache", "gpl", "lgpl", "agpl", "mpl", "isc", "gnu"})
_LICENCE = Lazily(r"licen[sc]e", re.IGNORECASE)
_PARTING = frozenset({LINE, PARAGRAPH, "."})
_NEAR = 24
_SHORT = 3
_WHOLE = 2
"""Words of most names."""
_LONGEST = 5
"""More words are hardly the name of one person."""


def sensible(name: Tagged, text: str, tokens: Sequence[re.Match[str]], entries: Sequence[Entry]) -> Iterator[Tagged]:
    """The name, or what it falls into, or nothing."""
    if name.kind == ADDRESS:
        if _FREE_WORD.search(text, tokens[name.start].start(), tokens[name.end - 1].end()):
            yield name
        return
    if name.end - name.start == 1:
        if name.kind == PERSON or not _is_no_organisation(name, text, tokens, entries):
            yield name
        return
    if name.kind == PERSON and name.end - name.start > 1:
        begins = [name.start, *_further_persons(name, entries), name.end]
        if len(begins) > 2:
            for first, last in pairwise(begins):
                yield name._replace(start=first, end=last)
            return
    start = name.start
    for at in [at for at in range(name.start, name.end) if entries[at].key in _PARTING]:
        if _parts(name.kind, entries, at):
            if at > start:
                yield name._replace(start=start, end=at)
            start = at + 1
    if start < name.end:
        yield name if start == name.start else name._replace(start=start)


def _further_persons(name: Tagged, entries: Sequence[Entry]) -> Iterator[int]:
    """Where somebody else begins among words of names alone: `Renee Ratcliff Larry Lewis`, `Anna Anna Berg`.

    Mails and lists whose lines were joined are written so.
    """
    words = range(name.start, name.end)
    if not all(entries[at].word and entries[at].capital and len(entries[at].key) > 2 for at in words):
        return
    begin = name.start
    for at in words[1:]:
        entry, before = entries[at], entries[at - 1]
        again = entry.key == entries[begin].key and len(entry.key) >= _SHORT
        first = entry.value & OFTEN_FIRST and at - begin == _WHOLE
        ends = len(words) > _LONGEST or not before.value & OFTEN_FIRST  # two first names in a row are one person's
        if again or (first and ends and (at + 1 < name.end or not entry.value & LAST)):
            yield at
            begin = at


def _parts(kind: str, entries: Sequence[Entry], at: int) -> bool:
    """A line end, and of persons a full stop that is no abbreviation's."""
    if entries[at].key != ".":
        return True
    return kind == PERSON and at > 0 and entries[at - 1].word and len(entries[at - 1].key) > 2


def _is_no_organisation(name: Tagged, text: str, tokens: Sequence[re.Match[str]], entries: Sequence[Entry]) -> bool:
    """A standard before its number, a licence, an abbreviation in small letters."""
    entry, (start, end) = entries[name.start], tokens[name.start].span()
    if entry.key in _STANDARDS and text[end : end + 2].lstrip(" -")[:1].isdigit():
        return True
    if name.kind == ORG and entry.key in _LICENCES and _LICENCE.search(text, max(0, start - _NEAR), end + _NEAR):
        return True
    return name.kind == ORG and not entry.capital and len(entry.key) <= _SHORT
