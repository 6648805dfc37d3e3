"""sallyport.redaction.presets: data that says what it means."""

import pytest

from sallyport.redaction.finding import LITERAL, TYPES
from sallyport.redaction.judge import Action, AnswerHandling, Handling
from sallyport.redaction.presets import IMPLIED, PRESETS

each_preset = pytest.mark.parametrize("name", PRESETS)


@each_preset
def test_a_preset_names_only_types_that_are_looked_for(name):
    assert PRESETS[name].actions.keys() | PRESETS[name].answers.by_type.keys() <= TYPES - {LITERAL}


@each_preset
def test_only_off_allows_what_opens_a_door_or_names_a_person(name):
    for type_ in ("PERSON", "EMAIL", "SECRET", "PASSWORD", "CREDIT_CARD", "US_SSN"):
        assert (PRESETS[name].of(type_) == (Action.ALLOW,)) == (name == "off"), type_


@pytest.mark.parametrize(
    ("name", "type_", "actions"),
    [
        ("default", "ORG", {"allow"}),
        ("gdpr", "NRP", {"mask", "route_private"}),
        ("gdpr", "LOCATION", {"mask"}),
        ("hipaa", "DATE", {"mask"}),
        ("hipaa", "MEDICAL_RECORD", {"mask", "route_private"}),
        ("pci", "CREDIT_CARD", {"mask_irreversibly"}),
        ("hiring", "AGE", {"mask_irreversibly"}),
        ("strict", "SECRET", {"block"}),
    ],
)
def test_what_a_preset_is_for(name, type_, actions):
    assert set(PRESETS[name].of(type_)) == actions


def test_what_cannot_be_searched_is_private_where_health_and_strictness_want_it():
    assert {name for name, each in PRESETS.items() if each.uninspected is Handling.ROUTE_PRIVATE} == {"strict", "hipaa"}
    assert IMPLIED in PRESETS


@each_preset
def test_no_preset_ends_an_answer_and_only_default_and_off_look_for_nothing_in_it(name):
    answers = PRESETS[name].answers
    assert AnswerHandling.BLOCK not in {answers.default, *answers.by_type.values()}
    assert (answers.default is AnswerHandling.ALLOW) == (name in ("default", "off"))


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("strict", {"PASSWORD", "SECRET", "URL_CREDENTIALS"}),
        ("hipaa", {"MEDICAL_RECORD", "US_SSN"}),
        ("pci", {"CREDIT_CARD", "PASSWORD", "SECRET", "URL_CREDENTIALS"}),
        ("gdpr", set()),
        ("hiring", {"AGE", "DATE_OF_BIRTH", "NRP"}),
    ],
)
def test_what_a_preset_masks_in_answers(name, masked):
    by_type = PRESETS[name].answers.by_type
    assert {type_ for type_, handling in by_type.items() if handling is AnswerHandling.MASK} == masked
