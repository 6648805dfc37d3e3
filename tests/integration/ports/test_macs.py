"""The port Macs."""

import pytest


@pytest.fixture(params=["key_macs", "cache_macs"])
def macs(request, backend):
    return getattr(backend, request.param)


def test_the_same_label_gives_the_same_32_bytes(macs):
    secret = macs.secret("api-keys")
    assert len(secret) == 32
    assert macs.secret("api-keys") == secret


def test_labels_give_secrets_of_their_own(macs):
    labels = ["api-keys", "cache/acme", "cache/acme2", "cache/ACME", "cache", ""]
    assert len({macs.secret(label) for label in labels}) == len(labels)


def test_keys_and_cache_share_no_secret(backend):
    assert backend.key_macs.secret("api-keys") != backend.cache_macs.secret("api-keys")


def test_another_process_gets_the_same_secret_on_aws(aws, aws_settings, moto_session):
    other = type(aws)(aws_settings, moto_session)
    assert other.key_macs.secret("api-keys") == aws.key_macs.secret("api-keys")


def test_another_process_gets_the_same_secret_from_the_folder(embedded, tmp_path):
    other = type(embedded).open(tmp_path / "data")
    try:
        assert other.key_macs.secret("api-keys") == embedded.key_macs.secret("api-keys")
    finally:
        other.close()
