"""On which line of a TOML file a field is set, which the standard library's reader does not tell."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

type Path = tuple[str | int, ...]


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of each table and field of a valid file. What is inside a value has the value's line."""
    found: dict[Path, int] = {}
    tables: dict[Path, int] = {}
    prefix: Path = ()
    for line, statement in _statements(text):
        if statement.lstrip().startswith("["):
            prefix = _header(statement, tables)
            found.setdefault(prefix, line)
        else:
            for path in _paths(tomllib.loads(statement)):
                found.setdefault((*prefix, *path), line)
    return found


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """Of a field, or of the nearest around it: what is missing has no line of its own."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """A header or a field, however many lines it takes: each is a valid file by itself, and no part of one is."""
    start, pending = 1, ""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        start = start if pending else number
        pending += line
        try:
            parsed = tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue
        if parsed:
            yield start, pending
        pending = ""


def _header(statement: str, tables: dict[Path, int]) -> Path:
    """The path of a table; one of an array of tables has its index in it, from 0."""
    path: Path = ()
    inside: Any = tomllib.loads(statement)
    while inside:
        if isinstance(inside, list):
            tables[path] = tables.get(path, -1) + 1
            return (*path, tables[path])
        [(name, inside)] = inside.items()
        path = (*path, name)
        if isinstance(inside, dict) and path in tables:
            path = (*path, tables[path])
    return path


def _paths(value: Any) -> Iterator[Path]:
    """Of everything inside a value."""
    inside = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield (name,)
        for path in _paths(each):
            yield (name, *path)
