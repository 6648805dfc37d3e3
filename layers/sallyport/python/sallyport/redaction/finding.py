"""What a detector reports: a type and a span, never the text itself."""

from dataclasses import dataclass
from typing import Final

EMAIL: Final = "EMAIL"
PHONE: Final = "PHONE"
CREDIT_CARD: Final = "CREDIT_CARD"
IBAN: Final = "IBAN"
US_SSN: Final = "US_SSN"
IP_ADDRESS: Final = "IP_ADDRESS"
MAC_ADDRESS: Final = "MAC_ADDRESS"
URL_CREDENTIALS: Final = "URL_CREDENTIALS"
SECRET: Final = "SECRET"  # noqa: S105 - the name of an entity type
DATE_OF_BIRTH: Final = "DATE_OF_BIRTH"
ADDRESS: Final = "ADDRESS"
LITERAL: Final = "LITERAL"
"""Text of the client that already looks like a placeholder; masked always, so that it cannot fetch another's value."""

TYPES: Final = frozenset(
    {
        EMAIL,
        PHONE,
        CREDIT_CARD,
        IBAN,
        US_SSN,
        IP_ADDRESS,
        MAC_ADDRESS,
        URL_CREDENTIALS,
        SECRET,
        DATE_OF_BIRTH,
        ADDRESS,
        LITERAL,
    }
)
"""Every entity type. Names have at most 16 characters: a streaming restorer holds back at most 40 in all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of personal data.

    `start` and `end` are character offsets, end exclusive; `score` is the detector's confidence from 0 to 1;
    `detector` names the family that found it.
    """

    type: str
    start: int
    end: int
    score: float
    detector: str
