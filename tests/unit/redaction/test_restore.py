"""Putting originals back, whole and in chunks."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.redaction.placeholder import LONGEST
from sallyport.redaction.restore import MOST_INSERTED, Restored, StreamRestorer, restore

_MAP = {
    "<PERSON_1>": "Zoë",
    "<PERSON_12>": "Bob",
    "<EMAIL_1>": "z@x.org",
    "<US_SSN_1>": "123-45-6789",
    "<URL_CREDENTIALS_2>": "<EMAIL_1>",
}


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ("<PERSON_1>", "Zoë"),
        ("<PERSON_12>", "Bob"),
        ("<person_1> <Person_1>", "Zoë Zoë"),
        ("\\<PERSON\\_1\\>", "Zoë"),
        ("<PERSON\\_1>", "Zoë"),
        ("\\<PERSON\\_1>", "Zoë"),
        ("&lt;PERSON_1&gt;", "Zoë"),
        ("\\u003cPERSON_1\\u003E", "Zoë"),
        ("[PERSON_1] {PERSON_1} \\[person 1\\]", "Zoë Zoë Zoë"),
        ("<Person 1> <person-1> < PERSON_1 >", "Zoë Zoë Zoë"),
        ("<us ssn 1> [US-SSN-1] US\\_SSN\\_1", "123-45-6789 123-45-6789 123-45-6789"),
        ("PERSON_1's friend PERSON_12.", "Zoë's friend Bob."),
        ("**<PERSON_1>** <<PERSON_1>> ({{PERSON_1}})", "**Zoë** <Zoë> ({Zoë})"),
        ("<PERSON_1]", "<Zoë]"),
        ("C:\\<PERSON_1>", "C:\\Zoë"),
        ("<PERSON_1><PERSON_12>2", "ZoëBob2"),
        ("<URL_CREDENTIALS_2>", "<EMAIL_1>"),
        ("<PERSON_1", "<Zoë"),
    ],
)
def test_restores(text, restored):
    assert restore(text, _MAP).text == restored


@pytest.mark.parametrize(
    "text",
    [
        "person 1 said",
        "person_1 = persons[1]",
        "PERSON 1",
        "PERSON_1234567",
        "XPERSON_1 PERSON_1X PERSON_1_x _PERSON_1",
        "<PERSON_01>",
        "<PERSON_>",
        "<PERSONS_1>",
        "<person_1]",
        "(person 1)",
        "<PERSON__1>",
        "a < b, b > a",
    ],
)
def test_leaves(text):
    assert restore(text, _MAP) == Restored(text, 0, 0)


def test_unknown_placeholders_pass_unchanged_and_are_counted():
    assert restore("<PERSON_2> [email 7] PERSON_123 <PERSON_1>", _MAP) == Restored(
        "<PERSON_2> [email 7] PERSON_123 Zoë", 1, 3
    )


def test_a_restored_value_is_never_restored_again():
    looks = {"<EMAIL_1>": "<EMAIL_2>", "<EMAIL_2>": "<EMAIL_1>"}
    assert restore("<EMAIL_1> <EMAIL_2>", looks).text == "<EMAIL_2> <EMAIL_1>"


def test_values_are_escaped_for_the_place_they_stand_in():
    arguments = '{"to": "<PERSON_1>", "cc": "\\u003cPERSON_12\\u003e"}'
    mapping = {"<PERSON_1>": 'Zoë "Z"\n', "<PERSON_12>": "C:\\Bob"}
    restored = restore(arguments, mapping, escape=lambda value: json.dumps(value)[1:-1])
    assert json.loads(restored.text) == {"to": 'Zoë "Z"\n', "cc": "C:\\Bob"}


_HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *("<PERSON_1>", "<person-12>", "\\<US\\_SSN\\_1\\>", "&lt;EMAIL_1&gt;", "\\u003cEMAIL_1\\u003E"),
                *("[us ssn 1]", "{ URL_CREDENTIALS_2 }", "PERSON_1", "PERSON_12", "<PERSON_9>", "EMAIL_1]", "[EMAIL_1"),
                *("<", "\\", "&", "&lt;", "[", "\\u", "\\u003c", "{", " ", "x", "1", "_", "-", ">", "&gt", "PERS", "U"),
            ]
        ),
        st.text(alphabet="<>[]{}\\&;ltgu03ceEMAIL_PERSON1 -", max_size=8),
    ),
    max_size=12,
).map("".join)


@given(_HOSTILE, st.lists(st.integers(min_value=1, max_value=12), min_size=1))
def test_any_chunking_gives_what_the_whole_text_gives(text, sizes):
    restorer, pieces, at = StreamRestorer(_MAP), [], 0
    while at < len(text):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(restorer.feed(text[at : at + size]))
        at += size
    pieces.append(restorer.flush())
    whole = restore(text, _MAP)
    assert Restored("".join(pieces), restorer.restored, restorer.unknown) == whole


@given(_HOSTILE)
def test_holds_back_only_what_may_still_become_a_placeholder(text):
    restorer = StreamRestorer(_MAP)
    assert restorer.longest_open_tail(text) <= LONGEST
    assert restorer.longest_open_tail(text + ". ") == 0


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Hello", 0),
        ("I am", 0),
        ("see <", 1),
        ("see <PERS", 5),
        ("\\u003c URL\\_CREDENTIALS\\_2 \\u003", 32),
        ("EMAIL_1", 7),
        ("xEMAIL_1", 0),
        ("<EMAIL_1>", 0),
        ("a <q", 0),
        ("email", 0),
    ],
)
def test_holds_back(text, held):
    assert StreamRestorer(_MAP).longest_open_tail(text) == held


def test_a_long_value_that_a_model_repeats_fills_no_memory():
    key = "k" * (MOST_INSERTED // 4)
    whole = restore("<SECRET_1>" * 4, {"<SECRET_1>": key})
    assert whole == Restored(key * 4, 4, 0)

    mapping = {"<SECRET_1>": key, "<EMAIL_1>": "z@x.org"}
    repeated = restore("<EMAIL_1> " + "<SECRET_1> " * 1000, mapping)
    assert repeated.text == "z@x.org " + f"{key} " * 3 + "<SECRET_1> " * 997
    assert (repeated.restored, repeated.unknown) == (4, 997)


def test_what_comes_after_the_rest_is_another_text():
    restorer = StreamRestorer({"<EMAIL_1>": "a@b.example"})
    assert restorer.feed("x") + restorer.flush() == "x"
    assert restorer.feed("EMAIL_1>") + restorer.flush() == "a@b.example>"
    assert restorer.feed("xEMAIL_1>") + restorer.flush() == "xEMAIL_1>"
