"""Tables in text (comma, semicolon, tab, Markdown): the cells below a label in the first row."""

from typing import NamedTuple

from sallyport.redaction.lazily import Lazily

_DELIMITERS = ",;\t|"
_LONGEST_ROW = 4000
_RULE = frozenset("|-:+= \t")
_AROUND_CELL = " \t\"'`*"
_NO_CELL = frozenset({"text", "string", "null", "none", "true", "false", "varchar", "required", "optional"})
_MORE_THAN_LABEL = 12
"""Characters that a cell has at most besides its label: more is a sentence."""


class Column(NamedTuple):
    """Spans of the cells below a label, without quotes and spaces, and where its table ends."""

    cells: list[tuple[int, int]]
    end: int


class Cells:
    """What stands below one of `labels` in a table, where neither form nor check tells it: names, passwords."""

    def __init__(self, type_: str, labels: tuple[str, ...], value: Lazily) -> None:
        self.type = type_
        self.labels = labels
        self.value = value

    def accepts(self, written: str) -> bool:
        """Anything but a number or a type of a data base."""
        return not written.isdigit() and written.lower() not in _NO_CELL


def column_below(text: str, start: int, end: int) -> Column | None:
    """The column of the label at [start, end); None where no row below has as many cells. Linear in the table."""
    row_start, row_end = text.rfind("\n", 0, start) + 1, _line_end(text, end)
    row = text[row_start:row_end]
    if row_end - row_start > _LONGEST_ROW:
        return None
    delimiter = max(_DELIMITERS, key=row.count)
    size, place = row.count(delimiter), row.count(delimiter, 0, start - row_start)
    if not size or len(row.split(delimiter)[place].strip(_AROUND_CELL)) > end - start + _MORE_THAN_LABEL:
        return None
    cells = []
    while row_end < len(text):
        row_start, row_end = row_end + 1, _line_end(text, row_end + 1)
        row = text[row_start:row_end]
        if _RULE.issuperset(row.rstrip("\r")) and "-" in row:
            continue
        if len(row) > _LONGEST_ROW or row.count(delimiter) != size:
            row_end = row_start - 1
            break
        before = delimiter.join(row.split(delimiter)[:place])
        cell = row.split(delimiter)[place]
        at = row_start + len(before) + (1 if place else 0) + len(cell) - len(cell.lstrip(_AROUND_CELL))
        cells.append((at, at + len(cell.strip(_AROUND_CELL + "\r"))))
    return Column(cells, row_end) if cells else None


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
