"""The map of one request."""

import pytest

from sallyport.redaction.pseudonyms import Pseudonyms
from sallyport.redaction.restore import restore


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


def test_forms_of_one_name_share_a_number_and_come_back_as_written():
    pseudonyms = Pseudonyms()
    forms = ["John Smith", "Mr Smith", "Jane Smith", "J. Smith", "Smith", "John Smith"]
    given = [pseudonyms.placeholder_for("PERSON", form) for form in forms]
    assert given == ["<PERSON_1>", "<PERSON_1b>", "<PERSON_2>", "<PERSON_3>", "<PERSON_4>", "<PERSON_1>"]
    for form, key in zip(forms, given, strict=True):
        assert restore(f"so {key}.", pseudonyms.to_dict()).text == f"so {form}."


def test_forms_go_on_where_a_kept_map_ended():
    pseudonyms = Pseudonyms()
    for form in ("John Smith", "Smith"):
        pseudonyms.placeholder_for("PERSON", form)
    again = Pseudonyms.from_dict(pseudonyms.to_dict())
    assert again.placeholder_for("PERSON", "Mr Smith") == "<PERSON_1c>"
    assert again.placeholder_for("PERSON", "Ann Lee") == "<PERSON_2>"
    assert again.used() == {"<PERSON_1c>": "Mr Smith", "<PERSON_2>": "Ann Lee"}
    assert len(again.to_dict()) == 4


def test_a_name_of_more_forms_than_there_are_letters_is_another_person():
    pseudonyms = Pseudonyms()
    given = [pseudonyms.placeholder_for("PERSON", f"{'Mr ' * number}Smith") for number in range(28)]
    assert given[:2] + given[25:] == ["<PERSON_1>", "<PERSON_1b>", "<PERSON_1z>", "<PERSON_2>", "<PERSON_3>"]


def test_a_letter_that_a_model_forgets_still_names_the_person():
    pseudonyms = Pseudonyms()
    for form in ("John Smith", "Smith"):
        pseudonyms.placeholder_for("PERSON", form)
    told = "<PERSON_1B> PERSON_1b [person 1b] <PERSON_1> PERSON_1bc"
    assert restore(told, pseudonyms.to_dict()).text == "Smith Smith Smith John Smith PERSON_1bc"
