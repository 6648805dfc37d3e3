"""Put the originals back, whole or as text flows, tolerating what models do to placeholders (see `placeholder`)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sallyport.redaction.finding import TYPES
from sallyport.redaction.placeholder import BEGINNING, LONGEST, key_of, restore_pattern, tail_pattern

MOST_INSERTED = 1_000_000
"""Characters of originals that one text takes: a private key is one value however long, and a model that repeats its
placeholder a thousand times must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Restored:
    """`restored` placeholders were replaced; `unknown` ones are not of this request, or found no room, and stayed."""

    text: str
    restored: int
    unknown: int


def restore(text: str, mapping: Mapping[str, str], *, escape: Callable[[str], str] | None = None) -> Restored:
    """Replace every placeholder of `mapping` (`<TYPE_n>` → original), once: what a value contains is never replaced.

    `escape` fits a value to where it stands, for instance inside a JSON string.
    """
    restorer = StreamRestorer(mapping, escape=escape)
    whole = restorer.feed(text) + restorer.flush()
    return Restored(whole, restorer.restored, restorer.unknown)


class StreamRestorer:
    """Restores text that arrives in chunks; any chunking gives what the whole text would give.

    One for each choice, content block and tool call of an answer. It holds back at most 40 characters, and only such
    as may still become a placeholder.
    """

    def __init__(self, mapping: Mapping[str, str], *, escape: Callable[[str], str] | None = None) -> None:
        types = TYPES.union(key[1:-1].rpartition("_")[0] for key in mapping)
        self._mapping = mapping
        self._escape = escape
        self._pattern = restore_pattern(types)
        self._tail = tail_pattern(types)
        self._room = MOST_INSERTED
        self._held = ""
        self._before = ""  # the last character let go: a name right behind a letter is no placeholder
        self.restored = 0
        self.unknown = 0

    def feed(self, chunk: str) -> str:
        """The text that is certain by now, restored."""
        if chunk and not self._held and BEGINNING.search(chunk) is None:
            self._before = chunk[-1]
            return chunk
        text = self._held + chunk
        return self._let_go(text, len(text) - self.longest_open_tail(text))

    def flush(self) -> str:
        """The rest, when no more of this text comes; what is fed after it is another text."""
        rest = self._let_go(self._held, len(self._held))
        self._before = ""
        return rest

    def longest_open_tail(self, text: str) -> int:
        """How many characters at the end of `text`, which follows what was let go, more text could still change."""
        text = self._before + text
        open_tail = self._tail.search(text, max(len(self._before), len(text) - LONGEST))
        return len(text) - open_tail.start() if open_tail else 0

    def _let_go(self, held: str, until: int) -> str:
        text = self._before + held
        copied, end = len(self._before), len(self._before) + until
        pieces: list[str] = []
        for match in self._pattern.finditer(text, copied, end):
            pieces += (text[copied : match.start()], self._original(match))
            copied = match.end()
        pieces.append(text[copied:end])
        self._held = text[end:]
        self._before = text[end - 1 : end] if end else ""
        return "".join(pieces)

    def _original(self, match: re.Match[str]) -> str:
        read = key_of(match)
        if read is None:
            return match.group()
        key, before, after = read
        value = self._mapping.get(key)
        if value is None or len(value) > self._room:
            self.unknown += 1
            return match.group()
        self._room -= len(value)
        self.restored += 1
        return before + (value if self._escape is None else self._escape(value)) + after
