"""Private keys in armour, whole and torn."""

import pytest

_BODY = "MIIEpAIBAAKCAQEA1c7+9z5Pad7OejecsQ0bu3aozN3tihPmUJHNAqUJOUQ=\n"


@pytest.mark.parametrize(
    "key",
    [
        f"-----BEGIN PRIVATE KEY-----\n{_BODY}-----END PRIVATE KEY-----",
        f"-----BEGIN RSA PRIVATE KEY-----\n{_BODY}{_BODY}-----END RSA PRIVATE KEY-----",
        f"-----BEGIN EC PRIVATE KEY-----\n{_BODY}-----END EC PRIVATE KEY-----",
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{_BODY}-----END OPENSSH PRIVATE KEY-----",
        f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{_BODY}-----END ENCRYPTED PRIVATE KEY-----",
        f"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n{_BODY}-----END PGP PRIVATE KEY BLOCK-----",
        "-----BEGIN PRIVATE KEY-----\\nMIIEpAIB\\n-----END PRIVATE KEY-----",
        f"-----BEGIN DSA PRIVATE KEY-----\r\n{_BODY}-----END DSA PRIVATE KEY-----",
    ],
)
def test_finds(key, found):
    assert found(f"here: {key} thanks", "SECRET") == [key]


@pytest.mark.parametrize(
    "text",
    [
        f"-----BEGIN PUBLIC KEY-----\n{_BODY}-----END PUBLIC KEY-----",
        f"-----BEGIN CERTIFICATE-----\n{_BODY}-----END CERTIFICATE-----",
        "keep your PRIVATE KEY private",
        "BEGIN PRIVATE KEY",
        "-----END PRIVATE KEY-----",
        "---BEGIN PRIVATE KEY---",
        "-----BEGIN SSH2 PUBLIC KEY-----",
        "-----BEGIN PRIVATE KEYRING-----",
    ],
)
def test_leaves(text, found):
    assert found(text, "SECRET") == []


def test_a_key_without_its_end_is_found_to_its_last_line(found):
    torn = f"-----BEGIN RSA PRIVATE KEY-----\n{_BODY}{_BODY}".rstrip()
    assert found(f"{torn}\n!", "SECRET") == [torn]


def test_what_stands_between_two_keys_stays(found):
    key = f"-----BEGIN PRIVATE KEY-----\n{_BODY}-----END PRIVATE KEY-----"
    assert found(f"{key} and {key}", "SECRET") == [key, key]
