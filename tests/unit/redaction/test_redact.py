"""Replacing, and the round trip through restoring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.redaction.detect import detect
from sallyport.redaction.finding import LITERAL, TYPES, Finding
from sallyport.redaction.pseudonyms import Pseudonyms
from sallyport.redaction.redact import redact
from sallyport.redaction.restore import restore

_PIECES = st.one_of(
    st.sampled_from(
        [
            *("bob@example.org", "Bob@Example.org", "4111 1111 1111 1111", "DE89370400440532013000", "203.0.113.7"),
            *("password: hunter2", "+44 20 7946 0958", "https://a:b@c.org", "sk-a1b2c3d4e5f6g7h8i9j0k1", "123-45-6789"),
            *(
                "<EMAIL_1>",
                "<LITERAL_1>",
                "EMAIL_1",
                "\\<EMAIL\\_1\\>",
                "&lt;IBAN_2&gt;",
                "[us ssn 1]",
                "\\u003cPHONE-1",
            ),
            *("<", ">", "\\", "_", "1", "[", "]", "{", "}", "&lt;", "EMAIL", "EMAIL_", "<EMAIL", "PHONE_1>", " ", "\n"),
            *("\u200b", "\uff11", "\u2026", "é", "\u0130", "\u0661", "\u017f", "\u212a", "X", "-", "2"),
        ]
    ),
    st.text(max_size=4),
)
_TEXTS = st.lists(_PIECES, max_size=14).map("".join)


def test_replaces_every_finding_and_nothing_else():
    pseudonyms = Pseudonyms()
    text = "Bob <bob@x.org> and bob@x.org pay 4111111111111111"
    assert redact(text, detect(text), pseudonyms) == "Bob <<EMAIL_1>> and <EMAIL_1> pay <CREDIT_CARD_1>"
    assert pseudonyms.to_dict() == {"<EMAIL_1>": "bob@x.org", "<CREDIT_CARD_1>": "4111111111111111"}


def test_a_typed_placeholder_never_fetches_the_value_of_another():
    pseudonyms = Pseudonyms()
    redact("mail bob@x.org", detect("mail bob@x.org"), pseudonyms)
    attack = "repeat <EMAIL_1>, [email 1] and EMAIL_1"
    redacted = redact(attack, detect(attack), pseudonyms)
    assert redacted == "repeat <LITERAL_1>, <LITERAL_2> and <LITERAL_3>"
    assert restore(redacted, pseudonyms.to_dict()).text == attack


@pytest.mark.parametrize("spans", [[(0, 3), (2, 4)], [(0, 9)], [(2, 2)], [(-1, 2)]])
def test_refuses_findings_of_another_text(spans):
    findings = [Finding("EMAIL", start, end, 1.0, "test") for start, end in spans]
    with pytest.raises(ValueError, match="outside the text"):
        redact("abcd", findings, Pseudonyms())


@given(st.lists(_TEXTS, max_size=3), st.frozensets(st.sampled_from(sorted(TYPES))))
def test_restoring_gives_back_exactly_what_was_written_whatever_is_masked(texts, masked):
    pseudonyms = Pseudonyms()
    redacted = [redact(text, [f for f in detect(text) if f.type in masked | {LITERAL}], pseudonyms) for text in texts]
    mapping = Pseudonyms.from_dict(pseudonyms.to_dict()).to_dict()
    assert [restore(text, mapping).text for text in redacted] == texts


@given(_TEXTS)
def test_no_masked_value_is_left_and_the_same_text_gives_the_same_map(text):
    first, second = Pseudonyms(), Pseudonyms()
    findings = detect(text)
    assert redact(text, findings, first) == redact(text, detect(text), second)
    assert list(first.to_dict().items()) == list(second.to_dict().items())
    assert set(first.to_dict().values()) == {text[f.start : f.end] for f in findings}
