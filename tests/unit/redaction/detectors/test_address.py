"""Street addresses of plain form."""

import pytest


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("I live at 12 Main Street.", "12 Main Street."),
        ("at 221B Baker St, London NW1 6XE", "221B Baker St, London NW1 6XE"),
        ("12 Main Street, Springfield, IL 62704", "12 Main Street, Springfield, IL 62704"),
        ("4783 Bay Rd Apt 4B is mine", "4783 Bay Rd Apt 4B"),
        ("717 6th St today", "717 6th St"),
        ("1600 Pennsylvania Ave. NW, Washington, DC 20500", "1600 Pennsylvania Ave. NW, Washington, DC 20500"),
        ("write to P.O. Box 1234", "P.O. Box 1234"),
        ("wohnt Lindenstraße 12a, 10969 Berlin", "Lindenstraße 12a, 10969 Berlin"),
        ("au 12 bis, rue de la Paix", "12 bis, rue de la Paix"),
        ("vive en Calle de Alcalá 45", "Calle de Alcalá 45"),
        ("abita in Via Roma, 10", "Via Roma, 10"),
    ],
)
def test_finds(text, address, found):
    assert found(text, "ADDRESS") == [address]


@pytest.mark.parametrize(
    "text",
    [
        "10 minutes down the street",
        "2 Way radios",
        "5 Star hotels",
        "Main Street is long",
        "she drove 12 miles",
        "$12 Main Street fee",
        "see 3 Dr. Smith patients",
        "the box 12",
        "12 Monkeys",
        "a long way, 12 km",
        "via email 10 times",
        "Version 2.12 Main Street",
    ],
)
def test_leaves(text, found):
    assert found(text, "ADDRESS") == []
