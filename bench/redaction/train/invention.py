"""Names nobody has: spelled as names are, letter after letter, so that a model learns looks rather than lists."""

from collections import defaultdict
from collections.abc import Iterable
from random import Random

_SHORTEST, _LONGEST = 4, 13
_START, _END = "^^", "$"


class Inventor:
    """A chain of letters, each chosen by the two before it as often as in `names`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._next: defaultdict[str, list[str]] = defaultdict(list)
        for name in names:
            spelled = f"{_START}{name.lower()}{_END}"
            for at in range(len(spelled) - 2):
                self._next[spelled[at : at + 2]].append(spelled[at + 2])

    def invent(self, random: Random) -> str:
        while True:
            name = _START
            while name[-1] != _END and len(name) < _LONGEST + 2:
                name += random.choice(self._next[name[-2:]])
            letters = name.strip(_START + _END)
            if name[-1] == _END and len(letters) >= _SHORTEST:
                return letters.capitalize()
