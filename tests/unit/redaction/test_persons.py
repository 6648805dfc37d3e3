"""sallyport.redaction.persons: which names are forms of one."""

import pytest

from sallyport.redaction.persons import MOST_NAMESAKES, Persons


@pytest.mark.parametrize(
    ("known", "form", "same"),
    [
        ("John Smith", "Smith", True),
        ("John Smith", "John", True),
        ("John Smith", "Mr Smith", True),
        ("John Smith", "Mr. Smith", True),
        ("John Smith", "JOHN SMITH", True),
        ("John Smith", "J. Smith", True),
        ("John Smith", "John A. Smith", True),
        ("Smith", "John Smith", True),
        ("Frau Dr. Anna Müller-Lüdenscheidt", "Müller-Lüdenscheidt", True),
        ("John Smith", "Jane Smith", False),
        ("John Smith", "Smith John", False),
        ("John Smith", "Smithson", False),
        ("John Smith", "A. Smith", False),
        ("John Smith", "J.", False),
        ("John Smith", "Mr", False),
        ("Mr", "Mr", False),
    ],
)
def test_a_form_has_the_words_of_the_name_in_their_order(known, form, same):
    persons = Persons()
    persons.learn(1, known)
    assert (persons.of(form) == 1) is same


def test_who_may_be_two_is_neither():
    persons = Persons()
    persons.learn(1, "John Smith")
    persons.learn(2, "Jane Smith")
    assert [persons.of(form) for form in ("Smith", "John", "Jane Smith")] == [None, 1, 2]


def test_the_fullest_form_is_the_name():
    persons = Persons()
    for form in ("Smith", "John Smith", "Mr Smith"):
        persons.learn(1, form)
    assert (persons.of("John"), persons.of("Jane Smith")) == (1, None)


def test_a_word_that_too_many_share_tells_nothing_and_costs_nothing():
    persons = Persons()
    for number in range(1, MOST_NAMESAKES + 2):
        persons.learn(number, f"John Number{number}")
    assert (persons.of("John Number5"), persons.of("Number5"), persons.of("John")) == (5, 5, None)
