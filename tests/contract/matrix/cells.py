"""One cell of the tables: what is asked for, in which dialect, of which provider."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Cell:
    """`row` is a feature's name, or a recording's."""

    dialect: str
    provider: str
    row: str
