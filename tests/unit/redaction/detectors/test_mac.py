"""Hardware addresses in three notations."""

import pytest


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("00:1a:2b:3c:4d:5e", "00:1a:2b:3c:4d:5e"),
        ("ether 00:1A:2B:3C:4D:5E txqueuelen", "00:1A:2B:3C:4D:5E"),
        ("00-1A-2B-3C-4D-5E", "00-1A-2B-3C-4D-5E"),
        ("MAC=00:1a:2b:3c:4d:5e,", "00:1a:2b:3c:4d:5e"),
        ("001a.2b3c.4d5e", "001a.2b3c.4d5e"),
        ("(de:ad:be:ef:00:01)", "de:ad:be:ef:00:01"),
        ("ends 00:1a:2b:3c:4d:5e.", "00:1a:2b:3c:4d:5e"),
    ],
)
def test_finds(text, address, found):
    assert found(text, "MAC_ADDRESS") == [address]


@pytest.mark.parametrize(
    "text",
    [
        "00:00:00:00:00:00",
        "ff:ff:ff:ff:ff:ff",
        "00:1a:2b:3c:4d",
        "00:1a:2b:3c:4d:5e:6f",
        "12:00:1a:2b:3c:4d:5e",
        "00:1a-2b:3c-4d:5e",
        "0g:1a:2b:3c:4d:5e",
        "at 12:30:45",
        "dead.beef.cafe",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_leaves(text, found):
    assert found(text, "MAC_ADDRESS") == []
