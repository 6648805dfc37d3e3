"""How written-around data fares: `python -m bench.redaction.evasion [--json]`.

`evasion.jsonl` beside this file has one case a line: `item` (a way of writing), `text`, and `hits`, pairs of type and
value that must not be read by a model; none for a near miss, of which nothing may be masked. A value is caught when
every letter and digit of it is inside a finding; whether the type is right is counted beside it.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sallyport.redaction.detect import detect
from sallyport.redaction.finding import Finding

CASES = Path(__file__).with_name("evasion.jsonl")


@dataclass
class Tally:
    """Of one item: values caught, of them with another type, and missed; near misses; cases with too much masked."""

    caught: int = 0
    other_type: int = 0
    missed: int = 0
    near_misses: int = 0
    over_redacted: int = 0
    wrong: list[str] = field(default_factory=list)


def cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CASES.read_text().splitlines()]


def run(chosen: Iterable[dict[str, Any]]) -> dict[str, Tally]:
    """The tally of every item, with the texts that went wrong."""
    tallies: dict[str, Tally] = {}
    for case in chosen:
        tally = tallies.setdefault(case["item"], Tally())
        found = detect(case["text"])
        spans = list(_spans(case))
        for type_, start, end in spans:
            touching = [finding for finding in found if finding.start < end and finding.end > start]
            if _covered(case["text"], start, end, touching):
                tally.caught += 1
                tally.other_type += all(finding.type != type_ for finding in touching)
            else:
                tally.missed += 1
                tally.wrong.append(case["text"])
        tally.near_misses += not spans
        beside = [f for f in found if all(f.end <= start or f.start >= end for _, start, end in spans)]
        if beside:
            tally.over_redacted += 1
            tally.wrong.append(case["text"])
    return tallies


def _spans(case: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    for type_, value in case["hits"]:
        start = case["text"].index(value)
        yield type_, start, start + len(value)


def _covered(text: str, start: int, end: int, found: list[Finding]) -> bool:
    return all(not text[at].isalnum() or any(f.start <= at < f.end for f in found) for at in range(start, end))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.redaction.evasion", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    parser.add_argument("--wrong", action="store_true", help="also the texts that went wrong")
    options = parser.parse_args(arguments)
    tallies = run(cases())
    if options.json:
        json.dump({item: vars(tally) for item, tally in tallies.items()}, sys.stdout, indent=1)
        return
    total = Tally(
        *(sum(getattr(each, name) for each in tallies.values()) for name in list(vars(Tally()))[:-1]),
    )
    print(f"{'item':30}{'caught':>8}{'other type':>12}{'missed':>8}{'near misses':>13}{'over-redacted':>15}")
    for item, tally in [*tallies.items(), ("all", total)]:
        print(
            f"{item:30}{tally.caught:8}{tally.other_type:12}{tally.missed:8}{tally.near_misses:13}{tally.over_redacted:15}"
        )
        if options.wrong:
            print(*(f"    {text!a}" for text in tally.wrong), sep="\n", end="\n" if tally.wrong else "")


if __name__ == "__main__":
    main()
