"""sallyport.redaction.foreign: other engines' names for personal data, all of them, in our types."""

import pytest
from botocore.session import get_session

from sallyport.redaction.finding import TYPES
from sallyport.redaction.foreign import COMPREHEND, GUARDRAIL, confirms, known_by


def names(service, shape):
    return set(get_session().get_service_model(service).shape_for(shape).enum)


def test_every_type_of_comprehend_has_one_of_ours():
    assert set(COMPREHEND) == names("comprehend", "PiiEntityType") - {"ALL"}


def test_every_type_of_a_guardrail_has_one_of_ours():
    assert set(GUARDRAIL) == names("bedrock-runtime", "GuardrailPiiEntityType")


@pytest.mark.parametrize("theirs", [COMPREHEND, GUARDRAIL], ids=["comprehend", "guardrail"])
def test_ours_are_types_that_there_are(theirs):
    assert known_by(theirs) <= TYPES


def test_who_sees_no_dates_cannot_say_that_there_is_none():
    assert {"DATE", "DATE_OF_BIRTH"} <= known_by(COMPREHEND)
    assert not {"DATE", "DATE_OF_BIRTH", "ORG", "NRP", "TITLE"} & known_by(GUARDRAIL)


@pytest.mark.parametrize(
    ("said", "suspected", "confirmed"),
    [
        ("PERSON", "PERSON", True),
        ("PERSON", "LOCATION", False),
        ("ADDRESS", "LOCATION", True),
        ("LOCATION", "ADDRESS", False),
        ("DATE", "DATE_OF_BIRTH", True),
        (None, "PERSON", True),
    ],
)
def test_a_wider_type_of_theirs_confirms_a_narrower_one_of_ours(said, suspected, confirmed):
    assert confirms(said, suspected) is confirmed
