"""What the name of a simulated model, or a drill, tells it to do; `simulated` has the grammar."""

import re
from collections.abc import Callable, Iterator
from threading import Event as Flag

from sallyport.conversation import ChatAnswer
from sallyport.errors import ProviderReplyError, ProviderTimeoutError, ProviderUnavailableError
from sallyport.providers.openai.failures import failure
from sallyport.providers.pieces import pieces
from sallyport.stream import Event, ReasoningDelta, Stopped, TextDelta, ToolCallDelta

_KINDS = (
    r"slow-(\d{1,6})ms",
    r"fail-(hang|close|garbage|[45]\d\d)(?:-after-(\d{1,5})s)?",
    r"pace-(\d{1,5})ms",
    r"(cut|stall|spoil)(?:-after-(\d{1,5}))?",
)
_SLOW, _FAIL, _PACE, _BREAK = _PARTS = tuple(re.compile(rf"(?<![^-]){kind}(?![^-])", re.ASCII) for kind in _KINDS)
_SCRIPT = re.compile(f"(?:{'|'.join(_KINDS)})(?:-(?:{'|'.join(_KINDS)}))*", re.ASCII)
_BREAK_AFTER = 3


def is_script(text: str) -> bool:
    """Whether it is made of parts of a script and nothing else, with one part of a kind at most."""
    return bool(_SCRIPT.fullmatch(text)) and all(len(part.findall(text)) <= 1 for part in _PARTS)


class Play:
    """What a script tells to do, with its waits counted against the timeout."""

    def __init__(
        self, script: str, timeout: float, idle: float, wait: Callable[[Flag, float], object], closed: Flag
    ) -> None:
        self._script, self._left, self._idle, self._wait, self._closed = script, timeout, idle, wait, closed

    def begin(self) -> None:
        slow, fail = _SLOW.search(self._script), _FAIL.search(self._script)
        how = fail[1] if fail else ""
        self._pause(float("inf") if how == "hang" else int(slow[1]) / 1000 if slow else 0.0)
        if how == "close":
            raise ProviderUnavailableError("The simulated provider hung up, as it was told to.")
        if how == "garbage":
            raise ProviderReplyError("The simulated provider replied with garbage, as it was told to.")
        if fail:
            raise failure(int(how), {"retry-after": fail[2]} if fail[2] else {}, b"", 0.0)

    def events(self, answer: ChatAnswer, *, json_text: bool) -> Iterator[Event]:
        pace, broken = _PACE.search(self._script), _BREAK.search(self._script)
        seconds = int(pace[1]) / 1000 if pace else 0.0
        last = int(broken[2] or _BREAK_AFTER) if broken else -1
        given = 0
        for event in pieces(answer, json_text=json_text):
            delta = isinstance(event, TextDelta | ReasoningDelta | ToolCallDelta)
            # A stream that was to break never ends well, however short.
            if broken and (given == last if delta else isinstance(event, Stopped)):
                self._break(broken[1])
            if delta:
                if given:
                    self._pause(seconds)
                given += 1
            yield event

    def _break(self, how: str) -> None:
        if how == "stall":
            self._pause(float("inf"))
        if how == "spoil":
            raise ProviderReplyError("The simulated provider sent garbage, as it was told to.")
        raise ProviderUnavailableError("The simulated provider hung up, as it was told to.")

    def _pause(self, seconds: float) -> None:
        """Raise ProviderTimeoutError when the wait takes longer than it may."""
        allowed = min(self._left, self._idle)
        if seconds:
            self._wait(self._closed, min(seconds, allowed))
        if self._closed.is_set():
            raise ProviderUnavailableError("The stream was closed.")
        if seconds > allowed:
            raise ProviderTimeoutError("The simulated provider did not answer in time, as it was told to.")
        self._left -= seconds
