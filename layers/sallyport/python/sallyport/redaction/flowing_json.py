"""JSON masked as it flows: the texts in its strings, keys too. Whatever else it is made of stays as it was written.

It is read by RFC 8259. What follows no JSON, or is none, is text: it is masked as it stands.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from sallyport.redaction.flowing import Piece, TextMask, slices, told

_TOKEN = re.compile(r"[ \t\n\r]+|[{}\[\]:,\"]|[-+.0-9A-Za-z]+")
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null|NaN|-?Infinity")
_LONGEST_SCALAR = 400

# What may come next, as tokens; `0` is any number or word.
_DOCUMENT: Final = '"{['
_VALUE: Final = '"{[0'
_FIRST_VALUE: Final = _VALUE + "]"
_KEY: Final = '"'
_FIRST_KEY: Final = '"}'
_AFTER = {"": "", "{": ",}", "[": ",]"}

_FIELD = re.compile(r"[a-z][A-Za-z_]{0,63}")
_PLAIN = re.compile(r'[^"\\]+')
_ESCAPE = re.compile(
    r'\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|["\\/bfnrt])',
)
_OPEN_ESCAPE = re.compile(
    r"\\(?:u(?:[0-9a-fA-F]{0,3}|[dD][89abAB][0-9a-fA-F]{2}(?:\\(?:u(?:[dD](?:[c-fC-F][0-9a-fA-F]?)?)?)?)?)?)?"
)
"""The beginning of an escape. Half of a pair of surrogates is one until what follows is known."""


class FlowingJson:
    """One document. Each of its strings has a `mask` of its own, and so has what is no JSON."""

    def __init__(self, mask: Callable[[], TextMask]) -> None:
        self._mask = mask
        self._unread = ""
        self._unsure = ""  # a number or word, and the space behind it, until what follows it fits
        self._open: list[str] = []
        self._next: str = _DOCUMENT
        self._string: _String | None = None
        self._text: TextMask | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing can follow but space."""
        return not self._next and self._string is None and self._text is None

    def feed(self, chunk: str) -> str:
        """What is certain by now."""
        return "".join(said for part in slices(chunk) for said in self._fed(part))

    def flush(self) -> str:
        """The rest, when no more of this document comes."""
        rest = "".join(self._read(last=True)) + self._unsure
        mask = self._text or (self._string.mask if self._string is not None else None)
        if self._string is not None:
            return rest + self._string.written(self._string.mask.last())
        return rest + (told(mask.last()) if mask is not None else "")

    def _fed(self, chunk: str) -> Iterator[str]:
        self._unread += chunk
        return self._read(last=False)

    def _read(self, *, last: bool) -> Iterator[str]:
        while self._unread:
            before = len(self._unread)
            if self._text is not None:
                text, self._unread = self._unread, ""
                yield told(self._text.pieces(text))
            elif self._string is not None:
                yield self._in_string(self._string, last=last)
            else:
                yield self._between_strings(last=last)
            if len(self._unread) == before and self._text is None:
                return

    def _in_string(self, string: "_String", *, last: bool) -> str:
        said, self._unread = string.read(self._unread, last=last)
        if not self._unread.startswith('"'):
            return said
        self._unread, self._string = self._unread[1:], None
        return said + string.written(string.mask.last()) + '"'

    def _between_strings(self, *, last: bool) -> str:
        """Up to the next string, to what is no JSON, or to the end of what is known."""
        said: list[str] = []
        at = 0
        while self._string is None and (token := _TOKEN.match(self._unread, at)) is not None:
            if not last and self._goes_on(token):
                break
            if not self._fits(token.group()):
                token = None
                break
            at = token.end()
            said.append(self._taken(token.group()))
        if token is None and at < len(self._unread):
            self._text, self._unread, self._unsure = self._mask(), self._unsure + self._unread[at:], ""
        else:
            self._unread = self._unread[at:]
        return "".join(said)

    def _goes_on(self, token: re.Match[str]) -> bool:
        """Whether it may be the beginning of a number or word."""
        begins = "0" in self._next and _is_scalar(token.group()) and token.end() == len(self._unread)
        return begins and token.end() - token.start() <= _LONGEST_SCALAR

    def _fits(self, token: str) -> bool:
        if _is_scalar(token):
            return "0" in self._next and len(token) <= _LONGEST_SCALAR and _SCALAR.fullmatch(token) is not None
        return token.isspace() or token in self._next

    def _taken(self, token: str) -> str:
        """What is certain with this token, which fits."""
        if token.isspace() and not self._unsure:
            return token
        if token.isspace() or _is_scalar(token):
            self._unsure += token
            self._next = self._next if token.isspace() else self._after_value()
            return ""
        certain, self._unsure = self._unsure + token, ""
        match token:
            case "{":
                self._open.append(token)
                self._next = _FIRST_KEY
            case "[":
                self._open.append(token)
                self._next = _FIRST_VALUE
            case "}" | "]":
                self._open.pop()
                self._next = self._after_value()
            case ",":
                self._next = _KEY if self._open[-1] == "{" else _VALUE
            case ":":
                self._next = _VALUE
            case _:
                key = self._next in (_KEY, _FIRST_KEY)
                self._string = _String(_FieldMask(self._mask()) if key else self._mask())
                self._next = ":" if key else self._after_value()
        return certain

    def _after_value(self) -> str:
        return _AFTER[self._open[-1] if self._open else ""]


class _FieldMask:
    """Of a key: one that is spelt as fields are is left, for a function's arguments are known by their names."""

    def __init__(self, mask: TextMask) -> None:
        self._mask = mask
        self._name: str | None = ""

    def pieces(self, chunk: str) -> list[Piece]:
        if self._name is None:
            return self._mask.pieces(chunk)
        self._name += chunk
        if not self._name or _FIELD.fullmatch(self._name):
            return []
        name, self._name = self._name, None
        return self._mask.pieces(name)

    def last(self) -> list[Piece]:
        return self._mask.last() if self._name is None else [Piece(len(self._name), self._name, own=True)]


class _String:
    """The inside of one string. `mask` has its text; what is not replaced comes out with the escapes it came with."""

    def __init__(self, mask: TextMask) -> None:
        self.mask = mask
        self._written: deque[tuple[str, int]] = deque()

    def read(self, raw: str, *, last: bool) -> tuple[str, str]:
        """What is certain by now, and what is left: from the closing quote on, or the beginning of an escape."""
        read: list[str] = []
        at = 0
        while at < len(raw) and raw[at] != '"':
            if not last and _OPEN_ESCAPE.fullmatch(raw, at):
                break
            match = _PLAIN.match(raw, at) or _ESCAPE.match(raw, at)
            written = match.group() if match is not None else raw[at]
            meant = json.loads(f'"{written}"') if match is not None and written[0] == "\\" else written
            self._written.append((written, len(meant)))
            read.append(meant)
            at += len(written)
        return self.written(self.mask.pieces("".join(read))), raw[at:]

    def written(self, pieces: list[Piece]) -> str:
        """What becomes of these pieces."""
        return "".join(self._take(piece.length) if piece.own else self._left_out(piece) for piece in pieces)

    def _left_out(self, piece: Piece) -> str:
        self._take(piece.length)
        return piece.told

    def _take(self, length: int) -> str:
        taken: list[str] = []
        while length:
            written, meant = self._written.popleft()
            if meant > length:
                self._written.appendleft((written[length:], meant - length))
                written, meant = written[:length], length
            taken.append(written)
            length -= meant
        return "".join(taken)


def _is_scalar(token: str) -> bool:
    return token[0] not in ' \t\n\r{}[]:,"'
