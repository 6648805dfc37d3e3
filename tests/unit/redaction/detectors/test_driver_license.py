"""Driver licence numbers behind their label."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my driver's license number is 2270-66-1551", "2270-66-1551"),
        ("Driver's License: D123-4567-8901", "D123-4567-8901"),
        ("her driving licence is MORGA657054SM9IJ", "MORGA657054SM9IJ"),
        ("DL# F1234567", "F1234567"),
        ("her driver's license number is DL29778753.", "DL29778753"),
        ("License: D1234567", "D1234567"),
        ("licence 312-979-294", "312-979-294"),
        ("driver_license_number: U62928788557186", "U62928788557186"),
        ("Führerschein B072RRE2I55", "B072RRE2I55"),
        ('"driversLicense":"S530-4608-0521"', "S530-4608-0521"),
        ("permis de conduire n° 930275310543", "930275310543"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "DRIVER_LICENSE") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "he got his driving license in 2015",
        "drivers license renewal costs $45",
        "License: Apache-2.0",
        "license key 1234-5678-9012",
        "a licence for 10000 users",
        "License: CC-BY-4.0",
        "DL speed 50 Mbps",
        "driver version 531.61",
        "MIT License, 2024",
        "the driver took 15 minutes",
    ],
)
def test_leaves(text, found):
    assert found(text, "DRIVER_LICENSE") == []
