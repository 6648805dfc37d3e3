import base64
import json

import pytest

from sallyport.dialects.anonymization.parse import KEY_PREFIX, parse, parse_restore
from sallyport.errors import InvalidRequestError

SEALED = base64.b64encode(b"\x01\x00\x05wrappedplain" + bytes(40)).decode()


def body(**fields):
    return json.dumps(fields).encode()


def test_one_text_is_a_batch_of_one():
    parsed = parse(body(text="a", restorable=True))
    assert (parsed.request.documents, parsed.single, parsed.request.restorable) == (("a",), True, True)


def test_hiring_has_options_of_its_own():
    parsed = parse(body(input=["a", "b"], mode="hiring", employers="remove", first_candidate=9))
    request = parsed.request
    assert (request.mode, request.employers, request.first_candidate, parsed.single) == ("hiring", False, 9, False)


def test_null_is_absent():
    assert parse(body(text="a", input=None, mode=None, employers=None)).request.mode == "default"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({}, "text"),
        ({"text": 7}, "text"),
        ({"input": "a"}, "input"),
        ({"input": [""]}, "input[0]"),
        ({"text": "a", "restorable": "yes"}, "restorable"),
        ({"text": "a", "mode": "hiring", "first_candidate": 0}, "first_candidate"),
        ({"text": "a", "first_candidate": 2}, "first_candidate"),
        ({"text": "a", "stream": True}, "stream"),
        ({"text": "a", "secret@example.com": 1}, "body"),
    ],
)
def test_what_does_not_fit_is_refused_without_its_content(fields, param):
    with pytest.raises(InvalidRequestError) as refused:
        parse(body(**fields))
    assert refused.value.details["param"] == param
    assert "secret" not in str(refused.value)


def test_a_key_is_what_stands_behind_its_prefix():
    restored = parse_restore(body(text="<EMAIL_1>", key=KEY_PREFIX + SEALED))
    assert (restored.texts, restored.sealed, restored.single) == (("<EMAIL_1>",), SEALED, True)
    assert SEALED not in repr(restored)


@pytest.mark.parametrize(
    "key", [SEALED, KEY_PREFIX, KEY_PREFIX + "AQ==", KEY_PREFIX + SEALED[:-2], KEY_PREFIX + "Ag" + SEALED[2:], ""]
)
def test_what_is_no_key_is_refused_before_anybody_is_asked(key):
    with pytest.raises(InvalidRequestError) as refused:
        parse_restore(body(text="a", key=key))
    assert refused.value.details["param"] == "key"
