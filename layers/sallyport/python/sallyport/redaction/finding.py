"""What a detector reports: a type and a span, never the text itself."""

from typing import Final, NamedTuple

PERSON: Final = "PERSON"
LOCATION: Final = "LOCATION"
ADDRESS: Final = "ADDRESS"
ORG: Final = "ORG"
EMAIL: Final = "EMAIL"
PHONE: Final = "PHONE"
DATE: Final = "DATE"
DATE_OF_BIRTH: Final = "DATE_OF_BIRTH"
AGE: Final = "AGE"
NRP: Final = "NRP"
"""Nationality, religion, political group."""
TITLE: Final = "TITLE"
URL: Final = "URL"
URL_CREDENTIALS: Final = "URL_CREDENTIALS"
IP_ADDRESS: Final = "IP_ADDRESS"
MAC_ADDRESS: Final = "MAC_ADDRESS"
USERNAME: Final = "USERNAME"
PASSWORD: Final = "PASSWORD"  # noqa: S105 - the name of an entity type
SECRET: Final = "SECRET"  # noqa: S105 - the name of an entity type
CREDIT_CARD: Final = "CREDIT_CARD"
IBAN: Final = "IBAN"
BIC: Final = "BIC"
BANK_ACCOUNT: Final = "BANK_ACCOUNT"
US_SSN: Final = "US_SSN"
NATIONAL_ID: Final = "NATIONAL_ID"
PASSPORT: Final = "PASSPORT"
DRIVER_LICENSE: Final = "DRIVER_LICENSE"
TAX_ID: Final = "TAX_ID"
LICENSE_PLATE: Final = "LICENSE_PLATE"
VIN: Final = "VIN"
MEDICAL_RECORD: Final = "MEDICAL_RECORD"
PROVIDER_NUMBER: Final = "PROVIDER_NUMBER"
LITERAL: Final = "LITERAL"
"""Text of the client that already looks like a placeholder; masked always, so that it cannot fetch another's value."""

TYPES: Final = frozenset(
    {
        PERSON,
        LOCATION,
        ADDRESS,
        ORG,
        EMAIL,
        PHONE,
        DATE,
        DATE_OF_BIRTH,
        AGE,
        NRP,
        TITLE,
        URL,
        URL_CREDENTIALS,
        IP_ADDRESS,
        MAC_ADDRESS,
        USERNAME,
        PASSWORD,
        SECRET,
        CREDIT_CARD,
        IBAN,
        BIC,
        BANK_ACCOUNT,
        US_SSN,
        NATIONAL_ID,
        PASSPORT,
        DRIVER_LICENSE,
        TAX_ID,
        LICENSE_PLATE,
        VIN,
        MEDICAL_RECORD,
        PROVIDER_NUMBER,
        LITERAL,
    }
)
"""Every entity type. Names have at most 16 characters: a streaming restorer holds back at most 40 in all."""

CERTAIN: Final = 0.5
"""The score from which on a finding is acted upon, if a policy sets no other. What scores less is only in doubt."""


class Finding(NamedTuple):
    """One piece of personal data.

    `start` and `end` are character offsets, end exclusive; `score` is the detector's confidence from 0 to 1;
    `detector` names the family that found it.
    """

    type: str
    start: int
    end: int
    score: float
    detector: str
