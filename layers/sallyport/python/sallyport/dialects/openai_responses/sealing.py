"""What a provider sealed of a thought, inside the one opaque field that this API has for it.

`encrypted_content` is base64 of a JSON object that says whose it is, so that a signature of any provider's comes back
through an SDK that knows nothing of it, and anything else is recognised as foreign. It hides nothing from the client:
what is in it was sealed by the provider.
"""

import binascii
import json
from typing import Any

from sallyport.dialects import fields

_VERSION = 1
_SEALS = ("signature", "redacted")


def wrap(signature: str | None, redacted: str | None) -> str | None:
    """The `encrypted_content` of a reasoning item; None when nothing was sealed."""
    seals = {name: seal for name, seal in zip(_SEALS, (signature, redacted), strict=True) if seal}
    if not seals:
        return None
    return binascii.b2a_base64(json.dumps({"sallyport": _VERSION, **seals}).encode(), newline=False).decode()


def unwrap(value: Any, path: str) -> dict[str, str]:
    """`signature` and `redacted`, as far as they are there. Raise InvalidRequestError for what `wrap` did not make."""
    try:
        sealed = json.loads(binascii.a2b_base64(fields.text(value, path), strict_mode=True))
        json.dumps(sealed, ensure_ascii=False).encode()  # half a character cannot be passed on
    except (ValueError, RecursionError):
        # Their messages may quote the data.
        raise _foreign(path) from None
    if not isinstance(sealed, dict) or sealed.pop("sallyport", None) != _VERSION:
        raise _foreign(path)
    if not sealed or not all(name in _SEALS and isinstance(seal, str) and seal for name, seal in sealed.items()):
        raise _foreign(path)
    if "redacted" in sealed:
        fields.base64(sealed["redacted"], path)
    return sealed


def _foreign(path: str) -> Exception:
    return fields.refuse(path, "is none that this gateway gave out. Send the item without it, or leave the item out.")
