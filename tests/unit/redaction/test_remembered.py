"""sallyport.redaction.remembered: what earlier turns came to."""

from sallyport.redaction.remembered import Remembered
from tests.unit.doubles import CANARY


def test_it_shows_no_value():
    assert CANARY not in repr(Remembered({"<PERSON_1>": CANARY}))
