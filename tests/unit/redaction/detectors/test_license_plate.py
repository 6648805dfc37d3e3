"""Registration marks behind their label."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("license plate ABC-1234", "ABC-1234"),
        ("The car with plates B-MW 1234 drove off", "B-MW 1234"),
        ("plate number: 7ABC123", "7ABC123"),
        ("license plate BI 6690 PA, please", "BI 6690 PA"),
        ("Vehicle plate number: 978-VGJJ, parked", "978-VGJJ"),
        ("Kennzeichen: M-AB 1234", "M-AB 1234"),
        ("claim for vehicle FR-081-ZI today", "FR-081-ZI"),
        ("takes the car 4VGV765.", "4VGV765"),
        ("driver of QA966VM called", "QA966VM"),
        ("car registered as J 4706 KF", "J 4706 KF"),
        ("vehicle registration AB12 CDE", "AB12 CDE"),
        ("immatriculation AB-123-CD", "AB-123-CD"),
        ("license plate number is 4XYZ 882", "4XYZ 882"),
        ('"licensePlate": "KA 05 MH 1234"', "KA 05 MH 1234"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "LICENSE_PLATE") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "a plate of fish and chips",
        "the plate was hot at noon",
        "the car BMW X5 and the van T6",
        "vehicle Audi A4 2019",
        "the car GT500 of 1967",
        "the driver of CUDA11 hangs",
        "license plate design of 1998",
        "registration opens in 2024",
        "put 12 plates on the table",
        "plate tectonics",
    ],
)
def test_leaves(text, found):
    assert found(text, "LICENSE_PLATE") == []
