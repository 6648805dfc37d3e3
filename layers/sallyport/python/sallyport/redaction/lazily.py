"""Regular expressions that are compiled when they are first needed: most texts need few, and a cold start none."""

import re
from collections.abc import Iterator
from functools import cached_property


class Lazily:
    """The methods of a compiled pattern that detectors use, with the meaning that `re` gives them."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._source = pattern, flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(*self._source)

    def match(self, text: str, start: int = 0, end: int = 2**62) -> re.Match[str] | None:
        return self.compiled.match(text, start, end)

    def search(self, text: str, start: int = 0, end: int = 2**62) -> re.Match[str] | None:
        return self.compiled.search(text, start, end)

    def finditer(self, text: str, start: int = 0, end: int = 2**62) -> Iterator[re.Match[str]]:
        return self.compiled.finditer(text, start, end)
