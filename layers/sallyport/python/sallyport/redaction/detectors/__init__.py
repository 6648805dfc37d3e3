"""The families of detectors. A family is one module here (data, checksum, context words) and one entry in DETECTORS."""

from collections.abc import Iterable
from typing import Final, Protocol

from sallyport.redaction.detectors import (
    address,
    birth,
    card,
    email,
    iban,
    ip,
    labelled_secret,
    literal,
    mac,
    names,
    phone,
    private_key,
    ssn,
    token,
    url,
)
from sallyport.redaction.finding import Finding


class Detector(Protocol):
    """A family: a module, or any object, with these two. Every `find` is linear in the length of its text."""

    types: frozenset[str]

    def find(self, text: str) -> Iterable[Finding]:
        """Findings in normalised text, in any order, overlapping or not."""


DETECTORS: Final[tuple[Detector, ...]] = (
    literal,
    private_key,
    token,
    url,
    labelled_secret,
    card,
    iban,
    birth,
    ssn,
    mac,
    ip,
    email,
    phone,
    address,
    names,
)
"""Where findings overlap, the family that stands first here gives the type."""
