"""Parts of one address, and mentions of one person."""

import pytest

from sallyport.redaction.finding import Finding
from sallyport.redaction.linking import agree, join_addresses, repeat_names


def _findings(text, *parts):
    found, at = [], 0
    for type_, part in parts:
        at = text.index(part, at)
        found.append(Finding(type_, at, at + len(part), 0.9, "test"))
        at += len(part)
    return found


def _read(text, findings):
    return [(finding.type, text[finding.start : finding.end]) for finding in findings]


@pytest.mark.parametrize(
    ("text", "parts", "expected"),
    [
        (
            "12 Elm St, Springfield, France",
            [("ADDRESS", "12 Elm St"), ("LOCATION", "Springfield"), ("LOCATION", "France")],
            [("ADDRESS", "12 Elm St, Springfield, France")],
        ),
        (
            "at 7 Elmweg 3\n Bonn 53111 now",
            [("ADDRESS", "Elmweg 3"), ("LOCATION", "Bonn")],
            [("ADDRESS", "7 Elmweg 3\n Bonn 53111")],
        ),
        ("Elm St, SW1A 1AA.", [("ADDRESS", "Elm St")], [("ADDRESS", "Elm St, SW1A 1AA")]),
        (
            "Elm St 1. In Bonn",
            [("ADDRESS", "Elm St 1"), ("LOCATION", "Bonn")],
            [("ADDRESS", "Elm St 1"), ("LOCATION", "Bonn")],
        ),
        (
            "Bonn, Elm St 1",
            [("LOCATION", "Bonn"), ("ADDRESS", "Elm St 1")],
            [("LOCATION", "Bonn"), ("ADDRESS", "Elm St 1")],
        ),
        ("costs $5 Elm St", [("ADDRESS", "Elm St")], [("ADDRESS", "Elm St")]),
        ("call 5551 Elm St", [("PHONE", "5551"), ("ADDRESS", "Elm St")], [("PHONE", "5551"), ("ADDRESS", "Elm St")]),
        ("Elm St 53111", [("ADDRESS", "Elm St"), ("PHONE", "53111")], [("ADDRESS", "Elm St"), ("PHONE", "53111")]),
    ],
)
def test_parts_of_an_address_become_one(text, parts, expected):
    assert _read(text, join_addresses(text, _findings(text, *parts))) == expected


@pytest.mark.parametrize(
    ("text", "parts", "expected"),
    [
        (
            "Anna Kowalski came. Anna said that Kowalski is rare.",
            [("PERSON", "Anna Kowalski")],
            [("PERSON", "Anna Kowalski"), ("PERSON", "Anna"), ("PERSON", "Kowalski")],
        ),
        ("Anna came. Anna left.", [("PERSON", "Anna")], [("PERSON", "Anna")]),
        ("Al Ng saw an Ng.", [("PERSON", "Al Ng")], [("PERSON", "Al Ng")]),
        (
            "Anna Roy. anna.roy@x.org Royal",
            [("PERSON", "Anna Roy"), ("EMAIL", "anna.roy@x.org")],
            [("PERSON", "Anna Roy"), ("EMAIL", "anna.roy@x.org")],
        ),
    ],
)
def test_who_is_named_in_full_is_found_by_one_name_too(text, parts, expected):
    assert _read(text, repeat_names(text, _findings(text, *parts))) == expected


@pytest.mark.parametrize(
    ("mentions", "expected"),
    [
        ([("LOCATION", "Rahu", 0.9), ("PERSON", "Rahu", 0.6)], ["LOCATION", "LOCATION"]),
        ([("PERSON", "Anna Rahu", 0.9), ("ORG", "Rahu", 0.5)], ["PERSON", "PERSON"]),
        ([("PERSON", "Anna Rahu", 0.9), ("LOCATION", "Rahu", 0.7)], ["PERSON", "LOCATION"]),
        ([("LOCATION", "Rahu", 0.9), ("USERNAME", "Rahu", 0.6)], ["LOCATION", "USERNAME"]),
    ],
)
def test_mentions_of_a_name_are_of_one_type(mentions, expected):
    text = " met ".join(name for _, name, _ in mentions)
    found = [
        Finding(type_, text.rindex(name), text.rindex(name) + 4, score, "names") for type_, name, score in mentions
    ]
    found[0] = Finding(mentions[0][0], 0, len(mentions[0][1]), mentions[0][2], "names")
    assert [each.type for each in agree(text, found)] == expected
