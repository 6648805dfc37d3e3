"""What stands in for a value, by what the policy says of its type."""

import hashlib
import hmac
import re
from collections.abc import Callable

from sallyport.redaction.judge import Action
from sallyport.redaction.normalise import normalise
from sallyport.redaction.pseudonyms import Pseudonyms

HASH_TOKEN = re.compile(r"<[A-Z]+(?:_[A-Z]+)*#[a-p]{16}>")
"""When one comes back in the history of a conversation, it is nobody's name."""

_IN_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_SPACE = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[\s()./+-]+")


def mac_label(tenant: str) -> str:
    """Which secret of `Macs` a tenant's values are hashed under: the same value at two tenants is two tokens."""
    return f"value/{tenant}"


class Replacements:
    """A placeholder of `pseudonyms`, which may forget its value; or a token of the value itself, keyed by `secret`."""

    def __init__(
        self, pseudonyms: Pseudonyms, action_of: Callable[[str], Action], secret: Callable[[], bytes] | None = None
    ) -> None:
        self._pseudonyms = pseudonyms
        self._action_of = action_of
        self._secret = secret

    def placeholder_for(self, type_: str, value: str) -> str:
        """Raise ValueError for a value to be hashed where there is no secret."""
        action = self._action_of(type_)
        if action is not Action.HASH:
            return self._pseudonyms.placeholder_for(type_, value, restorable=action is not Action.MASK_IRREVERSIBLY)
        if self._secret is None:
            raise ValueError("values are to be hashed, and there is no secret to hash them under")
        return hash_token(self._secret(), type_, value)


def hash_token(secret: bytes, type_: str, value: str) -> str:
    """Such as `<EMAIL#kbdpafhcmolaghie>`: 64 bits of HMAC-SHA256, which `restore` never takes for a placeholder. Of
    letters alone: what looks like a token can hide no number.

    The same for one value however it is written: case, white space, and in numbers all punctuation are left out.
    """
    plain = _SPACE.sub(" ", normalise(value).text.lower()).strip()
    if not any(character.isalpha() for character in plain):
        plain = _PUNCTUATION.sub("", plain)
    digest = hmac.digest(secret, f"{type_}\0{plain}".encode(), hashlib.sha256)
    return f"<{type_}#{digest.hex()[:16].translate(_IN_LETTERS)}>"
