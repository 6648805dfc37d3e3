"""The most likely tags of a text: exact, but only where a name is at all likely."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from math import exp
from typing import NamedTuple

from sallyport.redaction.tagger.features import case_of
from sallyport.redaction.tagger.model import ABOVE_ZERO, BEGINNING_LANES, BIAS, EVERY_LANE, KINDS, ONE, TAGS, lanes_of
from sallyport.redaction.tagger.vocabulary import CAPITALS, LINE_ENDS, LIVES, WORDS, Entry, Vocabulary

_WINDOW = re.compile(rb"\x02{0,2}\x01(?:\x02{0,5}\x01)*\x02{0,2}")
"""Live words, with the neutral ones between and beside them."""
_MARGIN = 3 * ONE
"""A tag less likely than `O` by this, as far as the word and its neighbours tell, begins no name. Of 1700 names in the
development data, a few change."""
_CONTINUING_MARGIN = 6 * ONE
"""The same for a tag that continues a name: what came before may still speak for it."""
_HOT = ABOVE_ZERO + _CONTINUING_MARGIN * EVERY_LANE - (_CONTINUING_MARGIN - _MARGIN) * BEGINNING_LANES
"""Added to a sum of weights: a lane has its highest bit set then if its tag is likely enough to be looked at."""
_BEGINNING_ZERO, _CONTINUING_ZERO = BIAS + _MARGIN, BIAS + _CONTINUING_MARGIN
"""What a weight of zero is in such a lane."""
_BEGINNING = BIAS * BEGINNING_LANES
_HIGHEST_BITS = BIAS * EVERY_LANE
_BEHIND = 8 * ONE
"""Inside a name that is less likely by this than none at all, nothing is followed further."""
_COUNT = len(KINDS)
_BEGINNINGS = range(1, _COUNT + 1)
_INNER = (0, *range(_COUNT + 1, 2 * _COUNT + 1), *range(_COUNT + 1, 2 * _COUNT + 1))
"""The tag that continues the name of each."""

type _Names = tuple[int, int, int, _Names] | None
"""The last name of a sequence of tags: the tag of its last word, its first word and the one after its last; and the
names before it."""
type _Inside = tuple[int, int, int, _Names]
"""The best sequence of tags that ends inside of a name: its score, the last tag, where the name began, names before."""


class Tagged(NamedTuple):
    """A name: its kind, its first token and the one after its last, and how likely it is, from 0 to 1."""

    kind: str
    start: int
    end: int
    score: float


def decode(entries: Sequence[Entry], vocabulary: Vocabulary, bias: float = 0.0) -> Iterator[Tagged]:
    """Names in a text, in order. `bias` is taken from the weight of being no name: the higher, the more is found."""
    marks = bytes([entry.mark for entry in entries])
    cases = list(_cases(marks))
    steps = steps_of(vocabulary.transitions)
    level = _HOT + round(bias * ONE) * EVERY_LANE
    # What ends without a full stop is read as if it had one: in the texts trained on, names seldom stand at the end.
    stop = [vocabulary.entry(".")] if entries and entries[-1].word else []
    around = [vocabulary.nothing, vocabulary.begin, *entries, *stop, vocabulary.end, vocabulary.nothing]
    passed = 0
    for window in _WINDOW.finditer(marks.translate(LIVES)):
        first, last = window.span()
        sums = _emissions(around, first, last, level)
        while passed < len(cases) and cases[passed][1] <= first:
            passed += 1
        for nth in range(passed, len(cases)):
            start, end, case = cases[nth]
            if start >= last:
                break
            weights = vocabulary.of_case[case]
            for at in range(max(start, first), min(end, last)):
                sums[at - first] += weights.get(entries[at].kind, 0)
        for start, end in _runs(sums):
            yield from _names(sums[start:end], first + start, steps, bias)


def _cases(marks: bytes) -> Iterator[tuple[int, int, str]]:
    """Lines that are not written as sentences are: first token, the one after the last, and the case."""
    ends, capitals, words = marks.translate(LINE_ENDS), marks.translate(CAPITALS), marks.translate(WORDS)
    start, count = 0, len(marks)
    while start < count:
        end = ends.find(1, start) + 1 or count
        case = case_of(sum(capitals[start:end]), sum(words[start:end]))
        if case:
            yield start, end, case
        start = end


def _emissions(around: Sequence[Entry], first: int, last: int, level: int) -> list[int]:
    """The packed weights of the tags of words, added to `level`: of each, of its neighbours and of their pairs.

    `around` has two entries more in front, and behind.
    """
    sums: list[int] = []
    two_before, before, here, after = around[first : first + 4]
    for two_after in around[first + 4 : last + 4]:
        kind = here.kind
        packed = level + here.own + before.before + after.after + two_before.two_before + two_after.two_after
        pairs = before.pairs_before
        if kind in pairs:
            packed += pairs[kind]
        pairs = after.pairs_after
        if kind in pairs:
            packed += pairs[kind]
        pairs = before.words_before
        if pairs and two_before.key in pairs:
            packed += pairs[two_before.key]
        sums.append(packed)
        two_before, before, here, after = before, here, after, two_after
    return sums


def _runs(sums: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Stretches of words that may be names; one that is not, before one that begins a name, does not part them."""
    hot = [packed & _HIGHEST_BITS for packed in sums]
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


