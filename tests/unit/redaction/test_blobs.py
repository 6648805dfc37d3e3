"""Blobs that are text, and hashes, keys and names that are none."""

from base64 import b64encode, urlsafe_b64encode

import pytest

from sallyport.redaction.blobs import decoded

TEXT = "my address is bob@example.org, ok?"


@pytest.mark.parametrize(
    "blob",
    [b64encode(TEXT.encode()).decode(), urlsafe_b64encode(TEXT.encode()).decode().rstrip("="), TEXT.encode().hex()],
    ids=["base64", "base64 of URLs", "hexadecimal"],
)
def test_text_in_a_blob_is_read(blob):
    assert list(decoded(f"see {blob} there")) == [(4, 4 + len(blob), TEXT)]


@pytest.mark.parametrize(
    "text",
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",
        "short",
        "a_rather_long_name_of_a_function",
        "x" * 41,
    ],
)
def test_what_is_no_text_is_left(text):
    assert list(decoded(text)) == []
