"""What a simulated model says, piece by piece, and what it makes of what it was asked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from sallyport.tokens import estimate_text
from sallyport_local.fleet.fleet import Asked
from sallyport_local.fleet.script import Place

_FILLER = ("and", "so", "on", "until", "all", "the", "words", "that", "were", "ordered", "are", "said")
_MARK = re.compile(r"mark-\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Said:
    """`pieces` are what a stream sends one by one, words with the space behind them."""

    pieces: tuple[str, ...]
    cut_short: bool

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def tokens(self, pieces: int | None = None) -> int:
        """Of the first so many of its pieces, or of all."""
        return estimate_text("".join(self.pieces[:pieces]))


def answer(asked: Asked, served_by: Place, words: int) -> Said:
    """As long as `max_tokens` allow. It names who served it, repeats what was said and adds so many words."""
    where = f"{served_by.region or 'its one Region'} for account {served_by.account}"
    head = f"Simulated answer by {served_by.model} in {where} (no model was called). You said: {asked.text}"
    pieces = [f"{word} " for word in (*head.split(), *islice(cycle(_FILLER), words))]
    fitting, size = 0, 0
    while fitting < len(pieces) and size + len(pieces[fitting].encode()) <= asked.max_tokens * 3:
        size += len(pieces[fitting].encode())
        fitting += 1
    return Said(tuple(pieces[:fitting]), fitting < len(pieces))


def mark_of(text: str) -> str | None:
    """`mark-17`, if a text begins with it: by that its author finds the call again."""
    match = _MARK.match(text)
    return match[0] if match else None


def texts_in(contents: Iterable[Any]) -> list[str]:
    """The texts of contents, each a string or a list of parts that may have a `text`."""
    texts: list[str] = []
    for content in contents:
        parts = [{"text": content}] if isinstance(content, str) else content if isinstance(content, list) else []
        texts += [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
    return texts
