"""What other engines call personal data, in our types: Comprehend's PiiEntityType, Bedrock's GuardrailPiiEntityType.

Source: the service models of botocore 1.43; a test holds this table to them.
"""

from collections.abc import Mapping
from typing import Final

from sallyport.redaction.finding import (
    ADDRESS,
    AGE,
    BANK_ACCOUNT,
    BIC,
    CREDIT_CARD,
    DATE,
    DATE_OF_BIRTH,
    DRIVER_LICENSE,
    EMAIL,
    IBAN,
    IP_ADDRESS,
    LICENSE_PLATE,
    LOCATION,
    MAC_ADDRESS,
    MEDICAL_RECORD,
    NATIONAL_ID,
    PASSPORT,
    PASSWORD,
    PERSON,
    PHONE,
    SECRET,
    TAX_ID,
    URL,
    US_SSN,
    USERNAME,
    VIN,
)

_BOTH: Mapping[str, str] = {
    "ADDRESS": ADDRESS,
    "AGE": AGE,
    "AWS_ACCESS_KEY": SECRET,
    "AWS_SECRET_KEY": SECRET,
    "CA_HEALTH_NUMBER": MEDICAL_RECORD,
    "CA_SOCIAL_INSURANCE_NUMBER": NATIONAL_ID,
    "DRIVER_ID": DRIVER_LICENSE,
    "EMAIL": EMAIL,
    "INTERNATIONAL_BANK_ACCOUNT_NUMBER": IBAN,
    "IP_ADDRESS": IP_ADDRESS,
    "LICENSE_PLATE": LICENSE_PLATE,
    "MAC_ADDRESS": MAC_ADDRESS,
    "NAME": PERSON,
    "PASSWORD": PASSWORD,
    "PHONE": PHONE,
    "PIN": PASSWORD,
    "SWIFT_CODE": BIC,
    "UK_NATIONAL_HEALTH_SERVICE_NUMBER": NATIONAL_ID,
    "UK_NATIONAL_INSURANCE_NUMBER": NATIONAL_ID,
    "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER": TAX_ID,
    "URL": URL,
    "USERNAME": USERNAME,
    "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER": TAX_ID,
    "VEHICLE_IDENTIFICATION_NUMBER": VIN,
}

COMPREHEND: Final[Mapping[str, str]] = {
    **_BOTH,
    "BANK_ACCOUNT_NUMBER": BANK_ACCOUNT,
    "BANK_ROUTING": BANK_ACCOUNT,
    "CREDIT_DEBIT_CVV": CREDIT_CARD,
    "CREDIT_DEBIT_EXPIRY": CREDIT_CARD,
    "CREDIT_DEBIT_NUMBER": CREDIT_CARD,
    "DATE_TIME": DATE,
    "IN_AADHAAR": NATIONAL_ID,
    "IN_NREGA": NATIONAL_ID,
    "IN_PERMANENT_ACCOUNT_NUMBER": TAX_ID,
    "IN_VOTER_NUMBER": NATIONAL_ID,
    "PASSPORT_NUMBER": PASSPORT,
    "SSN": US_SSN,
}

GUARDRAIL: Final[Mapping[str, str]] = {
    **_BOTH,
    "CREDIT_DEBIT_CARD_CVV": CREDIT_CARD,
    "CREDIT_DEBIT_CARD_EXPIRY": CREDIT_CARD,
    "CREDIT_DEBIT_CARD_NUMBER": CREDIT_CARD,
    "US_BANK_ACCOUNT_NUMBER": BANK_ACCOUNT,
    "US_BANK_ROUTING_NUMBER": BANK_ACCOUNT,
    "US_PASSPORT_NUMBER": PASSPORT,
    "US_SOCIAL_SECURITY_NUMBER": US_SSN,
}

_WIDER: Mapping[str, frozenset[str]] = {ADDRESS: frozenset({LOCATION}), DATE: frozenset({DATE_OF_BIRTH})}
"""Theirs takes in what we tell apart: a town by itself is an address to them, a birthday a date."""


def known_by(names: Mapping[str, str]) -> frozenset[str]:
    """Our types of which an engine with these names can say that there is none: it looks for them."""
    return frozenset(ours for said in names.values() for ours in (said, *_WIDER.get(said, ())))


def confirms(said: str | None, suspected: str) -> bool:
    """Whether a finding of theirs, by our type, confirms a suspicion of ours. One we have no type for confirms any."""
    return said is None or said == suspected or suspected in _WIDER.get(said, ())
