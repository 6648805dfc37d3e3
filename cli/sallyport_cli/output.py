"""What commands print on stdout: tables for people, JSON for scripts."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import click

_PIPED_WIDTH = 1000
"""Columns where nobody's window ends: a script gets every cell whole, on one line."""


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[str] = ()) -> None:
    """Plain columns; `numbers` names those that stand at the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_printable(cell)) for cell in row))
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    Console(width=width, highlight=False).print(table)


def moment(at: float | None) -> str | None:
    """A UNIX time in UTC, `2026-11-20T18:02:03Z`."""
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def dollars(microdollars: int) -> str:
    """To the cent, or as exactly as it was counted where that is less."""
    exact = f"{microdollars / 1_000_000:.6f}"
    return f"${exact[:-4]}" if exact.endswith("0000") else f"${exact}"


def counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _printable(cell: object) -> str:
    """Absent values as a dash, and nothing that could steer a terminal."""
    text = "-" if cell is None or cell == "" else str(cell)
    return "".join(character if character.isprintable() else "?" for character in text)
