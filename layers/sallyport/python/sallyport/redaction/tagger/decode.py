"""The most likely tags of a text: exact, but only where a name is at all likely."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp

from sallyport.redaction.tagger.features import LINE, PARAGRAPH, case_of
from sallyport.redaction.tagger.model import ABOVE_ZERO, BEGINNING_LANES, BIAS, EVERY_LANE, KINDS, ONE, unpack
from sallyport.redaction.tagger.vocabulary import Entry, Vocabulary

_WINDOW = re.compile(rb"\x02{0,2}\x01(?:\x02{0,5}\x01)*\x02{0,2}")
"""Live words, with the neutral ones between and beside them."""
_MARGIN = 3 * ONE
"""A tag less likely than `O` by this, as far as the word and its neighbours tell, begins no name. Of 1700 names in the
development data, a few change."""
_CONTINUING_MARGIN = 6 * ONE
"""The same for a tag that continues a name: what came before may still speak for it."""
_HOT = ABOVE_ZERO + _CONTINUING_MARGIN * EVERY_LANE - (_CONTINUING_MARGIN - _MARGIN) * BEGINNING_LANES
_BEGINNING = BIAS * BEGINNING_LANES
_HIGHEST_BITS = BIAS * EVERY_LANE
_IMPOSSIBLE = -(1 << 60)
_BEHIND = 8 * ONE
"""Inside a name that is less likely by this than none at all, nothing is followed further."""
_BEGINNING_LEAST = BIAS - _MARGIN
_COUNT = len(KINDS)
_BEGINNINGS = range(1, _COUNT + 1)


@dataclass(frozen=True, slots=True)
class Tagged:
    """A name: its kind, its first token and the one after its last, and how likely it is, from 0 to 1."""

    kind: str
    start: int
    end: int
    score: float


def decode(entries: Sequence[Entry], vocabulary: Vocabulary, bias: float = 0.0) -> Iterator[Tagged]:
    """Names in a text, in order. `bias` is taken from the weight of being no name: the higher, the more is found."""
    cases = list(_cases(entries))
    lives = bytes([entry.life for entry in entries])
    bonus = round(bias * ONE)
    # What ends without a full stop is read as if it had one: in the texts trained on, names seldom stand at the end.
    stop = [vocabulary.entry(".")] if entries and entries[-1].word else []
    around = [vocabulary.nothing, vocabulary.begin, *entries, *stop, vocabulary.end, vocabulary.nothing]
    passed = 0
    for window in _WINDOW.finditer(lives):
        first, last = window.span()
        sums = [_emission(around, at + 2) for at in range(first, last)]
        while passed < len(cases) and cases[passed][1] <= first:
            passed += 1
        for nth in range(passed, len(cases)):
            start, end, case = cases[nth]
            if start >= last:
                break
            for at in range(max(start, first), min(end, last)):
                sums[at - first] += vocabulary.case(case, entries[at].kind)
        if bonus:
            sums = [packed + bonus * EVERY_LANE for packed in sums]
        for start, end in _runs(sums):
            yield from _names(sums[start:end], first + start, vocabulary.transitions, bias)


def _cases(entries: Sequence[Entry]) -> Iterator[tuple[int, int, str]]:
    """Lines that are not written as sentences are: first token, the one after the last, and the case."""
    start = 0
    ends = [at + 1 for at, entry in enumerate(entries) if entry.key in (LINE, PARAGRAPH)]
    for end in [*ends, len(entries)]:
        line = entries[start:end]
        case = case_of(sum([entry.capital for entry in line]), sum([entry.word for entry in line]))
        if case:
            yield start, end, case
        start = end


def _emission(around: Sequence[Entry], at: int) -> int:
    """The packed weights of the tags of one word: of itself, of its neighbours and of their pairs."""
    two_before, before, here, after, two_after = around[at - 2 : at + 3]
    kind = here.kind
    return (
        here.own
        + before.before
        + after.after
        + two_before.two_before
        + two_after.two_after
        + before.kind_before.get(kind, 0)
        + before.word_before.get(kind, 0)
        + before.words_before.get(two_before.key, 0)
        + here.kind_after.get(after.kind, 0)
        + after.word_after.get(kind, 0)
    )


def _runs(sums: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Stretches of words that may be names; one that is not, before one that begins a name, does not part them."""
    hot = [(packed + _HOT) & _HIGHEST_BITS for packed in sums]
    start = 0
    count = len(sums)
    while start < count:
        if not hot[start] & _BEGINNING:
            start += 1
            continue
        end = start + 1
        while end < count and (hot[end] or (end + 1 < count and hot[end + 1] & _BEGINNING)):
            end += 1
        yield start, end
        start = end


