"""Check digits of published examples; any single digit changed is noticed."""

import pytest

from sallyport.redaction.checksums import ean13, is_day, luhn, mod11_2, mod11_10, mod97, verhoeff, weighted

EXAMPLES = [
    (luhn, "4111111111111111"),
    (verhoeff, "2363"),
    (verhoeff, "234567890124"),
    (mod11_10, "86095742719"),
    (mod11_2, "11010519491231002X"),
    (mod97, "WEST12345698765432GB82"),
    (ean13, "7569217076985"),
]


@pytest.mark.parametrize(("check", "written"), EXAMPLES)
def test_an_example_passes_and_no_single_change_of_a_digit_does(check, written):
    assert check(written)
    for at, sign in enumerate(written):
        if sign.isdigit():
            others = [written[:at] + digit + written[at + 1 :] for digit in "0123456789" if digit != sign]
            assert not any(map(check, others))


def test_weights_go_as_far_as_there_are_any():
    assert weighted("1234", (3, 2, 1)) == 10


@pytest.mark.parametrize(("month", "day", "is_one"), [("02", "29", True), ("02", "30", False), ("13", "01", False)])
def test_a_day_is_one_of_some_year(month, day, is_one):
    assert is_day(month, day) is is_one
