"""Seals and opens content: AES-256-GCM under a data key per tenant and purpose.

Layout of a sealed value, before base64: version (1 byte, 1), length of the wrapped key (2, big endian), wrapped key,
nonce (12), ciphertext with tag. The associated data repeats tenant and purpose, so that a value moved to another
tenant or purpose does not open even under a shared key. Nonces are random: NIST SP 800-38D allows 2**32 of them
under one key; a key is replaced long before, after MAX_USES or MAX_AGE_SECONDS.
"""

import base64
import os
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sallyport.contracts import Purpose, Sealed
from sallyport.errors import VaultUnavailableError
from sallyport.ports import Blobs, Keys

MAX_AGE_SECONDS = 300
MAX_USES = 2**20
MAX_KEYS = 1024
"""Unwrapped keys kept in memory, least recently used first out."""

# Step Functions passes 256 KiB between states. Base64 characters that may lie inline, so that what one state holds at
# once (a text and its pseudonyms, an answer and its ticket) stays below with room for the decisions.
INLINE_LIMIT = {Purpose.PSEUDONYMS: 64 * 1024}
DEFAULT_INLINE_LIMIT = 128 * 1024

_VERSION = b"\x01"
_NONCE_BYTES = 12
_DAMAGED = "Sealed content does not open: it was damaged or moved."


@dataclass(slots=True)
class _Current:
    cipher: AESGCM
    wrapped: bytes
    until: float
    uses: int = 0


@dataclass(slots=True)
class _Sealing:
    """Whoever waits for the key store holds the lock of one tenant and purpose, so nobody else waits with them."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    current: _Current | None = None


class Vault:
    """Safe to share between threads. Keys stay in memory for minutes, content never."""

    def __init__(self, keys: Keys, blobs: Blobs, *, clock: Callable[[], float]) -> None:
        self._keys = keys
        self._blobs = blobs
        self._clock = clock
        self._lock = threading.Lock()
        self._sealing: defaultdict[tuple[str, Purpose], _Sealing] = defaultdict(_Sealing)
        self._unwrapped: OrderedDict[tuple[str, Purpose, bytes], tuple[AESGCM, float]] = OrderedDict()

    def seal(self, plaintext: bytes, tenant: str, purpose: Purpose, *, name: str) -> Sealed:
        """`name` is where a large value goes, below the tenant: a request id as a rule."""
        blob = self.seal_bytes(plaintext, tenant, purpose)
        if len(blob) * 4 // 3 + 4 <= INLINE_LIMIT.get(purpose, DEFAULT_INLINE_LIMIT):
            return Sealed(sealed=base64.b64encode(blob).decode("ascii"))
        return Sealed(sealed_in=self._blobs.put(f"{purpose}/{tenant}/{name}", blob))

    def prepare(self, tenant: str, purpose: Purpose) -> None:
        """Have a key at hand before something is made that could not be sealed without. Raise VaultUnavailableError."""
        self._sealing_key(tenant, purpose)

    def open(self, content: Sealed, tenant: str, purpose: Purpose) -> bytes:
        """Raise VaultUnavailableError when it is damaged, gone, or was sealed for another tenant or purpose."""
        if content.sealed is not None:
            return self.open_bytes(_from_base64(content.sealed), tenant, purpose)
        return self.open_bytes(self._stored(content), tenant, purpose)

    def inline(self, content: Sealed) -> str:
        """The same sealed value as base64, wherever it lies. Raise VaultUnavailableError when it is gone."""
        if content.sealed is not None:
            return content.sealed
        return base64.b64encode(self._stored(content)).decode("ascii")

    def seal_bytes(self, plaintext: bytes, tenant: str, purpose: Purpose) -> bytes:
        key = self._sealing_key(tenant, purpose)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = key.cipher.encrypt(nonce, plaintext, _bound_to(tenant, purpose))
        return b"".join((_VERSION, len(key.wrapped).to_bytes(2), key.wrapped, nonce, sealed))

    def open_bytes(self, blob: bytes, tenant: str, purpose: Purpose) -> bytes:
        end_of_key = 3 + int.from_bytes(blob[1:3])
        wrapped, nonce = blob[3:end_of_key], blob[end_of_key : end_of_key + _NONCE_BYTES]
        if blob[:1] != _VERSION or len(nonce) != _NONCE_BYTES:
            raise VaultUnavailableError("Sealed content has an unknown form. It was not written by this version.")
        try:
            cipher = self._opening_key(wrapped, tenant, purpose)
            return cipher.decrypt(nonce, blob[end_of_key + _NONCE_BYTES :], _bound_to(tenant, purpose))
        except InvalidTag as error:
            raise VaultUnavailableError(_DAMAGED) from error

    def _stored(self, content: Sealed) -> bytes:
        blob = self._blobs.get(content.sealed_in or "")
        if blob is None:
            raise VaultUnavailableError("Sealed content is gone: it is kept for one day. Send the request again.")
        return blob

    def _sealing_key(self, tenant: str, purpose: Purpose) -> _Current:
        now = self._clock()
        with self._lock:
            sealing = self._sealing[tenant, purpose]
        with sealing.lock:
            current = sealing.current
            if current is None or current.until <= now or current.uses >= MAX_USES:
                fresh = self._keys.generate(tenant, purpose)
                sealing.current = current = _Current(AESGCM(fresh.plaintext), fresh.wrapped, now + MAX_AGE_SECONDS)
                with self._lock:
                    self._remember((tenant, purpose, fresh.wrapped), current.cipher, now)
            current.uses += 1
            return current

    def _opening_key(self, wrapped: bytes, tenant: str, purpose: Purpose) -> AESGCM:
        now = self._clock()
        key = (tenant, purpose, wrapped)
        with self._lock:
            known = self._unwrapped.get(key)
            if known is not None and known[1] > now:
                self._unwrapped.move_to_end(key)
                return known[0]
        cipher = AESGCM(self._keys.unwrap(wrapped, tenant, purpose))
        with self._lock:
            self._remember(key, cipher, now)
        return cipher

    def _remember(self, key: tuple[str, Purpose, bytes], cipher: AESGCM, now: float) -> None:
        self._unwrapped[key] = (cipher, now + MAX_AGE_SECONDS)
        while len(self._unwrapped) > MAX_KEYS:
            self._unwrapped.popitem(last=False)


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise VaultUnavailableError(_DAMAGED) from error


def _bound_to(tenant: str, purpose: Purpose) -> bytes:
    return f"sallyport/1/{purpose}/{tenant}".encode()
