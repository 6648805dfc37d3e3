"""Half characters: a model that is cut off in the middle of an emoji leaves a lone surrogate, which is no text."""

from collections.abc import Hashable


def whole(text: str) -> str:
    """The text with U+FFFD for every lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class Halves:
    """Puts together the characters of a stream: a half at a delta's end waits for the next delta of the same `key`."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, str] = {}

    def join(self, key: Hashable, text: str) -> str:
        if not text:
            return text
        text = self._waiting.pop(key, "") + text
        if "\ud800" <= text[-1] <= "\udbff":
            self._waiting[key], text = text[-1], text[:-1]
        return whole(text)

    def rest(self, key: Hashable) -> str:
        """U+FFFD for a half that the other never followed; else empty."""
        return whole(self._waiting.pop(key, ""))
