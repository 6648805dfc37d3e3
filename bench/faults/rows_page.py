"""The page of docs/fault-rows.md: what was seen of each row, kept until the row is played again."""

import re
from collections.abc import Sequence
from pathlib import Path

from bench.faults.place import Finding

PAGE = Path(__file__).parents[2] / "docs" / "fault-rows.md"

_ABOUT = """# Rows of faults

Made by `python -m bench.faults --write`, which plays each row in full and writes what it saw; tests play them smaller.
A row that is played again replaces its lines here; one that is not here has not been played in full since this page is
kept. What was seen is of a machine of two cores that others used too:
counts are what they are, times are of that hour. What an upstream's fault looks like to a client is in
[Faults](faults.md).

| row | what happens | what it must lead to | what was seen | |
|---|---|---|---|---|
"""
_LINE = re.compile(r"^\| (\d+) \|.*$", re.MULTILINE)


def rows_of(page: str) -> list[int]:
    """The numbers of the rows that a page tells of."""
    return [int(found[1]) for found in _LINE.finditer(page)]


def written(page: str, findings: Sequence[tuple[int, Finding]]) -> str:
    """The page with these in the place of what it had of their rows."""
    played = {row for row, _ in findings}
    lines = [(int(found[1]), found[0]) for found in _LINE.finditer(page) if int(found[1]) not in played]
    lines += [(row, _line(row, finding)) for row, finding in findings]
    return _ABOUT + "".join(f"{line}\n" for _, line in sorted(lines, key=lambda each: each[0]))


def _line(row: int, finding: Finding) -> str:
    cells = (finding.fault, finding.required, finding.observed, "as required" if finding.passed else "**not so**")
    return f"| {row} | {' | '.join(each.replace('|', ' or ') for each in cells)} |"
