"""One vocabulary of types for labels of different origins, and for what the engine finds on a set that knows fewer."""

from collections.abc import Iterable, Mapping

_SYNONYMS = {
    "PERSON": "NAME PER FIRSTNAME LASTNAME MIDDLENAME FIRST_NAME LAST_NAME FULL_NAME PATIENT DOCTOR SURNAME GIVENNAME",
    "LOCATION": "LOC GPE CITY STATE COUNTRY COUNTY PLACE FAC",
    "ADDRESS": "STREET_ADDRESS STREET STREETADDRESS BUILDINGNUM SECONDARYADDRESS ZIP ZIP_CODE ZIPCODE POSTCODE",
    "ORG": "ORGANIZATION ORGANISATION ORG_GROUP COMPANY COMPANYNAME COMPANY_NAME HOSPITAL",
    "EMAIL": "EMAIL_ADDRESS",
    "PHONE": "PHONE_NUMBER PHONENUMBER TELEPHONENUM TELEPHONE FAX",
    "DATE": "DATE_TIME DATETIME",
    "DATE_OF_BIRTH": "DOB DATEOFBIRTH BIRTHDATE",
    "NRP": "NORP NATIONALITY RELIGION ETHNICITY",
    "TITLE": "PREFIX JOBTITLE",
    "URL": "DOMAIN_NAME DOMAIN WEBSITE URI",
    "IP_ADDRESS": "IP IPV4 IPV6 IPADDRESS",
    "MAC_ADDRESS": "MAC",
    "USERNAME": "USER_NAME USER",
    "PASSWORD": "PASSWD PIN",
    "SECRET": "API_KEY APIKEY SECURITY_TOKEN SECURITYTOKEN TOKEN CRYPTO AWS_SECRET",
    "CREDIT_CARD": "CREDITCARD CREDITCARDNUMBER CREDIT_CARD_NUMBER CARD",
    "IBAN": "IBAN_CODE",
    "BIC": "SWIFT SWIFT_CODE",
    "BANK_ACCOUNT": "US_BANK_NUMBER ACCOUNT ACCOUNTNUM ACCOUNTNUMBER ACCOUNT_NUMBER",
    "US_SSN": "SSN SOCIALNUM SOCIAL_SECURITY_NUMBER",
    "NATIONAL_ID": "NATIONALID IDCARDNUM ID_CARD US_ITIN UK_NHS ID",
    "PASSPORT": "US_PASSPORT PASSPORTID PASSPORT_NUMBER",
    "DRIVER_LICENSE": "US_DRIVER_LICENSE DRIVERLICENSENUM DRIVER_LICENSE_NUMBER DRIVERLICENSE",
    "TAX_ID": "TAXNUM TAXID",
    "LICENSE_PLATE": "LICENSEPLATENUM LICENSEPLATE VEHICLE_PLATE",
    "MEDICAL_RECORD": "MRN MEDICAL_RECORD_NUMBER MEDICALRECORD",
    "PROVIDER_NUMBER": "NPI PROVIDERNUMBER",
}
_TYPE_OF = {synonym: type_ for type_, synonyms in _SYNONYMS.items() for synonym in synonyms.split()}

NOT_COUNTED = frozenset({"MISC", "O"})
"""Labels of what is no personal data."""

_NEXT_BEST = (
    ("ADDRESS", "LOCATION"),
    ("LOCATION", "ADDRESS"),
    ("DATE_OF_BIRTH", "DATE"),
    ("DATE", "DATE_OF_BIRTH"),
    ("URL_CREDENTIALS", "URL"),
    ("PASSWORD", "SECRET"),
    ("SECRET", "PASSWORD"),
)


def canonical(type_: str) -> str:
    """The engine's name of a label, whatever the set calls it."""
    plain = type_.upper().replace("-", "_").replace(" ", "_")
    return _TYPE_OF.get(plain, plain)


def folding(labelled: Iterable[str]) -> Mapping[str, str]:
    """How types that the set does not label count in it: an address is a place where only places are labelled.

    `labelled` are canonical types. A type that has no place in the set is not in the mapping and counts as nothing.
    """
    known = set(labelled)
    return {type_: other for type_, other in reversed(_NEXT_BEST) if type_ not in known and other in known}
