"""Labels of other people's sets, read as types of the engine."""

import pytest

from bench.redaction.folding import canonical, folding, vocabulary
from sallyport.redaction.finding import TYPES


@pytest.mark.parametrize(
    ("label", "type_"),
    [
        *(("PHONE_NUMBER", "PHONE"), ("phoneNumber", "PHONE"), ("Phone number", "PHONE"), ("phone-number", "PHONE")),
        *(("EMAIL_ADDRESS", "EMAIL"), ("US_SSN", "US_SSN"), ("SSN", "US_SSN"), ("SOCIALNUM", "US_SSN")),
        *(("CREDITCARDNUMBER", "CREDIT_CARD"), ("MRN", "MEDICAL_RECORD"), ("MEDICAL_RECORD_NUMBER", "MEDICAL_RECORD")),
        *(("NPI", "PROVIDER_NUMBER"), ("DATEOFBIRTH", "DATE_OF_BIRTH"), ("DRIVERLICENSENUM", "DRIVER_LICENSE")),
        *(("US_DRIVER_LICENSE", "DRIVER_LICENSE"), ("LICENSEPLATENUM", "LICENSE_PLATE"), ("PASSPORTID", "PASSPORT")),
        *(("IDCARDNUM", "NATIONAL_ID"), ("NATIONALID", "NATIONAL_ID"), ("TAXNUM", "TAX_ID"), ("US_ITIN", "TAX_ID")),
        *(("ZIP", "ADDRESS"), ("STREET", "ADDRESS"), ("BUILDINGNUM", "ADDRESS"), ("CITY", "LOCATION")),
        *(("STATE", "LOCATION"), ("COUNTRY", "LOCATION"), ("FIRSTNAME", "PERSON"), ("SURNAME", "PERSON")),
        *(("COMPANYNAME", "ORG"), ("SECURITYTOKEN", "SECRET"), ("ORGANIZATION", "ORG"), ("shoe size", "SHOE SIZE")),
    ],
)
def test_a_label_has_one_meaning_however_it_is_written(label, type_):
    assert canonical(label) == type_


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_types_of_the_engine_are_their_own_and_listed(type_):
    assert canonical(type_) == type_
    assert f"  {type_}" in vocabulary()


def test_what_a_set_does_not_label_counts_as_the_next_best_that_it_does():
    assert folding({"LOCATION", "NATIONAL_ID"}) == {"ADDRESS": "LOCATION", "US_SSN": "NATIONAL_ID"}
    assert folding({"LOCATION", "ADDRESS", "US_SSN"}) == {}
