"""Hardware addresses of network interfaces (IEEE 802, 48 bits), in the notations of Unix, Windows and Cisco."""

from collections.abc import Iterable

from sallyport.redaction.finding import MAC_ADDRESS, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({MAC_ADDRESS})

_PAIRS = Lazily(r"[:-](?<=[0-9A-Fa-f]{2}[:-])(?<![\w:-][0-9A-Fa-f]{2}[:-])(?:[0-9A-Fa-f]{2}[:-]){4}[0-9A-Fa-f]{2}")
_QUADS = Lazily(r"\.(?<=[0-9A-Fa-f]{4}\.)(?<![\w.-][0-9A-Fa-f]{4}\.)[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w.-]\w|\w)")
_GLUED = Lazily(r"[:-]?\w")


def find(text: str) -> Iterable[Finding]:
    if text.count(":") >= 5 or text.count("-") >= 5:
        for match in _PAIRS.finditer(text):
            start, end = match.start() - 2, match.end()
            one_separator = len(set(text[start + 2 : end : 3])) == 1
            if one_separator and not _GLUED.match(text, end) and _names_a_device(text[start:end]):
                yield Finding(MAC_ADDRESS, start, end, 0.95, "mac")
    if text.count(".") >= 2:
        for match in _QUADS.finditer(text):
            start = match.start() - 4
            if _names_a_device(text[start : match.end()]) and any(c.isdigit() for c in text[start : match.end()]):
                yield Finding(MAC_ADDRESS, start, match.end(), 0.8, "mac")


def _names_a_device(written: str) -> bool:
    """Not all zeros, and not the broadcast address."""
    digits = set(written.lower()) - set(":-.")
    return digits not in ({"0"}, {"f"})
