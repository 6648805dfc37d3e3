"""The keyring file: made once, for its owner, and refused with what to do next."""

import json
import os
import stat

import pytest

from sallyport_local.folder import DataFolderError
from sallyport_local.keyring import SCRYPT_COST, create_keyring, read_keyring

CHEAP = {"n": 2**4, "r": 8, "p": 1}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keyring.json"


def refusal(path, passphrase=None):
    with pytest.raises(DataFolderError) as refused:
        read_keyring(path, passphrase)
    return refused.value.message


def same(one, other):
    return (one.roots, one.current, one.macs, one.signing.private_numbers()) == (
        other.roots,
        other.current,
        other.macs,
        other.signing.private_numbers(),
    )


@pytest.mark.parametrize("passphrase", [None, "", "correct horse", "pässwörd"])
def test_reads_what_it_created(path, passphrase):
    created = create_keyring(path, passphrase, cost=CHEAP)
    assert same(read_keyring(path, passphrase), created)


def test_every_keyring_is_its_own(tmp_path):
    one, other = (create_keyring(tmp_path / name, None) for name in ("one", "other"))
    assert one.root != other.root
    assert one.macs != other.macs
    assert len({one.root, one.macs}) == 2


@pytest.mark.parametrize("passphrase", [None, "correct horse"])
def test_only_its_owner_may_read_the_file(path, passphrase):
    umask = os.umask(0)
    try:
        create_keyring(path, passphrase, cost=CHEAP)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660])
def test_refuses_a_file_open_to_others_and_says_how_to_close_it(path, mode):
    create_keyring(path, None)
    path.chmod(mode)
    assert f"chmod 600 {path}" in refusal(path)


def test_an_existing_keyring_is_never_overwritten(path):
    created = create_keyring(path, None)
    with pytest.raises(DataFolderError, match="exists already"):
        create_keyring(path, None)
    assert same(read_keyring(path, None), created)


def test_a_passphrase_leaves_no_key_in_the_file(path):
    created = create_keyring(path, "correct horse", cost=CHEAP)
    content = json.loads(path.read_text())
    assert set(content) == {"format", "scrypt", "salt", "sealed"}
    assert created.root not in path.read_bytes()


def test_the_passphrase_costs_what_owasp_asks(path):
    create_keyring(path, "correct horse")
    assert json.loads(path.read_text())["scrypt"] == SCRYPT_COST == {"n": 131072, "r": 8, "p": 1}


@pytest.mark.parametrize(
    ("created_with", "opened_with", "advice"),
    [
        ("correct horse", "Correct horse", "Check SALLYPORT_PASSPHRASE"),
        ("correct horse", None, "Set SALLYPORT_PASSPHRASE"),
        (None, "correct horse", "Unset it"),
    ],
)
def test_refuses_another_passphrase_without_repeating_it(path, created_with, opened_with, advice):
    create_keyring(path, created_with, cost=CHEAP)
    message = refusal(path, opened_with)
    assert advice in message
    assert "orrect horse" not in message


def test_refuses_a_newer_format(path):
    create_keyring(path, None)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
    assert "newer version" in refusal(path)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"format": 1}', '{"format": 1, "keys": {}}'])
def test_refuses_a_damaged_file(path, content):
    path.write_text(content)
    path.chmod(0o600)
    message = refusal(path)
    assert "damaged" in message
    assert "backup" in message


@pytest.mark.parametrize(
    "change",
    [
        {"current": "00" * 8},
        {"macs": "AAAA"},
        {"macs": "?"},
        {"signing": "AAAA"},
        {"roots": {"00" * 8: "AAAA"}, "current": "00" * 8},
        {"roots": []},
    ],
)
def test_refuses_damaged_keys_without_showing_them(path, change):
    create_keyring(path, None)
    content = json.loads(path.read_text())
    content["keys"] |= change
    path.write_text(json.dumps(content))
    message = refusal(path)
    assert "damaged" in message
    assert content["keys"]["macs"] not in message


def test_its_text_shows_no_key(path):
    keyring = create_keyring(path, None)
    assert repr(keyring.root) not in repr(keyring)
    assert "roots" not in repr(keyring)