def _names(sums: Sequence[int], offset: int, transitions: Sequence[Sequence[int]], bias: float) -> Iterator[Tagged]:
    tags, score = _viterbi([unpack(packed) for packed in sums], transitions)
    at = 0
    while at < len(tags):
        tag = tags[at]
        start, at = at, at + 1
        if tag:
            kind = (tag - 1) % _COUNT
            while at < len(tags) and tags[at] == kind + 1 + _COUNT:
                at += 1
            odds = score / ONE - bias * (at - start)
            yield Tagged(KINDS[kind], offset + start, offset + at, 1 / (1 + exp(-max(-20.0, min(20.0, odds)))))


def _viterbi(emissions: Sequence[Sequence[int]], transitions: Sequence[Sequence[int]]) -> tuple[list[int], int]:
    """The best tags between two words outside of any name, and by how much they are better than none at all.

    Only tags that can have been reached are looked at: mostly two or three of nine.
    """
    first = emissions[0]
    if len(emissions) == 1:
        return _one(first, transitions)
    outside = transitions[0]
    alive = [(outside[0], 0), *[(first[tag - 1] - BIAS + transitions[tag][0], tag) for tag in _BEGINNINGS]]
    back: list[dict[int, int]] = []
    for lanes in emissions[1:]:
        best, origin = _IMPOSSIBLE, 0
        within: dict[int, int] = {}
        origins: dict[int, int] = {}
        for score, tag in alive:
            reached = score + outside[tag]
            if reached > best:
                best, origin = reached, tag
            if tag:
                inner = tag if tag > _COUNT else tag + _COUNT
                reached = score + transitions[inner][tag]
                if reached > within.get(inner, _IMPOSSIBLE):
                    within[inner], origins[inner] = reached, tag
        after = [(best, 0)]
        origins[0] = origin
        least = best - _BEHIND
        for inner, score in within.items():
            score += lanes[inner - 1] - BIAS
            if score > least:
                after.append((score, inner))
        for tag in _BEGINNINGS:
            weight = lanes[tag - 1]
            if weight >= _BEGINNING_LEAST:
                row = transitions[tag]
                best = _IMPOSSIBLE
                for score, last in alive:
                    reached = score + row[last]
                    if reached > best:
                        best, origin = reached, last
                origins[tag] = origin
                after.append((best + weight - BIAS, tag))
        alive = after
        back.append(origins)
    top, tag = max([(score + outside[tag], tag) for score, tag in alive])
    tags = [tag]
    for origins in reversed(back):
        tags.append(origins[tags[-1]])
    return tags[::-1], top - (len(emissions) + 1) * outside[0]


def _one(lanes: Sequence[int], transitions: Sequence[Sequence[int]]) -> tuple[list[int], int]:
    """The same for one word by itself, as most are."""
    gains = [lanes[tag - 1] - BIAS + transitions[tag][0] + transitions[0][tag] for tag in range(1, _COUNT + 1)]
    top = max(gains) - 2 * transitions[0][0]
    return ([gains.index(max(gains)) + 1], top) if top > 0 else ([0], 0)
