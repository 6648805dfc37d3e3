"""Which regular expressions an operator may write: those that no text can make slow.

Python's engine tries one way to match after the other. A pattern is accepted if, counted by its form alone, it takes at
most MOST_STEPS at any place of any text: then searching is linear in the length of the text.
"""

import re
from collections.abc import Iterable, Sequence
from re import _constants as op  # type: ignore[attr-defined]  # typeshed has none of the two
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST_STEPS = 500
"""At one place of a text. A step takes up to 5 ns: the worst text of 2 million characters takes one pattern 5 s."""

MOST_STEPS_TOGETHER = 1_000
"""Of all patterns of one level's policy: well within the 30 s that redaction may take for the worst text."""

LONGEST = 256
"""Characters of a pattern."""

_ONE = frozenset({op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN, op.AT, op.CATEGORY})
_REPEATS = frozenset({op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT})
_LOOKS = frozenset({op.ASSERT, op.ASSERT_NOT})
_TOO_MANY = MOST_STEPS + 1


def steps(pattern: str) -> int:
    """The most steps that matching at one place takes. Raise ValueError, which says what to change, for a pattern that
    may take more than MOST_STEPS, may match nothing at all, or is none.
    """
    if len(pattern) > LONGEST:
        raise ValueError(f"a pattern of {len(pattern)} characters is too long; {LONGEST} are the most")
    try:
        parsed = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        raise ValueError("is no regular expression of Python") from None
    if not parsed.getwidth()[0]:
        raise ValueError("a pattern that matches the empty text finds something everywhere; make a part of it needed")
    _, taken = _sequence(parsed)
    if taken > MOST_STEPS:
        raise ValueError(
            f"may take more than {MOST_STEPS} steps at one place of a text; bound its repetitions closer, such as "
            "{1,20}, have fewer of them, and none within another"
        )
    return taken


def check_together(patterns: Iterable[str]) -> None:
    """Raise ValueError when all of them may take more than MOST_STEPS_TOGETHER."""
    taken = sum(map(steps, patterns))
    if taken > MOST_STEPS_TOGETHER:
        raise ValueError(
            f"the patterns may take {taken} steps at one place of a text, and {MOST_STEPS_TOGETHER} are the most; "
            "have fewer, or bound their repetitions closer"
        )


def _sequence(parsed: Iterable[tuple[Any, Any]]) -> tuple[int, int]:
    """In how many ways it may match at one place, and in how many steps: what follows is tried for each way."""
    ways, taken = 1, 0
    for each in parsed:
        here, own = _item(*each)
        taken = min(taken + ways * own, _TOO_MANY)
        ways = min(ways * here, _TOO_MANY)
    return ways, taken


def _item(what: Any, argument: Any) -> tuple[int, int]:
    if what in _ONE:
        return 1, 1
    if what is op.SUBPATTERN:
        return _sequence(argument[3])
    if what is op.BRANCH:
        each = [_sequence(branch) for branch in argument[1]]
        return min(sum(ways for ways, _ in each), _TOO_MANY), min(sum(taken for _, taken in each), _TOO_MANY)
    if what is op.ATOMIC_GROUP:
        return 1, _sequence(argument)[1]
    if what in _LOOKS:
        return 1, _sequence(argument[1])[1]
    if what in _REPEATS:
        return _repeat(what, argument)
    raise ValueError("refers back to what it matched before, which cannot be searched for in linear time")


def _repeat(what: Any, argument: Sequence[Any]) -> tuple[int, int]:
    least, most, body = argument
    if most is op.MAXREPEAT or most > MOST_STEPS:
        raise ValueError("a repetition has no upper bound; write {1,20} for + and {0,20} for *")
    inner, own = _sequence(body)
    ways = taken = 0
    paths = 1
    for times in range(int(most) + 1):
        if times >= least:
            ways = min(ways + paths, _TOO_MANY)
        if times < most:
            taken = min(taken + paths * own, _TOO_MANY)
            paths = min(paths * inner, _TOO_MANY)
    return (1 if what is op.POSSESSIVE_REPEAT else ways), taken
