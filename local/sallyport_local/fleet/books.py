"""What a fleet has served, by place and call by call."""

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass, field
from itertools import islice
from typing import Any, Literal

from sallyport_local.fleet.script import Place

type End = Literal["answered", "throttled", "failed", "cut", "left"]
"""`cut`: the fleet broke off; `left`: whoever called did, before all was said."""

_MOST_CALLS = 100_000


@dataclass(frozen=True, slots=True)
class Call:
    """`number` counts from 1. `asked` is the model as it was asked for, maybe a profile; `mark` says whose call it is.

    Tokens are those of what was said, also when not all of it was; none for a call that was refused.
    """

    number: int
    at: float
    place: Place
    asked: str
    end: End
    status: int
    streamed: bool
    mark: str | None
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(slots=True)
class _Sums:
    calls: int = 0
    answered: int = 0
    throttled: int = 0
    failed: int = 0
    cut: int = 0
    left: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(slots=True)
class Books:
    """Sums of everything, and the last 100,000 calls."""

    sums: dict[Place, _Sums] = field(default_factory=dict)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=_MOST_CALLS))
    written: int = 0

    def write(self, call: Call) -> None:
        self.written += 1
        sums = self.sums.setdefault(call.place, _Sums())
        sums.calls += 1
        setattr(sums, call.end, getattr(sums, call.end) + 1)
        sums.input_tokens += call.input_tokens
        sums.output_tokens += call.output_tokens
        self.calls.append(call)

    def places(self) -> list[dict[str, Any]]:
        """A row a place, in the order of their names."""
        return [asdict(place) | asdict(self.sums[place]) for place in sorted(self.sums, key=astuple)]

    def after(self, seen: int, most: int) -> Iterator[dict[str, Any]]:
        """In the order in which they ended, but for the first `seen` of them, and those that are forgotten."""
        start = max(0, seen - (self.written - len(self.calls)))
        for call in islice(self.calls, start, start + most):
            row = asdict(call)
            yield row.pop("place") | row
