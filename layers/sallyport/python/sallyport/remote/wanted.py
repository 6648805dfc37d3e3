"""What is asked of a fetch, and what comes of it. Pure."""

from dataclasses import dataclass

from sallyport.remote.unfetchable import Reason


@dataclass(frozen=True, slots=True)
class Wanted:
    """A client's URL, and the media types that it may turn out to be."""

    url: str
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fetched:
    """`entry` is the one of the operator's list that allowed the host at the end."""

    data: bytes
    media_type: str
    entry: str


class NotFetched(Exception):
    """`wanted` could not be fetched, so nothing is."""

    def __init__(self, wanted: Wanted, reason: Reason) -> None:
        self.wanted, self.reason = wanted, reason
        super().__init__(reason)
