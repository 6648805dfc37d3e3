"""The port Keys."""

import pytest

from sallyport.contracts import Purpose
from sallyport.errors import VaultUnavailableError


@pytest.fixture
def keys(backend):
    return backend.keys


@pytest.mark.parametrize("purpose", Purpose)
def test_unwraps_what_it_wrapped(purpose, keys):
    key = keys.generate("acme", purpose)
    assert len(key.plaintext) == 32
    assert key.plaintext not in key.wrapped
    assert keys.unwrap(key.wrapped, "acme", purpose) == key.plaintext


def test_no_two_keys_are_alike(keys):
    assert len({keys.generate("acme", Purpose.CONTENT).plaintext for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("tenant", "purpose"),
    [
        ("globex", Purpose.CONTENT),
        ("Acme", Purpose.CONTENT),
        ("acme", Purpose.PSEUDONYMS),
        ("content", Purpose.CONTENT),
    ],
)
def test_unwraps_for_no_other_tenant_or_purpose(tenant, purpose, keys):
    key = keys.generate("acme", Purpose.CONTENT)
    with pytest.raises(VaultUnavailableError) as raised:
        keys.unwrap(key.wrapped, tenant, purpose)
    assert raised.value.retry_after is None, "waiting does not help"


@pytest.mark.parametrize("damage", [lambda it: b"", lambda it: it[:-1], lambda it: it[:-1] + bytes([it[-1] ^ 1])])
def test_refuses_what_it_did_not_wrap(damage, keys):
    key = keys.generate("acme", Purpose.CONTENT)
    with pytest.raises(VaultUnavailableError):
        keys.unwrap(damage(key.wrapped), "acme", Purpose.CONTENT)


def test_prints_no_key(keys):
    key = keys.generate("acme", Purpose.CONTENT)
    assert repr(key.plaintext) not in repr(key)
