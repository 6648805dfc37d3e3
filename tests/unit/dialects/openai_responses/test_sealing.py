"""dialects/openai_responses/sealing: what a provider sealed comes back as it was, and nothing else does."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.dialects.openai_responses.sealing import unwrap, wrap
from sallyport.errors import InvalidRequestError


def encoded(value) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


@given(
    st.none() | st.text(st.characters(codec="utf-8"), min_size=1),
    st.none() | st.binary(min_size=1).map(lambda data: base64.b64encode(data).decode()),
)
def test_a_seal_survives_the_way_there_and_back(signature, redacted):
    wrapped = wrap(signature, redacted)
    seals = {name: seal for name, seal in (("signature", signature), ("redacted", redacted)) if seal}

    assert (wrapped is None) == (not seals)
    assert wrapped is None or unwrap(wrapped, "path") == seals


@pytest.mark.parametrize(
    "value",
    [
        "", "gAAAAABf", "no base64", "e30", 7, None, encoded([]), encoded({}), encoded({"sallyport": 1}), encoded("x"),
        encoded({"sallyport": 2, "signature": "s"}), encoded({"signature": "s"}),
        encoded({"sallyport": 1, "signature": 7}), encoded({"sallyport": 1, "signature": ""}),
        encoded({"sallyport": 1, "signature": "s", "more": "x"}), encoded({"sallyport": 1, "redacted": "no base64"}),
        encoded({"sallyport": 1, "signature": "\ud800"}), base64.b64encode(b"[" * 100_000).decode(),
        base64.b64encode(b"\xff").decode(), wrap("s", None) + "\n",
    ],
)  # fmt: skip
def test_what_is_foreign_or_forged_is_refused(value):
    with pytest.raises(InvalidRequestError) as raised:
        unwrap(value, "input[0].encrypted_content")
    assert raised.value.details["param"] == "input[0].encrypted_content"