def _names(sums: Sequence[int], offset: int, steps: "_Steps", bias: float) -> Iterator[Tagged]:
    names, score = _best(sums, steps) if len(sums) > 1 else _one(sums[0], steps)
    found = []
    while names:
        tag, start, end, names = names
        odds = score / ONE - bias * (end - start)
        likely = 1 / (1 + exp(-max(-20.0, min(20.0, odds))))
        found.append(Tagged(KINDS[(tag - 1) % _COUNT], offset + start, offset + end, likely))
    return reversed(found)


class _Steps(NamedTuple):
    """What going on from a tag adds to a score, all less what staying outside of names does: by the last tag.

    Where the weight of a word is to be added, what its lane has too much is taken off already.
    """

    leaving: tuple[int, ...]
    staying: tuple[int, ...]
    beginning: tuple[tuple[int, ...], ...]
    """By the tag that begins, then by the last."""
    nearer: tuple[int, ...]
    """By how much at most a name begins more easily right behind a tag than outside of names."""


@lru_cache(maxsize=4)
def steps_of(transitions: tuple[tuple[int, ...], ...]) -> _Steps:
    """`transitions` are those of a `Model`."""
    outside = transitions[0]
    none = outside[0]
    return _Steps(
        tuple(weight - none for weight in outside),
        tuple(transitions[_INNER[tag]][tag] - none - _CONTINUING_ZERO for tag in range(len(TAGS))),
        tuple(tuple(weight - none - _BEGINNING_ZERO for weight in transitions[tag]) for tag in range(_COUNT + 1)),
        tuple(max(transitions[tag][last] - transitions[tag][0] for tag in _BEGINNINGS) for last in range(len(TAGS))),
    )


def _best(sums: Sequence[int], steps: _Steps) -> tuple[_Names, int]:
    """The best tags between two words outside of any name, and by how much they are better than none at all.

    Only tags that can have been reached are looked at.
    """
    leaving, staying, beginning, nearer = steps
    lanes = lanes_of(sums[0])
    free, names = 0, None
    alive: list[_Inside] = [(lanes[tag - 1] + beginning[tag][0], tag, 0, None) for tag in _BEGINNINGS]
    for at in range(1, len(sums)):
        packed = sums[at]
        begins = packed & _BEGINNING
        if not alive and not begins:
            continue
        lanes = lanes_of(packed)
        best, ended = free, None
        going: dict[int, _Inside] = {}
        for inside in alive:
            score, tag, start, before = inside
            if score + leaving[tag] > best:
                best, ended = score + leaving[tag], inside
            inner = _INNER[tag]
            score += staying[tag] + lanes[inner - 1]
            if inner not in going or score > going[inner][0]:
                going[inner] = score, inner, start, before
        least = best - _BEHIND
        begun: Iterable[_Inside] = ()
        if begins:
            near = [inside for inside in alive if inside[0] + nearer[inside[1]] > free]
            begun = _begun(lanes, at, (free, names, near), beginning)
        alive = [inside for inside in going.values() if inside[0] > least]
        alive += begun
        free = best
        if ended is not None:
            names = ended[1], ended[2], at, ended[3]
    tag = 0
    for score, last, start, before in alive:
        score += leaving[last]
        if score > free or (score == free and last > tag):
            free, tag, names = score, last, (last, start, len(sums), before)
    return names, free


def _begun(
    lanes: Sequence[int], at: int, reached: tuple[int, _Names, list[_Inside]], beginning: Sequence[Sequence[int]]
) -> list[_Inside]:
    """Those for which the word `at` begins a name."""
    free, names, near = reached
    if not near:
        return [
            (free + beginning[tag][0] + lanes[tag - 1], tag, at, names) for tag in _BEGINNINGS if lanes[tag - 1] >= BIAS
        ]
    begun: list[_Inside] = []
    for tag in _BEGINNINGS:
        weight = lanes[tag - 1]
        if weight >= BIAS:
            row = beginning[tag]
            best, ended = free + row[0], None
            for inside in near:
                score = inside[0] + row[inside[1]]
                if score > best:
                    best, ended = score, inside
            before = names if ended is None else (ended[1], ended[2], at, ended[3])
            begun.append((best + weight, tag, at, before))
    return begun


def _one(packed: int, steps: _Steps) -> tuple[_Names, int]:
    """The same for one word by itself, as most are."""
    lanes = lanes_of(packed)
    gains = [lanes[tag - 1] + steps.beginning[tag][0] + steps.leaving[tag] for tag in _BEGINNINGS]
    gain = max(gains)
    return ((gains.index(gain) + 1, 0, 1, None), gain) if gain > 0 else (None, 0)
