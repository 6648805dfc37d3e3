"""The canonical events as a Responses stream, in bytes as they are sent.

    response.created  response.in_progress
    (output_item.added  its parts and deltas  output_item.done) …
    response.completed | response.incomplete | error, response.failed

Items come one after the other. Only a call whose arguments are not whole stays open when something else begins, for a
provider may mix several; this API has room for that. The usage comes with the end, so nothing ends before it is known.
"""

from typing import Any

from sallyport.attempts import Unmet, Usage
from sallyport.conversation import StopReason
from sallyport.dialects.naming import in_own_words
from sallyport.dialects.openai_chat.unmet import with_unmet
from sallyport.dialects.openai_responses.opened import Call, Kind, Lines, Message, Thought, head_of, text_of
from sallyport.dialects.openai_responses.output import COMPLETED, IN_PROGRESS, INCOMPLETE, REASONS, Item
from sallyport.dialects.openai_responses.render import (
    NAMES,
    constant,
    ending,
    render_error,
    render_failure,
    render_usage,
)
from sallyport.dialects.openai_responses.sealing import wrap
from sallyport.errors import SallyportError
from sallyport.stream import (
    Event,
    ReasoningDelta,
    ReasoningSeal,
    RefusalDelta,
    Started,
    Stopped,
    TextDelta,
    ToolCallDelta,
    ToolCallStarted,
)

KEEP_ALIVE = b": keep-alive\n\n"
"""A comment, which no client shows to anybody."""


class EventWriter:
    """One stream, of the first choice: this API has no other. `write` keeps back why it ended, which `end` tells.

    Ids are made of `stem`, `created` is UNIX seconds, `echo` what a response repeats of its request. The model is the
    one that the first event names, and `model` before.
    """

    def __init__(
        self, *, stem: str, created: int, model: str, echo: dict[str, Any], unmet: tuple[Unmet, ...] = ()
    ) -> None:
        self._stem = stem
        self._created = created
        self._model = model
        self._echo = echo
        self._unmet = unmet
        self._lines = Lines()
        self._constant = ""  # the response as far as it never changes, once the stream has begun
        self._output: list[Message | Thought | Call] = []
        self._message: Message | None = None
        self._thought: Thought | None = None
        self._calls: dict[int, Call] = {}
        self._stop = StopReason.LENGTH

    def write(self, event: Event) -> bytes:
        """What is sent for an event; nothing for one that only the end tells of."""
        match event:
            case TextDelta(choice=0):
                return self._say("output_text", event.text)
            case ReasoningDelta(choice=0):
                return self._think(event.text)
            case ToolCallDelta(choice=0):
                call = self._calls.get(event.index)
                # What comes after a call was closed is white space.
                return call.write(event.arguments) if call and event.arguments else b""
            case ToolCallStarted(choice=0):
                return self._call(event)
            case RefusalDelta(choice=0):
                return self._say("refusal", event.text)
            case ReasoningSeal(choice=0):
                return self._seal(event)
            case Stopped(choice=0):
                self._stop = event.reason
                return self._close_all(event.reason)
            case Started():
                self._model = event.model
        return b""

    def end(self, usage: Usage, sallyport: dict[str, Any]) -> bytes:
        """How it ended, with the whole response, the usage and our own account."""
        sent = self._begin() + self._close_all(self._stop)
        ended = ending(self._stop)
        told = with_unmet(in_own_words(sallyport, NAMES), self._unmet)
        rest = {**ended, "error": None, "output": self._said(), "usage": render_usage(usage), "sallyport": told}
        return sent + self._response(f"response.{ended['status']}", rest)

    def failed(self, error: SallyportError, request_id: str) -> bytes:
        """The error by itself and as the state of the response, after which nothing comes."""
        sent = self._begin()
        for each in self._output:
            if each.status == IN_PROGRESS:
                each.status = INCOMPLETE
        told = render_error(error, request_id)["error"]
        failure = {"code": told["code"] or told["type"], "message": told["message"], "param": told["param"]}
        sent += self._lines.event("error", **failure)
        rest = {"status": "failed", "incomplete_details": None, "error": render_failure(error)}
        return sent + self._response("response.failed", {**rest, "output": self._said(), "usage": None})

    def _begin(self) -> bytes:
        """Once, at the latest before the end. Until then another target may still be asked."""
        if self._constant:
            return b""
        same = constant(stem=self._stem, created=self._created, model=self._model, echo=self._echo)
        self._constant = text_of(same)[:-1]
        rest: Item = {"status": IN_PROGRESS, "incomplete_details": None, "error": None, "output": [], "usage": None}
        return self._response("response.created", rest) + self._response("response.in_progress", rest)

    def _response(self, kind: str, rest: dict[str, Any]) -> bytes:
        return self._lines.piece(head_of(kind), f',"response":{self._constant},{text_of(rest)[1:]}')

    def _said(self) -> list[Item]:
        return [each.item() for each in self._output]

    def _say(self, kind: Kind, text: str) -> bytes:
        """Nothing for no words."""
        if not text:
            return b""
        if self._message is not None:
            return self._message.say(kind, text)
        sent = self._clear()
        self._message = Message(self._lines, self._stem, len(self._output))
        self._output.append(self._message)
        return sent + self._message.open() + self._message.say(kind, text)

    def _think(self, text: str) -> bytes:
        if not text:
            return b""
        if self._thought is not None:
            return self._thought.think(text)
        sent, self._thought = self._open_thought()
        return sent + self._thought.think(text)

    def _seal(self, seal: ReasoningSeal) -> bytes:
        """It ends the thought before it; alone, it is one of which nothing may be shown."""
        sealed, thought, sent = wrap(seal.signature, seal.redacted), self._thought, b""
        if thought is None:
            if sealed is None:
                return b""
            sent, thought = self._open_thought()
        self._thought = None
        return sent + thought.close(sealed)

    def _open_thought(self) -> tuple[bytes, Thought]:
        sent = self._clear()
        thought = Thought(self._lines, self._stem, len(self._output))
        self._output.append(thought)
        return sent + thought.open(), thought

    def _call(self, event: ToolCallStarted) -> bytes:
        sent = self._clear()
        call = Call(self._lines, self._stem, len(self._output), event.id, event.name)
        self._calls[event.index] = call
        self._output.append(call)
        return sent + call.open()

    def _clear(self) -> bytes:
        """Before something else begins: close what is whole."""
        sent = self._begin()
        if self._message is not None:
            sent += self._message.close()
        if self._thought is not None:
            sent += self._thought.close()
        self._message = self._thought = None
        for index in [index for index, call in self._calls.items() if call.is_whole()]:
            sent += self._calls.pop(index).close()
        return sent

    def _close_all(self, stop: StopReason) -> bytes:
        """The last item is where an answer was cut."""
        sent = self._begin()
        for each in self._output:
            if each.status == IN_PROGRESS:
                cut = stop in REASONS and each is self._output[-1]
                sent += each.close() if isinstance(each, Thought) else each.close(INCOMPLETE if cut else COMPLETED)
        self._message = self._thought = None
        self._calls.clear()
        return sent
