"""One vocabulary of types for labels of different origins, and for what the engine finds on a set that knows fewer.

`phoneNumber`, `PHONE_NUMBER`, `Phone number` and `phone-number` are one label.
"""

from collections.abc import Iterable, Mapping

from sallyport.redaction.finding import TYPES

_SYNONYMS = {
    "PERSON": "NAME PER FIRST_NAME LAST_NAME MIDDLE_NAME FULL_NAME PATIENT DOCTOR SURNAME GIVEN_NAME FAMILY_NAME",
    "LOCATION": "LOC GPE CITY STATE COUNTRY COUNTY PLACE FAC REGION PROVINCE",
    "ADDRESS": "STREET_ADDRESS STREET BUILDING_NUM BUILDING_NUMBER SECONDARY_ADDRESS ZIP ZIP_CODE POSTCODE POSTAL_CODE",
    "ORG": "ORGANIZATION ORGANISATION ORG_GROUP COMPANY COMPANY_NAME HOSPITAL EMPLOYER",
    "EMAIL": "EMAIL_ADDRESS",
    "PHONE": "PHONE_NUMBER TELEPHONE_NUM TELEPHONE TELEPHONE_NUMBER MOBILE MOBILE_NUMBER FAX FAX_NUMBER",
    "DATE": "DATE_TIME DATETIME",
    "DATE_OF_BIRTH": "DOB BIRTH_DATE BIRTHDAY",
    "NRP": "NORP NATIONALITY RELIGION ETHNICITY",
    "TITLE": "PREFIX JOB_TITLE OCCUPATION",
    "URL": "DOMAIN_NAME DOMAIN WEBSITE URI LINK",
    "IP_ADDRESS": "IP IPV4 IPV6",
    "MAC_ADDRESS": "MAC MAC_ADDR",
    "USERNAME": "USER USER_ID LOGIN ACCOUNT_NAME",
    "PASSWORD": "PASSWD PIN PASSPHRASE",
    "SECRET": "API_KEY SECURITY_TOKEN TOKEN ACCESS_TOKEN CRYPTO AWS_SECRET AWS_ACCESS_KEY PRIVATE_KEY SECRET_KEY",
    "CREDIT_CARD": "CREDIT_CARD_NUMBER CREDIT_DEBIT_NUMBER CARD CARD_NUMBER",
    "IBAN": "IBAN_CODE",
    "BIC": "SWIFT SWIFT_CODE BIC_CODE",
    "BANK_ACCOUNT": "US_BANK_NUMBER BANK_ACCOUNT_NUMBER ACCOUNT ACCOUNT_NUM ACCOUNT_NUMBER",
    "US_SSN": "SSN SOCIAL_NUM SOCIAL_SECURITY_NUMBER US_SOCIAL_SECURITY_NUMBER",
    "NATIONAL_ID": "ID ID_NUMBER ID_CARD ID_CARD_NUM ID_CARD_NUMBER NATIONAL_ID_NUMBER UK_NHS UK_NINO ES_NIF ES_NIE "
    "IT_FISCAL_CODE IT_IDENTITY_CARD PL_PESEL SG_NRIC_FIN IN_AADHAAR IN_PAN FI_PERSONAL_IDENTITY_CODE KR_RRN TH_TNIN "
    "AU_MEDICARE",
    "PASSPORT": "US_PASSPORT PASSPORT_ID PASSPORT_NUMBER PASSPORT_NO UK_PASSPORT IT_PASSPORT IN_PASSPORT",
    "DRIVER_LICENSE": "US_DRIVER_LICENSE DRIVER_LICENSE_NUM DRIVER_LICENSE_NUMBER DRIVERS_LICENSE DRIVER_ID "
    "DRIVER_LICENCE DRIVERS_LICENCE DRIVERS_LICENSE_NUMBER DRIVING_LICENCE DRIVING_LICENSE IT_DRIVER_LICENSE",
    "TAX_ID": "TAX_NUM TAX_NUMBER TAXPAYER_ID US_ITIN ITIN EIN TIN VAT VAT_ID AU_TFN AU_ABN AU_ACN IT_VAT_CODE",
    "LICENSE_PLATE": "LICENSE_PLATE_NUM LICENSE_PLATE_NUMBER LICENCE_PLATE NUMBER_PLATE PLATE VEHICLE_PLATE "
    "IN_VEHICLE_REGISTRATION",
    "MEDICAL_RECORD": "MRN MEDICAL_RECORD_NUMBER MEDICAL_RECORD_NUM US_MBI HEALTH_ID",
    "PROVIDER_NUMBER": "NPI US_NPI MEDICAL_LICENSE PROVIDER_ID",
}


def _plain(label: str) -> str:
    return "".join(sign for sign in label.upper() if sign.isalnum())


_TYPE_OF = {_plain(label): type_ for type_ in TYPES for label in (type_, *_SYNONYMS.get(type_, "").split())}

NOT_COUNTED = frozenset({"MISC", "O"})
"""Labels of what is no personal data."""

_NEXT_BEST = (
    ("ADDRESS", "LOCATION"),
    ("LOCATION", "ADDRESS"),
    ("DATE_OF_BIRTH", "DATE"),
    ("DATE", "DATE_OF_BIRTH"),
    ("URL_CREDENTIALS", "URL"),
    ("US_SSN", "NATIONAL_ID"),
    ("PASSWORD", "SECRET"),
    ("SECRET", "PASSWORD"),
)


def canonical(type_: str) -> str:
    """The engine's name of a label, whatever the set calls it; an unknown one in capitals."""
    return _TYPE_OF.get(_plain(type_), type_.upper())


def vocabulary() -> str:
    """A line for each type of the engine: the other names under which it is read, in small letters."""
    return "\n".join(f"  {type_:16} {_SYNONYMS.get(type_, '').lower()}".rstrip() for type_ in sorted(TYPES))


def folding(labelled: Iterable[str]) -> Mapping[str, str]:
    """How types that the set does not label count in it: an address is a place where only places are labelled.

    `labelled` are canonical types. A type that has no place in the set is not in the mapping and counts as nothing.
    """
    known = set(labelled)
    return {type_: other for type_, other in reversed(_NEXT_BEST) if type_ not in known and other in known}
