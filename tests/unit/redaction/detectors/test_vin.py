"""Vehicle identification numbers."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("VIN 1HGCM82633A004352", "1HGCM82633A004352"),
        ("1M8GDM9AXKP042788 was stolen", "1M8GDM9AXKP042788"),
        ("vin: wauzzz8k9ba123456", "wauzzz8k9ba123456"),
        ("Fahrgestellnummer WVWZZZ1JZ3W386752", "WVWZZZ1JZ3W386752"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "VIN") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "1HGCM82633A004353",
        "11111111111111111",
        "1HGCM82633A00435",
        "INTERNATIONALIZED",
        "A1B2C3D4E5F6G7H8J",
        "x1HGCM82633A004352",
    ],
)
def test_leaves(text, found):
    assert found(text, "VIN") == []
