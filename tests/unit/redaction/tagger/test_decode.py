"""The best tags are those that trying every sequence would give."""

import random
from itertools import product

import pytest

from sallyport.redaction.detectors import names
from sallyport.redaction.tagger.decode import _HOT, _best, _one, decode, steps_of
from sallyport.redaction.tagger.model import LANE_BITS, ONE, TAGS
from sallyport.redaction.tagger.tokens import tokenise


def _allowed(tags):
    return all(tag <= 4 or before in (tag, tag - 4) for before, tag in zip((0, *tags), tags, strict=False))


def _score(tags, lanes, transitions):
    steps = zip((0, *tags), (*tags, 0), strict=True)
    return sum(transitions[after][before] for before, after in steps) + sum(
        lane[tag - 1] for tag, lane in zip(tags, lanes, strict=True) if tag
    )


def _tags(names, length):
    tags = [0] * length
    while names:
        last, start, end, names = names
        tags[start:end] = [(last - 1) % 4 + 1, *[(last - 1) % 4 + 5] * (end - start - 1)]
    return tuple(tags)


@pytest.mark.parametrize("seed", range(12))
def test_the_best_of_all_sequences_is_found(seed):
    drawn = random.Random(seed)
    length = 1 + seed % 3
    lanes = [[drawn.randint(-3 * ONE, 3 * ONE) for _ in range(8)] for _ in range(length)]
    transitions = [[drawn.randint(-ONE, ONE) for _ in TAGS] for _ in TAGS]
    every = [tags for tags in product(range(len(TAGS)), repeat=length) if _allowed(tags)]
    best = max(every, key=lambda tags: _score(tags, lanes, transitions))
    sums = [_HOT + sum(weight << LANE_BITS * nth for nth, weight in enumerate(lane)) for lane in lanes]
    steps = steps_of(tuple(map(tuple, transitions)))
    names, gain = _best(sums, steps) if length > 1 else _one(sums[0], steps)
    assert _tags(names, length) == best
    assert gain == _score(best, lanes, transitions) - _score((0,) * length, lanes, transitions)


def _decoded(text, bias=0.0):
    vocabulary = names._vocabulary()
    tokens = tokenise(text)
    found = decode([vocabulary.entry(token.group()) for token in tokens], vocabulary, bias)
    return [(name.kind, text[tokens[name.start].start() : tokens[name.end - 1].end()], name.score) for name in found]


def test_a_higher_bias_finds_no_less_and_no_score_above_one():
    text = "Yesterday Grace and the Baker of Reading met at Hope House, says Rose."
    assert sum(len(name) for _, name, _ in _decoded(text, 3.0)) > sum(len(name) for _, name, _ in _decoded(text, -3.0))
    assert all(0 <= score <= 1 for _, _, score in _decoded(text, 3.0))


def test_some_of_what_only_the_bias_finds_has_a_low_score():
    sure = {name for _, name, _ in _decoded("I met Anna Smith in may.")}
    doubtful = [score for _, name, score in _decoded("I met Anna Smith in may.", 30.0) if name not in sure]
    assert doubtful
    assert min(doubtful) < 0.5
