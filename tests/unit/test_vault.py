"""sallyport.vault, on keys and blobs that live in memory."""

import base64
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sallyport.contracts import Purpose, Sealed
from sallyport.errors import VaultUnavailableError
from sallyport.ports import DataKey
from sallyport.vault import DEFAULT_INLINE_LIMIT, INLINE_LIMIT, MAX_AGE_SECONDS, MAX_KEYS, MAX_USES, Vault

SECRET = b"the card is 4111 1111 1111 1111"


class MemoryKeys:
    """Faithful in what the vault relies on: a wrapped key opens for its own tenant and purpose only."""

    def __init__(self):
        self.made = {}
        self.generated = self.unwrapped = 0

    def generate(self, tenant, purpose):
        self.generated += 1
        key = DataKey(os.urandom(32), f"wrapped {self.generated}".encode())
        self.made[key.wrapped, tenant, purpose] = key.plaintext
        return key

    def unwrap(self, wrapped, tenant, purpose):
        self.unwrapped += 1
        if (wrapped, tenant, purpose) not in self.made:
            raise VaultUnavailableError("The key was made for another tenant or purpose.")
        return self.made[wrapped, tenant, purpose]


class MemoryBlobs(dict):
    def put(self, key, data):
        self[key] = data
        return f"memory:{key}"

    def get(self, key):
        return super().get(key.removeprefix("memory:"))


class Clock:
    now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def keys():
    return MemoryKeys()


@pytest.fixture
def blobs():
    return MemoryBlobs()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def vault(keys, blobs, clock):
    return Vault(keys, blobs, clock=clock)


def largest_inline(vault, purpose):
    """Bytes of plaintext whose sealed form fits in a state and would not with three more."""
    overhead = len(vault.seal_bytes(b"", "acme", purpose))
    return (INLINE_LIMIT.get(purpose, DEFAULT_INLINE_LIMIT) - 4) * 3 // 4 - overhead


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("plaintext", [b"", b"\x00", SECRET, "Grüße".encode(), bytes(300_000)])
def test_opens_what_it_sealed(plaintext, purpose, vault):
    sealed = vault.seal(plaintext, "acme", purpose, name="request-1")
    assert vault.open(sealed, "acme", purpose) == plaintext


def test_another_process_opens_it_with_the_same_keys(vault, keys, blobs, clock):
    sealed = vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    assert Vault(keys, blobs, clock=clock).open(sealed, "acme", Purpose.CONTENT) == SECRET


@pytest.mark.parametrize("warm", [True, False], ids=["key in memory", "key to be unwrapped"])
@pytest.mark.parametrize(
    ("tenant", "purpose"),
    [("globex", Purpose.CONTENT), ("acme", Purpose.ANSWER), ("Acme", Purpose.CONTENT)],
)
def test_does_not_open_for_another_tenant_or_purpose(tenant, purpose, warm, vault, keys, blobs, clock):
    sealed = vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    opener = vault if warm else Vault(keys, blobs, clock=clock)
    with pytest.raises(VaultUnavailableError):
        opener.open(sealed, tenant, purpose)


def test_a_value_moved_between_tenants_stays_shut_even_under_one_key(vault, keys):
    """Should a key store ever hand one key to two tenants, the associated data still tells them apart."""
    sealed = vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    [(wrapped, _, _)] = keys.made
    keys.made[wrapped, "globex", Purpose.CONTENT] = keys.made[wrapped, "acme", Purpose.CONTENT]
    with pytest.raises(VaultUnavailableError, match="damaged or moved"):
        vault.open(sealed, "globex", Purpose.CONTENT)


def test_no_single_bit_can_change_unnoticed(vault):
    sealed = vault.seal_bytes(SECRET, "acme", Purpose.CONTENT)
    for position in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[position] ^= 1
        with pytest.raises(VaultUnavailableError):
            vault.open_bytes(bytes(damaged), "acme", Purpose.CONTENT)


