"""The families of detectors. A family is one module here (data, checksum, context words) and one entry in DETECTORS."""

from collections.abc import Iterable
from typing import Final, Protocol

from sallyport.redaction.detectors import (
    address,
    age,
    bank_account,
    bic,
    birth,
    card,
    command,
    credentials,
    date,
    driver_license,
    email,
    iban,
    ip,
    labelled_secret,
    license_plate,
    link,
    literal,
    mac,
    medical_record,
    names,
    national_europe,
    national_id,
    national_world,
    occupation,
    passport,
    password,
    phone,
    private_key,
    provider_number,
    ssn,
    tax_id,
    title,
    token,
    url,
    username,
    vin,
)
from sallyport.redaction.detectors.labelled import Labelled
from sallyport.redaction.detectors.shaped import Shaped
from sallyport.redaction.finding import Finding


class Detector(Protocol):
    """A family: a module, or any object, with these two. Every `find` is linear in the length of its text."""

    types: frozenset[str]

    def find(self, text: str) -> Iterable[Finding]:
        """Findings in normalised text, in any order, overlapping or not."""


_SCHEMES = (*national_europe.schemes, *national_world.schemes, *tax_id.schemes)
_LABELLED = Labelled(
    (
        *(passport, driver_license, license_plate, vin, medical_record, provider_number),
        *(national_id, tax_id, bank_account, bic),
    ),
    (username, credentials, password, address),
    (username.cells, password.cells),
)

DETECTORS: Final[tuple[Detector, ...]] = (
    literal,
    private_key,
    token,
    url,
    labelled_secret,
    email,
    card,
    iban,
    birth,
    ssn,
    mac,
    vin,
    Shaped(_SCHEMES),
    medical_record,
    provider_number,
    passport,
    license_plate,
    command,
    _LABELLED,
    link,
    ip,
    phone,
    address,
    date,
    age,
    username,
    title,
    names,
    occupation,
)
"""Where findings overlap, the family that stands first here gives the type."""
