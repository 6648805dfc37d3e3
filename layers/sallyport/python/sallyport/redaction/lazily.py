"""Regular expressions that are compiled when they are first needed: most texts need few, and a cold start none."""

import re
from collections.abc import Callable, Iterator
from typing import Any

type _Matching = Callable[..., re.Match[str] | None]


class Lazily:
    """The methods of a compiled pattern that detectors use, with the meaning that `re` gives them.

    From the first use on they are those of the pattern itself, so that they cost no more.
    """

    match: _Matching
    search: _Matching
    fullmatch: _Matching
    finditer: Callable[..., Iterator[re.Match[str]]]
    findall: Callable[..., list[Any]]
    sub: Callable[..., str]

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._source = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name not in Lazily.__annotations__:
            raise AttributeError(name)
        compiled = re.compile(*self._source)
        for method in Lazily.__annotations__:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
