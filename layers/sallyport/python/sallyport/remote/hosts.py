"""Hosts from which an operator lets remote images and documents be fetched, as each level of a policy names them. Pure.

An entry is a host's name (`img.example.com`) or, for every name below one, `*.example.com`; either may end in a port,
and means 443 without one. Names are compared as they go over the wire: lower case, IDNA.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

HTTPS_PORT = 443

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_MOST_LETTERS = 253  # RFC 1035 §2.3.4, without the root's dot


def host_name(written: str) -> str | None:
    """The name as DNS and TLS have it, of at least two labels; None for what is none, such as an IP address.

    Whatever resolvers take for an IPv4 address ends in a number, in decimal, octal or hexadecimal (WHATWG URL §3.5).
    """
    try:
        name = (written if written.isascii() else written.encode("idna").decode("ascii")).lower()
    except UnicodeError:
        return None
    labels = name.split(".")
    if len(labels) < 2 or len(name) > _MOST_LETTERS or _NUMBER.fullmatch(labels[-1]):
        return None
    return name if all(_LABEL.fullmatch(label) for label in labels) else None


def port_number(written: str) -> int | None:
    """In its one plain notation; None for anything else."""
    return int(written) if _PORT.fullmatch(written) and int(written) < 2**16 else None


def _entry(written: str) -> str:
    name, colon, port = written.partition(":")
    wild = name.startswith("*.")
    host = host_name(name.removeprefix("*."))
    number = port_number(port) if colon else HTTPS_PORT
    if host is None or number is None:
        raise ValueError(
            "a host is written like img.example.com, *.example.com or img.example.com:8443, and is no IP address"
        )
    return ("*." if wild else "") + host + ("" if number == HTTPS_PORT else f":{number}")


MediaHost = Annotated[str, AfterValidator(_entry)]


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """What is left of the entries of every level, widest first; the first is the tenant's."""

    levels: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, said: Sequence[tuple[str, ...] | None]) -> "AllowedHosts":
        """A level that says nothing narrows nothing; but where the tenant says nothing, no host is allowed."""
        tenants, *narrower = said
        return cls((tenants or (), *(entries for entries in narrower if entries is not None)))

    def __bool__(self) -> bool:
        """Whether anything may be fetched at all."""
        return all(self.levels)

    def entry_for(self, host: str, port: int) -> str | None:
        """The tenant's entry that allows this host, if every level has one; `host` is as `host_name` returns it."""
        entries = [next((entry for entry in level if _matches(entry, host, port)), None) for level in self.levels]
        return entries[0] if all(entries) else None


def _matches(entry: str, host: str, port: int) -> bool:
    name, _, number = entry.partition(":")
    if port != (int(number) if number else HTTPS_PORT):
        return False
    return host.endswith(name[1:]) if name.startswith("*.") else host == name
