"""The families together: overlaps, order, offsets, and time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sallyport.redaction
from sallyport.redaction import finding
from sallyport.redaction.detect import candidates, detect, merge
from sallyport.redaction.detectors import DETECTORS, names
from sallyport.redaction.finding import CERTAIN, TYPES

ONE_OF_EACH = {
    "EMAIL": "bob@example.org",
    "PHONE": "+44 20 7946 0958",
    "CREDIT_CARD": "4111 1111 1111 1111",
    "IBAN": "GB82 WEST 1234 5698 7654 32",
    "US_SSN": "123-45-6789",
    "IP_ADDRESS": "203.0.113.7",
    "MAC_ADDRESS": "00:1a:2b:3c:4d:5e",
    "URL_CREDENTIALS": "anna:hunter2",
    "SECRET": "sk-a1b2c3d4e5f6g7h8i9j0k1",
    "PASSWORD": "hunter2",
    "USERNAME": "bob_99",
    "URL": "https://www.example.net/bob",
    "DATE": "3 June 2024",
    "AGE": "34",
    "TITLE": "Mrs.",
    "BIC": "DEUTDEFF500",
    "BANK_ACCOUNT": "000123456789",
    "NATIONAL_ID": "AB 12 34 56 C",
    "PASSPORT": "X1234567",
    "DRIVER_LICENSE": "D123-4567-8901",
    "TAX_ID": "12-3456789",
    "LICENSE_PLATE": "ABC-1234",
    "VIN": "1HGCM82633A004352",
    "MEDICAL_RECORD": "4839201",
    "PROVIDER_NUMBER": "1234567893",
    "DATE_OF_BIRTH": "12 May 1980",
    "ADDRESS": "12 Main Street",
    "LITERAL": "<EMAIL_1>",
    "PERSON": "Anna Smith",
    "LOCATION": "Berlin",
    "ORG": "Acme Corporation",
    "NRP": "Norwegian",
}
_AROUND = {
    "URL_CREDENTIALS": "x://{}@h/",
    "DATE_OF_BIRTH": "born on {}",
    "PASSWORD": "password: {}",
    "USERNAME": "username: {}",
    "AGE": "{} years old",
    "TITLE": "{} Jones",
    "BIC": "BIC {}",
    "BANK_ACCOUNT": "account number {}",
    "PASSPORT": "passport {}",
    "DRIVER_LICENSE": "driver's license {}",
    "LICENSE_PLATE": "plate {}",
    "MEDICAL_RECORD": "medical record number {}",
    "PROVIDER_NUMBER": "NPI {}",
    "PERSON": "my name is {}",
    "LOCATION": "I live in {}",
    "ORG": "I work for {}",
    "NRP": "I am {}",
}
_TEXT = " | ".join(_AROUND.get(type_, "{}").format(value) for type_, value in ONE_OF_EACH.items())
_FULLWIDTH = {code: code + 0xFEE0 for code in range(ord("0"), ord("9") + 1)}


def _read(text: str) -> dict[str, str]:
    return {f.type: text[f.start : f.end] for f in detect(text)}


def test_finds_every_type_there_is():
    assert _read(_TEXT) == ONE_OF_EACH
    assert set(ONE_OF_EACH) == frozenset().union(*(detector.types for detector in DETECTORS)) <= TYPES


@pytest.mark.parametrize("text", ["user bob@example.org logged in", "login: bob@example.org", "as bob@example.org"])
def test_an_address_of_mail_is_one_even_as_the_name_of_an_account(text):
    assert _read(text) == {"EMAIL": "bob@example.org"}


def test_what_has_check_digits_is_no_name_of_an_account():
    assert _read("account DE89 3704 0044 0532 0130 00, again") == {"IBAN": "DE89 3704 0044 0532 0130 00"}


def test_types_are_the_constants_and_short_enough_to_stream():
    assert {value for name, value in vars(finding).items() if name == value} == TYPES
    assert max(map(len, TYPES)) <= 16


def test_finds_every_type_behind_fullwidth_digits():
    wide = _TEXT.translate(_FULLWIDTH)
    assert _read(wide) == {type_: value.translate(_FULLWIDTH) for type_, value in ONE_OF_EACH.items()}


def test_finds_every_type_with_invisible_characters_inside():
    hidden = "\u200b".join(_TEXT)
    assert _read(hidden) == {type_: "\u200b".join(value) for type_, value in ONE_OF_EACH.items()}


def test_offsets_are_those_of_the_original_text():
    text = "caf\u00e9\u2026 \u200b\u200b bob@example.org \ufb01n 123-45-6789"
    assert [(f.type, text[f.start : f.end]) for f in detect(text)] == [
        ("EMAIL", "bob@example.org"),
        ("US_SSN", "123-45-6789"),
    ]


def test_only_the_wanted_types_are_reported():
    assert {f.type for f in detect(_TEXT, types=frozenset({"IBAN"}))} == {"IBAN"}


def test_groups_of_types_are_found_as_if_each_were_asked_for_alone():
    text = f"{_TEXT} password: bob@example.org Ym9iQGV4YW1wbGUub3JnIGlzIDIwMy4wLjExMy43 bob%40example.org"
    seen = candidates(text)
    for group in (frozenset({"EMAIL", "IBAN"}), frozenset({"PASSWORD", "IP_ADDRESS"})):
        assert merge(each for each in seen if each.type in group) == detect(text, types=group)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call 4111 1111 1111 1111", [("CREDIT_CARD", "4111 1111 1111 1111")]),
        (
            "at 12 High Street, London Card 4111 1111 1111 1111",
            [("ADDRESS", "12 High Street, London Card "), ("CREDIT_CARD", "4111 1111 1111 1111")],
        ),
        ("call 192.168.10.10", [("IP_ADDRESS", "192.168.10.10")]),
        ("password: bob@example.org", [("PASSWORD", "bob@example.org")]),
        ("password: <EMAIL_1>x1", [("LITERAL", "<EMAIL_1>")]),
        ("https://bob:bob@example.org/", [("URL_CREDENTIALS", "bob:bob"), ("URL", "example.org/")]),
        ("<EMAIL_1>@example.org", [("LITERAL", "<EMAIL_1>")]),
        ("EMAIL_1@example.org", [("LITERAL", "EMAIL_1@example.org")]),
        ("password=a1!sk-a1b2c3d4e5f6g7h8i9j0k1", [("SECRET", "a1!sk-a1b2c3d4e5f6g7h8i9j0k1")]),
    ],
)
def test_no_character_of_overlapping_findings_stays_uncovered(text, expected):
    assert [(f.type, text[f.start : f.end]) for f in detect(text)] == expected


@given(st.text(alphabet=st.sampled_from("a1 .@:-/<>_[]()+4\u200b\uff11\n=EMAIL")))
def test_findings_are_ordered_disjoint_and_inside_the_text(text):
    end = 0
    for found in detect(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


_WORST = [
    *(
        "john x y\n",
        "JOHN SMITH LIVES HERE\n",
        "Norwegian Berlin ",
        "Mr Smith a@b.co ",
        "12 Main Street, Springfield, ",
    ),
    *("1", "1 ", "+1(", "1 Aa ", "born 1.1.", "4111 1111 1111 1111 ", "AA11", "A ", "a:", "a@a.", "://a:"),
    *(
        "password: ",
        "key=a1&",
        "eyJaaaaaaaaaa.",
        "-----BEGIN PRIVATE KEY-----",
        "<EMAIL_",
        "\\<EMAIL\\_",
        "\u200b\uff11",
    ),
]
_READ_AND_RESTORE = """
import json, sys
from sallyport.redaction.detect import detect
from sallyport.redaction.restore import restore
for seed in json.loads(sys.argv[1]):
    text = (seed * 1_000_000)[:1_000_000]
    detect(text)
    restore(text, {"<EMAIL_1>": "x"})
"""


def test_a_megabyte_of_the_worst_is_read_in_bounded_time():
    """A pattern that backtracked would take hours: the generous limit only tells linear from not."""
    layer = Path(sallyport.redaction.__file__).parents[2]
    subprocess.run([sys.executable, "-c", _READ_AND_RESTORE, json.dumps(_WORST)], cwd=layer, check=True, timeout=240)


def test_doubts_stand_beside_what_is_found_in_balance_and_score_less():
    text = "ozora kimani is with tofts limited, and Anna Smith lives in Berlin"
    balanced, both = (set(candidates(text, doubts=doubts)) for doubts in (False, True))
    doubts = both - balanced
    assert balanced <= both
    assert doubts
    assert all(each.score < CERTAIN and each.type in names.types for each in doubts)
    assert all(each.score >= CERTAIN for each in balanced)
    assert merge(balanced) == detect(text)
