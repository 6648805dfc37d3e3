"""The keyring file: every secret that a data folder depends on. Who loses it cannot read the folder any more.

JSON. Without a passphrase `keys` holds the secrets themselves, and the file's permissions protect them; with one,
`sealed` holds them under AES-256-GCM with a key that scrypt makes of the passphrase.
"""

import base64
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sallyport_local import durable
from sallyport_local.folder import DataFolderError

FORMAT = 1
ROOT_ID_BYTES = 8

SCRYPT_COST: Mapping[str, int] = MappingProxyType({"n": 2**17, "r": 8, "p": 1})
"""OWASP's first choice for scrypt (Password Storage Cheat Sheet): 128 MiB and a quarter of a second per guess."""

_SALT_BYTES = 16
_NONCE_BYTES = 12
_BOUND_TO = b"sallyport/keyring/1"


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """`roots` are those of data keys by id, of which `current` makes new ones; `macs` is never replaced."""

    roots: Mapping[bytes, bytes]
    current: bytes
    macs: bytes
    signing: ec.EllipticCurvePrivateKey

    @property
    def root(self) -> bytes:
        return self.roots[self.current]


def create_keyring(path: Path, passphrase: str | None, *, cost: Mapping[str, int] = SCRYPT_COST) -> Keyring:
    """Write new random keys; `cost` is scrypt's, and kept in the file.

    DataFolderError when the file exists; OSError when it cannot be written.
    """
    current = os.urandom(ROOT_ID_BYTES)
    keyring = Keyring({current: os.urandom(32)}, current, os.urandom(32), ec.generate_private_key(ec.SECP256R1()))
    content: dict[str, Any] = {"format": FORMAT}
    if passphrase:
        content |= _seal(_to_json(keyring), passphrase, cost)
    else:
        content["keys"] = _to_json(keyring)
    if not durable.create(path, json.dumps(content, indent=2).encode()):
        raise DataFolderError(f"{path} exists already. Start again to use it, or choose another folder with --data.")
    return keyring


def read_keyring(path: Path, passphrase: str | None) -> Keyring:
    """DataFolderError, with what to do next, when the file is open to others, damaged, newer, or sealed otherwise."""
    _refuse_open_to_others(path)
    try:
        content = json.loads(path.read_bytes())
        version = int(content["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error
    if version > FORMAT:
        raise DataFolderError(
            f"{path} was written by a newer version of Sallyport. Install that version or a later one, "
            "or choose another folder with --data."
        )
    if passphrase and "keys" in content:
        raise DataFolderError(
            f"{path} has no passphrase, so SALLYPORT_PASSPHRASE would protect nothing. Unset it, "
            "or choose a new folder with --data to start one that is protected."
        )
    if not passphrase and "sealed" in content:
        raise DataFolderError(f"{path} is protected by a passphrase. Set SALLYPORT_PASSPHRASE and start again.")
    try:
        return _from_json(_open(content, passphrase) if passphrase else content["keys"])
    except InvalidTag as error:
        raise DataFolderError(
            f"The passphrase does not open {path}. Check SALLYPORT_PASSPHRASE; "
            "if it is right, the file is damaged: restore it from a backup."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path) from error


def _refuse_open_to_others(path: Path) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise DataFolderError(
            f"{path} is open to other users. Run `chmod 600 {path}`; if others may have read it, start a new folder."
        )


def _damaged(path: Path) -> DataFolderError:
    return DataFolderError(
        f"{path} is damaged. Restore it from a backup: nothing else opens what this folder has sealed."
    )


def _seal(keys: Mapping[str, Any], passphrase: str, cost: Mapping[str, int]) -> dict[str, Any]:
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_key_of(passphrase, salt, cost)).encrypt(nonce, json.dumps(keys).encode(), _BOUND_TO)
    return {"scrypt": dict(cost), "salt": _to_text(salt), "sealed": _to_text(nonce + sealed)}


def _open(content: Mapping[str, Any], passphrase: str) -> Any:
    blob = _to_bytes(content["sealed"])
    cipher = AESGCM(_key_of(passphrase, _to_bytes(content["salt"]), content["scrypt"]))
    return json.loads(cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], _BOUND_TO))


def _key_of(passphrase: str, salt: bytes, cost: Mapping[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost["n"], r=cost["r"], p=cost["p"]).derive(passphrase.encode())


def _to_json(keyring: Keyring) -> dict[str, Any]:
    signing = keyring.signing.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "roots": {root_id.hex(): _to_text(root) for root_id, root in keyring.roots.items()},
        "current": keyring.current.hex(),
        "macs": _to_text(keyring.macs),
        "signing": _to_text(signing),
    }


def _from_json(keys: Mapping[str, Any]) -> Keyring:
    """ValueError, KeyError or TypeError for anything that is not what `_to_json` wrote."""
    roots = {bytes.fromhex(root_id): _to_bytes(root) for root_id, root in keys["roots"].items()}
    current, macs = bytes.fromhex(keys["current"]), _to_bytes(keys["macs"])
    signing = serialization.load_der_private_key(_to_bytes(keys["signing"]), password=None)
    if not isinstance(signing, ec.EllipticCurvePrivateKey) or current not in roots:
        raise ValueError("not a keyring")
    if any(len(root_id) != ROOT_ID_BYTES for root_id in roots) or any(
        len(key) != 32 for key in (macs, *roots.values())
    ):
        raise ValueError("not a keyring")
    return Keyring(roots, current, macs, signing)


def _to_text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _to_bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
