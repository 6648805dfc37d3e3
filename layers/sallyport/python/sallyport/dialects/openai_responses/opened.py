"""Output items while they are written: what opens each, every piece of it, what closes it, and the whole of it so far.

Whatever is constant between two pieces is written once: a piece costs one JSON string and one concatenation.
"""

import json
from typing import Any, Literal

from sallyport.dialects.openai_responses import output
from sallyport.dialects.openai_responses.output import COMPLETED, IN_PROGRESS, Item

type Kind = Literal["output_text", "refusal"]

# ASCII, with escapes: a character that the provider cut in two halves reaches the client as both.
text_of = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Lines:
    """Writes the events of one stream, numbered from 0 without a gap, each with the line that names it."""

    def __init__(self) -> None:
        self._number = 0

    def event(self, kind: str, **fields: Any) -> bytes:
        return self.piece(head_of(kind, **fields))

    def piece(self, head: str, new: str = "") -> bytes:
        """An event of a head that was written before, and of the JSON that is all that is new in it."""
        number, self._number = self._number, self._number + 1
        return f'{head}{new},"sequence_number":{number}}}\n\n'.encode()


def head_of(kind: str, **fields: Any) -> str:
    """An event without the end that its number makes."""
    return f"event: {kind}\ndata: {text_of({'type': kind, **fields})[:-1]}"


def delta_head_of(kind: str, **fields: Any) -> str:
    """An event up to its delta."""
    return f'{head_of(kind, **fields)},"delta":'


class Message:
    """What a model says in one go; its text and its refusal are parts of their own."""

    def __init__(self, lines: Lines, stem: str, index: int) -> None:
        self.status = IN_PROGRESS
        self._lines = lines
        self._id = output.id_of("msg", stem, index)
        self._index = index
        self._parts: list[Item] = []
        self._kind: Kind | None = None
        self._pieces: list[str] = []
        self._head = ""

    def item(self) -> Item:
        unfinished = [self._part()] if self._kind else []
        return output.message(self._id, [*self._parts, *unfinished], self.status)

    def open(self) -> bytes:
        return self._lines.event("response.output_item.added", output_index=self._index, item=self.item())

    def say(self, kind: Kind, text: str) -> bytes:
        opened = b"" if self._kind == kind else self._close_part() + self._open_part(kind)
        self._pieces.append(text)
        return opened + self._lines.piece(self._head, text_of(text))

    def close(self, status: str = COMPLETED) -> bytes:
        sent = self._close_part()
        self.status = status
        return sent + self._lines.event("response.output_item.done", output_index=self._index, item=self.item())

    def _open_part(self, kind: Kind) -> bytes:
        self._kind, self._pieces = kind, []
        where = self._where()
        logprobs: Item = {"logprobs": []} if kind == "output_text" else {}
        self._head = delta_head_of(f"response.{kind}.delta", **where, **logprobs)
        return self._lines.event("response.content_part.added", **where, part=self._part())

    def _close_part(self) -> bytes:
        if self._kind is None:
            return b""
        part, where = self._part(), self._where()
        said = {name: part[name] for name in ("text", "refusal", "logprobs") if name in part}
        sent = self._lines.event(f"response.{self._kind}.done", **where, **said)
        sent += self._lines.event("response.content_part.done", **where, part=part)
        self._parts.append(part)
        self._kind = None
        return sent

    def _part(self) -> Item:
        words = "".join(self._pieces)
        return output.text_part(words) if self._kind == "output_text" else output.refusal_part(words)

    def _where(self) -> Item:
        return {"item_id": self._id, "output_index": self._index, "content_index": len(self._parts)}


class Thought:
    """A model's reasoning, as one part of a summary, or as nothing but what its provider sealed."""

    def __init__(self, lines: Lines, stem: str, index: int) -> None:
        self.status = IN_PROGRESS
        self._lines = lines
        self._index = index
        self._id = output.id_of("rs", stem, index)
        self._where = {"item_id": self._id, "output_index": index, "summary_index": 0}
        self._pieces: list[str] = []
        self._sealed: str | None = None
        self._head = delta_head_of("response.reasoning_summary_text.delta", **self._where)

    def item(self) -> Item:
        return output.reasoning(self._id, "".join(self._pieces), self._sealed)

    def open(self) -> bytes:
        return self._lines.event("response.output_item.added", output_index=self._index, item=self.item())

    def think(self, text: str) -> bytes:
        opened = b""
        if not self._pieces:
            [part] = output.summary("")
            opened = self._lines.event("response.reasoning_summary_part.added", **self._where, part=part)
        self._pieces.append(text)
        return opened + self._lines.piece(self._head, text_of(text))

    def close(self, sealed: str | None = None) -> bytes:
        sent = b""
        if self._pieces:
            [part] = output.summary("".join(self._pieces))
            sent = self._lines.event("response.reasoning_summary_text.done", **self._where, text=part["text"])
            sent += self._lines.event("response.reasoning_summary_part.done", **self._where, part=part)
        self._sealed = sealed
        self.status = COMPLETED
        return sent + self._lines.event("response.output_item.done", output_index=self._index, item=self.item())


class Call:
    """A call of a tool. It may be closed when its arguments are JSON already."""

    def __init__(self, lines: Lines, stem: str, index: int, call_id: str, name: str) -> None:
        self.status = IN_PROGRESS
        self._lines = lines
        self._index = index
        self._id = output.id_of("fc", stem, index)
        self._call_id = call_id
        self._name = name
        self._where = {"item_id": self._id, "output_index": index}
        self._pieces: list[str] = []
        self._head = delta_head_of("response.function_call_arguments.delta", **self._where)
        self._whole: bool | None = False  # whether the arguments are JSON; None when that is to be found out

    def item(self) -> Item:
        return output.function_call(self._id, self._call_id, self._name, "".join(self._pieces), self.status)

    def open(self) -> bytes:
        return self._lines.event("response.output_item.added", output_index=self._index, item=self.item())

    def write(self, arguments: str) -> bytes:
        self._pieces.append(arguments)
        self._whole = None
        return self._lines.piece(self._head, text_of(arguments))

    def close(self, status: str = COMPLETED) -> bytes:
        written = "".join(self._pieces)
        rest = output.filled(written)[len(written) :]
        sent = self.write(rest) if rest else b""
        # The SDK declares a name up to its second major version.
        done = {"name": self._name, "arguments": written + rest}
        sent += self._lines.event("response.function_call_arguments.done", **self._where, **done)
        self.status = status
        return sent + self._lines.event("response.output_item.done", output_index=self._index, item=self.item())

    def is_whole(self) -> bool:
        if self._whole is None:
            self._whole = _is_json("".join(self._pieces))
        return self._whole


def _is_json(written: str) -> bool:
    if not written.rstrip().endswith("}"):
        return False
    try:
        json.loads(written)
    except (ValueError, RecursionError):
        return False
    return True
