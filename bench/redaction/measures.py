"""What found spans are worth beside labelled ones: agreement, leaked characters, characters masked in vain."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

type Span = tuple[int, int, str]
type Detect = Callable[[str], Iterable[Span]]


@dataclass
class Tally:
    """Of one type: spans found and right, found and wrong, missed; characters labelled, and those nothing covers."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    characters: int = 0
    leaked: int = 0

    def measures(self) -> dict[str, float]:
        """Precision, recall, F1, F2 (recall counts four times), share of leaked characters."""
        precision = self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0
        recall = self.right / (self.right + self.missed) if self.right + self.missed else 0.0
        return {
            "labelled": self.right + self.missed,
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(_f(1, precision, recall), 4),
            "f2": round(_f(2, precision, recall), 4),
            "leak": round(self.leaked / self.characters, 4) if self.characters else 0.0,
        }


@dataclass
class Score:
    """Of one set. `over` in its report: the share of found characters, of types the set labels, in no labelled span."""

    set: str
    texts: int = 0
    by_type: dict[str, Tally] = field(default_factory=dict)
    found_characters: int = 0
    over_characters: int = 0

    def total(self) -> Tally:
        total = Tally()
        for tally in self.by_type.values():
            for name in vars(total):
                setattr(total, name, getattr(total, name) + getattr(tally, name))
        return total

    def report(self) -> dict[str, object]:
        over = self.over_characters / self.found_characters if self.found_characters else 0.0
        return {
            "set": self.set,
            "texts": self.texts,
            "micro": self.total().measures(),
            "over": round(over, 4),
            "types": {type_: tally.measures() for type_, tally in sorted(self.by_type.items())},
        }


def score(name: str, rows: Sequence[tuple[str, Sequence[Span]]], detect: Detect, overlap: float = 0.5) -> Score:
    """Only types that are labelled somewhere in the set are counted; what is found of others still covers characters.

    A found and a labelled span agree when they have one type and their intersection is at least `overlap` of their
    union; each agrees with one at most, the best pairs first.
    """
    wanted = {type_ for _, labelled in rows for *_, type_ in labelled}
    result = Score(name, len(rows), {type_: Tally() for type_ in sorted(wanted)})
    for text, labelled in rows:
        every = list(detect(text))
        found = [span for span in every if span[2] in wanted]
        _count(result.by_type, found, labelled, overlap)
        covered, gold = _covered(every), _covered(labelled)
        for start, end, type_ in labelled:
            result.by_type[type_].characters += end - start
            result.by_type[type_].leaked += len(set(range(start, end)) - covered)
        for start, end, _ in found:
            result.found_characters += end - start
            result.over_characters += len(set(range(start, end)) - gold)
    return result


def _count(by_type: dict[str, Tally], found: Sequence[Span], labelled: Sequence[Span], overlap: float) -> None:
    pairs = sorted(
        (
            (_overlap(one, other), nth, mth)
            for nth, one in enumerate(found)
            for mth, other in enumerate(labelled)
            if one[2] == other[2] and one[0] < other[1] and other[0] < one[1]
        ),
        reverse=True,
    )
    paired_found: set[int] = set()
    paired_labelled: set[int] = set()
    for share, nth, mth in pairs:
        if share >= overlap and nth not in paired_found and mth not in paired_labelled:
            paired_found.add(nth)
            paired_labelled.add(mth)
    right = Counter(labelled[mth][2] for mth in paired_labelled)
    for type_, count in right.items():
        by_type[type_].right += count
    for nth, span in enumerate(found):
        by_type[span[2]].wrong += nth not in paired_found
    for mth, span in enumerate(labelled):
        by_type[span[2]].missed += mth not in paired_labelled


def _overlap(one: Span, other: Span) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared / (one[1] - one[0] + other[1] - other[0] - shared)


def _covered(spans: Iterable[Span]) -> set[int]:
    return {at for start, end, _ in spans for at in range(start, end)}


def _f(beta: int, precision: float, recall: float) -> float:
    weighted = beta * beta * precision + recall
    return (1 + beta * beta) * precision * recall / weighted if weighted else 0.0
