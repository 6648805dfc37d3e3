"""A provider's signature over a thought outlives the restoring of placeholders in it.

The client gets the thought with its own values, and a signature that also says what was signed:

    sallyport.1.<SHA-256 of the thought as the provider wrote it, hexadecimal>.<the provider's signature>

When the thought comes back, its values are masked like all others. If that gives what was signed, the provider gets its
own signature back; if not, the provider would refuse the signature, and it is left out. Nothing depends on the digest
being true: whoever forges one gets a masked thought with a signature that no provider accepts.
"""

import hashlib
import re

_SEAL = re.compile(r"sallyport\.1\.([0-9a-f]{64})\.(.*)", re.DOTALL)


class Thought:
    """What a provider says in one thought, and what the client is told of it."""

    def __init__(self) -> None:
        self._written = hashlib.sha256()
        self._told = hashlib.sha256()

    def write(self, text: str) -> None:
        self._written.update(_bytes(text))

    def tell(self, text: str) -> None:
        self._told.update(_bytes(text))

    def signature(self, signature: str) -> str:
        """The provider's own, if the client was told what the provider wrote."""
        written = self._written.hexdigest()
        return signature if written == self._told.hexdigest() else f"sallyport.1.{written}.{signature}"


def opened(signature: str) -> tuple[str | None, str]:
    """The digest of what was signed, if the client was told something else, and the provider's signature."""
    seal = _SEAL.fullmatch(signature)
    return (seal[1], seal[2]) if seal else (None, signature)


def holds(digest: str, text: str) -> bool:
    """Whether this text is the one that was signed."""
    return hashlib.sha256(_bytes(text)).hexdigest() == digest


def _bytes(text: str) -> bytes:
    """Half of a surrogate pair too: a stream may be cut between the two."""
    return text.encode(errors="surrogatepass")
