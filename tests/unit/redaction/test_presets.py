"""sallyport.redaction.presets: data that says what it means."""

import pytest

from sallyport.redaction.finding import LITERAL, TYPES
from sallyport.redaction.judge import Action, Handling
from sallyport.redaction.presets import IMPLIED, PRESETS

each_preset = pytest.mark.parametrize("name", PRESETS)


@each_preset
def test_a_preset_names_only_types_that_are_looked_for(name):
    assert PRESETS[name].actions.keys() <= TYPES - {LITERAL}


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
