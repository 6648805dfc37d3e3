"""A client's URL, taken apart once: what was checked is what is asked for. Pure.

It is stricter than URLs are: whatever two parsers might read differently is refused, not repaired.
"""

import re
from dataclasses import dataclass

from sallyport.remote.hosts import HTTPS_PORT, AllowedHosts, host_name, port_number
from sallyport.remote.unfetchable import Reason, Unfetchable

MOST_LETTERS = 8192
"""Of a URL; signed ones have up to some 2000."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PARTS = re.compile(r"https://([^/?#]*)((?:/[^?#]*)?(?:\?[^#]*)?)(?:#.*)?", re.IGNORECASE | re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where to connect and what to ask for: a host's name as DNS has it, and path and query in ASCII.

    `entry` is the one of the operator's list that allows it.
    """

    host: str
    port: int
    target: str
    entry: str

    @property
    def authority(self) -> str:
        """As the Host header has it."""
        return self.host if self.port == HTTPS_PORT else f"{self.host}:{self.port}"


def place_of(url: str, allowed: AllowedHosts) -> Place:
    """Raise Unfetchable: NOT_HTTPS, MALFORMED or NOT_ALLOWED. Nothing is looked up."""
    if len(url) > MOST_LETTERS or _UNSAFE.search(url) or not _SCHEME.match(url):
        raise Unfetchable(Reason.MALFORMED)
    if not url.lower().startswith("https:"):
        raise Unfetchable(Reason.NOT_HTTPS)
    parts = _PARTS.fullmatch(url)
    if parts is None:
        raise Unfetchable(Reason.MALFORMED)
    name, colon, number = parts[1].partition(":")
    host, port = host_name(name), port_number(number) if colon else HTTPS_PORT
    if host is None or port is None:
        raise Unfetchable(Reason.MALFORMED)
    entry = allowed.entry_for(host, port)
    if entry is None:
        raise Unfetchable(Reason.NOT_ALLOWED)
    target = parts[2] if parts[2].startswith("/") else f"/{parts[2]}"
    return Place(host, port, _NOT_ASCII.sub(_escaped, target), entry)


def _escaped(letters: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in letters[0].encode("utf-8", "surrogatepass"))