def test_no_shorter_value_opens(vault):
    sealed = vault.seal_bytes(SECRET, "acme", Purpose.CONTENT)
    for length in range(len(sealed)):
        with pytest.raises(VaultUnavailableError):
            vault.open_bytes(sealed[:length], "acme", Purpose.CONTENT)


@pytest.mark.parametrize("text", ["", "no base64!", "AQ", "Grüße", "/////w=="])
def test_refuses_what_is_no_sealed_value(text, vault):
    with pytest.raises(VaultUnavailableError):
        vault.open(Sealed(sealed=text), "acme", Purpose.CONTENT)


@pytest.mark.parametrize("addition", ["\n", " ", "!", "="])
def test_refuses_a_sealed_value_with_anything_added(addition, vault):
    text = vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1").sealed
    with pytest.raises(VaultUnavailableError):
        vault.open(Sealed(sealed=text[:20] + addition + text[20:]), "acme", Purpose.CONTENT)


def test_says_when_a_sealed_object_is_gone(vault, blobs):
    sealed = vault.seal(bytes(300_000), "acme", Purpose.CONTENT, name="request-1")
    blobs.clear()
    with pytest.raises(VaultUnavailableError, match="gone"):
        vault.open(sealed, "acme", Purpose.CONTENT)


@pytest.mark.parametrize("purpose", [Purpose.CONTENT, Purpose.PSEUDONYMS])
def test_fills_a_state_up_to_its_limit_and_no_further(purpose, vault, blobs):
    most = largest_inline(vault, purpose)
    inline = vault.seal(bytes(most), "acme", purpose, name="request-1")
    assert inline.sealed is not None
    assert len(inline.sealed) <= INLINE_LIMIT.get(purpose, DEFAULT_INLINE_LIMIT)
    assert not blobs

    outside = vault.seal(bytes(most + 3), "acme", purpose, name="request-1")
    assert outside.sealed is None
    assert list(blobs) == [f"{purpose}/acme/request-1"]


def test_an_object_outside_is_sealed_too(vault, blobs):
    vault.seal(SECRET * 10_000, "acme", Purpose.CONTENT, name="request-1")
    [stored] = blobs.values()
    assert SECRET not in stored


def test_one_key_serves_a_tenant_and_purpose_until_it_is_old(vault, keys, clock):
    for _ in range(3):
        vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    assert keys.generated == 1

    clock.now += MAX_AGE_SECONDS - 1
    vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    assert keys.generated == 1

    clock.now += 1
    vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    assert keys.generated == 2


@pytest.mark.parametrize(("tenant", "purpose"), [("globex", Purpose.CONTENT), ("acme", Purpose.ANSWER)])
def test_tenants_and_purposes_never_share_a_key(tenant, purpose, vault, keys):
    vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    vault.seal(SECRET, tenant, purpose, name="request-1")
    assert keys.generated == 2


@pytest.mark.parametrize(("tenant", "purpose"), [("globex", Purpose.CONTENT), ("acme", Purpose.ANSWER)])
def test_whoever_waits_for_a_key_keeps_no_other_tenant_or_purpose_waiting(tenant, purpose, vault, keys):
    """All of it happens while the key store has not answered yet for acme's content."""
    generate = keys.generate
    opened = []

    def generate_after_the_others(asked_tenant, asked_purpose):
        if (asked_tenant, asked_purpose) == ("acme", Purpose.CONTENT):
            others = threading.Thread(target=seal_and_open, daemon=True)
            others.start()
            others.join(timeout=10)
        return generate(asked_tenant, asked_purpose)

    def seal_and_open():
        sealed = vault.seal(SECRET, tenant, purpose, name="request-2")
        opened.append(vault.open(sealed, tenant, purpose))

    keys.generate = generate_after_the_others
    vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    assert opened == [SECRET]


def test_many_who_seal_at_once_wait_for_one_key(vault, keys):
    together = threading.Barrier(8)
    generate = keys.generate

    def generate_slowly(tenant, purpose):
        threading.Event().wait(0.05)  # Without a lock, the others come in meanwhile.
        return generate(tenant, purpose)

    def seal(number):
        together.wait(30)
        return vault.seal(SECRET, "acme", Purpose.CONTENT, name=f"request-{number}")

    keys.generate = generate_slowly
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(seal, range(8)))
    assert keys.generated == 1


