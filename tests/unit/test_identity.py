"""sallyport.identity: keys are shown once, kept as a hash, and refused with one and the same words."""

import pytest
from pydantic import ValidationError

from sallyport.errors import InvalidKeyError
from sallyport.identity import KeyRecord, generate_key, hash_key, key_id_of, presented_key, verify

PEPPER = b"p" * 32
NOW = 1000.0


def record_of(key, **fields):
    known = {
        "key_id": key_id_of(key),
        "tenant": "acme",
        "project": "fraud",
        "hash": hash_key(key, PEPPER),
        "created_at": 1.0,
    }
    return KeyRecord(**known | fields)


def test_a_fresh_key_has_the_form_of_one():
    key_id, key = generate_key()
    assert key_id_of(key) == key_id
    assert len(key) == 3 + 12 + 1 + 43


def test_no_two_keys_are_alike():
    keys = [generate_key() for _ in range(200)]
    assert len({key_id for key_id, _ in keys}) == len({key for _, key in keys}) == 200


@pytest.mark.parametrize(
    ("authorization", "x_api_key", "expected"),
    [
        ("Bearer k", None, "k"),
        ("bearer   k ", None, "k"),
        (None, "k", "k"),
        (None, " k ", "k"),
        ("Bearer k", "other", "k"),
        ("Bearer ", "k", "k"),
        ("Basic abc", "k", "k"),
    ],
)
def test_a_key_is_found_where_the_sdks_put_it(authorization, x_api_key, expected):
    assert presented_key(authorization, x_api_key) == expected


@pytest.mark.parametrize(
    ("authorization", "x_api_key"),
    [(None, None), ("", ""), ("Bearer", None), ("Bearer  ", " "), ("Basic k", None), ("k", None), ("Bearerk", None)],
)
def test_no_key_is_an_invalid_key(authorization, x_api_key):
    with pytest.raises(InvalidKeyError):
        presented_key(authorization, x_api_key)


GOOD = "sp_abcdefghij12_" + "A" * 43


@pytest.mark.parametrize(
    "key",
    [
        "", "sp_", GOOD[:-1], GOOD + "A", GOOD + "\n", " " + GOOD, GOOD.replace("sp_", "sk_"), GOOD.upper(),
        GOOD.replace("abc", "ABC"), GOOD.replace("AAA", "A A", 1), GOOD.replace("AAA", "Aé-", 1), GOOD[:15] + GOOD[16:],
    ],
)  # fmt: skip
def test_what_has_not_the_form_of_a_key_is_none(key):
    assert key_id_of(GOOD) == "abcdefghij12"
    with pytest.raises(InvalidKeyError) as refused:
        key_id_of(key)
    assert "A" * 42 not in str(refused.value)


def test_a_key_belongs_to_its_caller():
    _, key = generate_key()
    caller = verify(key, record_of(key, user="agent-7"), PEPPER, NOW)
    assert (caller.tenant, caller.project, caller.key_id, caller.user) == ("acme", "fraud", key_id_of(key), "agent-7")


@pytest.mark.parametrize(
    ("fields", "good"),
    [
        ({"expires_at": NOW + 0.001}, True),
        ({"expires_at": NOW}, False),
        ({"expires_at": 0.0}, False),
        ({"revoked_at": NOW - 1}, False),
        ({"revoked_at": 0.0}, False),
        ({"revoked_at": NOW - 1, "expires_at": NOW + 1}, False),
    ],
)
def test_a_key_lives_until_it_expires_or_is_revoked(fields, good):
    _, key = generate_key()
    if good:
        verify(key, record_of(key, **fields), PEPPER, NOW)
    else:
        with pytest.raises(InvalidKeyError):
            verify(key, record_of(key, **fields), PEPPER, NOW)


def test_another_secret_another_pepper_and_an_unknown_key_are_refused():
    _, key = generate_key()
    other = key[:16] + generate_key()[1][16:]
    for presented, record, pepper in (
        (other, record_of(key), PEPPER),
        (key, record_of(key), b"q" * 32),
        (key, None, PEPPER),
    ):
        with pytest.raises(InvalidKeyError):
            verify(presented, record, pepper, NOW)


def test_a_record_holds_nothing_of_the_secret():
    _, key = generate_key()
    assert key[16:] not in str(record_of(key).to_json())


@pytest.mark.parametrize("damaged", ["", "A" * 44, "A" * 43, "A" * 42 + "==", "é" * 43 + "=", "A" * 43 + "=\n"])
def test_a_hash_has_32_bytes(damaged):
    with pytest.raises(ValidationError):
        record_of(GOOD, hash=damaged)
