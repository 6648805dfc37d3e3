"""The map of one request."""

import pytest

from sallyport.redaction.pseudonyms import Pseudonyms


def test_numbers_each_type_by_first_appearance():
    pseudonyms = Pseudonyms()
    given = [
        pseudonyms.placeholder_for(type_, value)
        for type_, value in [("EMAIL", "a@b.c"), ("PHONE", "1"), ("EMAIL", "d@e.f"), ("EMAIL", "a@b.c")]
    ]
    assert given == ["<EMAIL_1>", "<PHONE_1>", "<EMAIL_2>", "<EMAIL_1>"]
    assert pseudonyms.counts() == {"EMAIL": 2, "PHONE": 1}


def test_two_spellings_are_two_placeholders_so_that_each_comes_back_as_written():
    pseudonyms = Pseudonyms()
    assert pseudonyms.placeholder_for("EMAIL", "Bob@x.org") == "<EMAIL_1>"
    assert pseudonyms.placeholder_for("EMAIL", "bob@x.org") == "<EMAIL_2>"


def test_one_value_of_two_types_is_two_placeholders():
    pseudonyms = Pseudonyms()
    assert pseudonyms.placeholder_for("PHONE", "1") != pseudonyms.placeholder_for("SECRET", "1")


def test_the_map_survives_a_round_trip_and_goes_on_counting():
    pseudonyms = Pseudonyms()
    pseudonyms.placeholder_for("EMAIL", "a@b.c")
    pseudonyms.placeholder_for("EMAIL", "d@e.f")
    again = Pseudonyms.from_dict(pseudonyms.to_dict())
    assert again.to_dict() == {"<EMAIL_1>": "a@b.c", "<EMAIL_2>": "d@e.f"}
    assert again.placeholder_for("EMAIL", "d@e.f") == "<EMAIL_2>"
    assert again.placeholder_for("EMAIL", "new") == "<EMAIL_3>"


@pytest.mark.parametrize("key", ["EMAIL_1", "<EMAIL_01>", "<EMAIL_0>", "<email_1>", "<NONSENSE_1>", "<EMAIL_1> "])
def test_a_damaged_map_is_refused_without_echoing_it(key):
    with pytest.raises(ValueError, match="damaged") as error:
        Pseudonyms.from_dict({key: "bob@example.org"})
    assert "bob" not in str(error.value)
    assert key not in str(error.value)


def test_an_unknown_type_is_refused_with_the_way_out():
    with pytest.raises(ValueError, match="add it to") as error:
        Pseudonyms().placeholder_for("SHOE_SIZE", "44 wide")
    assert "44" not in str(error.value)