def test_a_key_is_replaced_after_its_last_use(vault, keys, monkeypatch):
    monkeypatch.setattr("sallyport.vault.MAX_USES", 3)
    for _ in range(4):
        vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    assert keys.generated == 2
    assert MAX_USES < 2**32, "NIST SP 800-38D, 8.3: random nonces under one key"


def test_unwraps_a_key_once_in_a_while(vault, keys, blobs, clock):
    sealed = vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    opener = Vault(keys, blobs, clock=clock)
    for _ in range(3):
        opener.open(sealed, "acme", Purpose.CONTENT)
    assert keys.unwrapped == 1

    clock.now += MAX_AGE_SECONDS
    opener.open(sealed, "acme", Purpose.CONTENT)
    assert keys.unwrapped == 2


def test_opens_its_own_without_asking_for_the_key_again(vault, keys):
    sealed = vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    vault.open(sealed, "acme", Purpose.CONTENT)
    assert keys.unwrapped == 0


def test_keeps_the_keys_that_were_used_last(vault, keys, blobs, clock, monkeypatch):
    assert MAX_KEYS >= 2
    monkeypatch.setattr("sallyport.vault.MAX_KEYS", 2)
    first, second, third = (vault.seal(SECRET, tenant, Purpose.CONTENT, name="r") for tenant in ("a", "b", "c"))
    opener = Vault(keys, blobs, clock=clock)
    for sealed, tenant in ((first, "a"), (second, "b"), (first, "a"), (third, "c"), (first, "a")):
        opener.open(sealed, tenant, Purpose.CONTENT)
    assert keys.unwrapped == 3, "the first key was used in between, so the second had to go"
    opener.open(second, "b", Purpose.CONTENT)
    assert keys.unwrapped == 4


def test_no_two_values_are_alike(vault):
    assert len({vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1").sealed for _ in range(100)}) == 100


def test_keeps_content_and_keys_out_of_what_is_printed(vault, keys):
    sealed = vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    key = keys.generate("acme", Purpose.CONTENT)
    with pytest.raises(VaultUnavailableError) as raised:
        vault.open(sealed, "globex", Purpose.CONTENT)
    printed = repr((sealed, key, vault, raised.value, raised.value.__cause__)).encode()
    for secret in (SECRET, base64.b64encode(SECRET), *keys.made.values()):
        assert secret not in printed
        assert repr(secret).encode() not in printed


def test_a_key_store_that_fails_is_not_asked_to_seal_in_the_clear(vault, keys):
    def fail(tenant, purpose):
        raise VaultUnavailableError("The key service is out of reach.", retry_after=2)

    keys.generate = fail
    with pytest.raises(VaultUnavailableError) as raised:
        vault.seal(SECRET, "acme", Purpose.CONTENT, name="request-1")
    assert raised.value.retry_after == 2


def test_what_was_prepared_is_sealed_without_the_key_store(vault, keys, monkeypatch):
    vault.prepare("acme", Purpose.ANSWER)
    monkeypatch.setattr(keys, "generate", None)
    assert vault.open(vault.seal(SECRET, "acme", Purpose.ANSWER, name="r"), "acme", Purpose.ANSWER) == SECRET


@pytest.mark.parametrize("size", [10, 500_000])
def test_a_sealed_value_can_be_carried_away_wherever_it_lies(size, vault):
    sealed = vault.seal(b"x" * size, "acme", Purpose.PSEUDONYMS, name="r")
    assert (sealed.sealed is None) == (size > 100_000)
    assert vault.open(Sealed(sealed=vault.inline(sealed)), "acme", Purpose.PSEUDONYMS) == b"x" * size


def test_a_sealed_value_that_is_gone_cannot_be_carried_away(vault):
    with pytest.raises(VaultUnavailableError, match="gone"):
        vault.inline(Sealed(sealed_in="pseudonyms/acme/nothing"))
