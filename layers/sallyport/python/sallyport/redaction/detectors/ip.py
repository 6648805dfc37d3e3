"""IPv4 and IPv6 addresses (RFC 4291, 2.2). Loopback, unspecified and netmask addresses identify nobody and stay."""

from collections.abc import Iterable

from sallyport.redaction.context import announced, words
from sallyport.redaction.finding import IP_ADDRESS, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({IP_ADDRESS})

_V4 = Lazily(r"[0-9](?<![\w.-][0-9])[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?![\w-]|\.\d)")
_V6 = Lazily(r"[0-9A-Fa-f:](?<![\w:.][0-9A-Fa-f:])[0-9A-Fa-f:]{2,38}+(?:\.[0-9]{1,3}){0,3}(?![\w:]|\.\d)")
_GROUP = Lazily(r"[0-9A-Fa-f]{1,4}\Z")
_VERSION = words("v", "ver\\.?", "version", "versions", "release", "build", "firmware", "section", "rev\\.?", "§")


def find(text: str) -> Iterable[Finding]:
    if text.count(".") >= 3:
        for match in _V4.finditer(text):
            if _is_v4(match.group()) and not announced(text, match.start(), _VERSION, reach=12):
                yield Finding(IP_ADDRESS, match.start(), match.end(), 0.95, "ip")
    if "::" in text or text.count(":") >= 7:
        for match in _V6.finditer(text):
            if _is_v6(match.group()):
                yield Finding(IP_ADDRESS, match.start(), match.end(), 0.95, "ip")


def _is_v4(written: str) -> bool:
    parts = [int(part) for part in written.split(".")]
    nobody = parts[0] in (0, 127) or parts[:2] == [255, 255]
    return max(parts) <= 255 and not nobody


def _is_v6(written: str) -> bool:
    left, double, right = written.partition("::")
    if "::" in right:
        return False
    groups = [group for side in (left, right) if side for group in side.split(":")]
    size = len(groups)
    if groups and "." in groups[-1]:
        tail = groups.pop()
        size += 1
        if not _V4.fullmatch(tail) or max(map(int, tail.split("."))) > 255:
            return False
    if not all(map(_GROUP.match, groups)) or not (size < 8 if double else size == 8):
        return False
    # `1::2` is a slice, `a::b` a qualified name, `::1` this machine.
    return any(len(group) >= 3 for group in groups) and any(c.isdigit() for c in written)
