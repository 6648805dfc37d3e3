"""Tax numbers of persons and companies: behind their label, and the forms that show themselves (EIN, VAT ids, CNPJ)."""

from sallyport.redaction.checksums import luhn, mod11_10, weighted
from sallyport.redaction.codes import CODE, compact, is_code
from sallyport.redaction.finding import TAX_ID
from sallyport.redaction.scheme import Scheme

type = TAX_ID
labels: tuple[str, ...] = (
    *("tax id", "tax number", "tax no", "tax num", "tax identification", "tax identification number", "taxid"),
    *("ein", "taxpayer id", "taxpayer identification number", "taxpayer number", "taxpayer", "tin"),
    *("employer identification", "employer identification number", "vat", "vat number", "vat no", "vat id"),
    *("vat reg no", "vat registration", "ust id", "ust idnr", "ustid", "steuernummer", "steuer nr", "steuer id"),
    *("steueridentifikationsnummer", "utr", "steuerliche identifikationsnummer", "idnr"),
    *("unique taxpayer reference", "partita iva", "siren", "siret", "numero fiscal", "numéro fiscal"),
    *("numero de tva", "tva", "nif", "cif", "nipc", "rfc", "cuit", "cnpj", "gstin", "gst", "abn", "acn"),
    *("inn", "nip", "regon", "btw", "btw nummer", "btw id", "cvr", "org nr", "orgnr", "organisationsnummer", "ico"),
    *("dic", "tax file number", "tfn", "ird", "ird number", "tax code", "taxnumber", "tax reference", "tax ref"),
    *("federal tax id", "fein", "tax account"),
)
value = CODE

_EIN_UNUSED_TEXT = "00 07 08 09 17 18 19 28 29 49 69 70 78 79 89 96 97"
_EIN_UNUSED = frozenset(_EIN_UNUSED_TEXT.split())
"""Prefixes of no campus (irs.gov, How EINs are assigned)."""


def accepts(written: str) -> bool:
    return is_code(written, digits=5, longest=20) and len(written) >= 6


def _itin(written: str) -> bool:
    """A number of those without a social security number: the groups that are issued (irs.gov, ITIN)."""
    group = int(written[4:6])
    return written[0] == "9" and (50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or 94 <= group <= 99)


def _cnpj(written: str) -> bool:
    digits = compact(written)
    checks = ((12, (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)), (13, (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)))
    return all((11 - weighted(digits, weights) % 11) % 11 % 10 == int(digits[at]) for at, weights in checks)


def _cuit(written: str) -> bool:
    digits = compact(written)
    return digits[:2] in ("20", "23", "24", "27", "30", "33", "34") and (
        (11 - weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11 == int(digits[10])
    )


def _french(written: str) -> bool:
    digits = compact(written)[4:]
    return luhn(digits) and int(compact(written)[2:4]) == (12 + 3 * (int(digits) % 97)) % 97


def _italian(written: str) -> bool:
    return luhn(compact(written)[2:])


def _polish(written: str) -> bool:
    digits = compact(written)[2:]
    return weighted(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(digits[9])


schemes: tuple[Scheme, ...] = (
    Scheme(TAX_ID, ("99-9999999",), lambda written: written[:2] not in _EIN_UNUSED, 0.7),
    Scheme(TAX_ID, ("999-99-9999",), _itin, 0.8),
    Scheme(TAX_ID, ("99.999.999/9999-99",), _cnpj, 0.97),
    Scheme(TAX_ID, ("99-99999999-9",), _cuit, 0.9),
    Scheme(TAX_ID, ("AA999999999",), lambda w: w[:2] == "DE" and mod11_10(w[2:]), 0.95),
    Scheme(TAX_ID, ("AAA99999999",), lambda w: w[:3] == "ATU", 0.85),
    Scheme(
        TAX_ID, ("AA99999999999",), lambda w: (w[:2] == "FR" and _french(w)) or (w[:2] == "IT" and _italian(w)), 0.9
    ),
    Scheme(TAX_ID, ("AA9999999999",), lambda w: w[:2] == "PL" and _polish(w), 0.85),
    Scheme(TAX_ID, ("AA999999999A99",), lambda w: w[:2] == "NL" and w[11] == "B", 0.95),
    Scheme(TAX_ID, ("AAA-999.999.999", "AAA-999.999.999 AAA"), lambda w: w[:3] == "CHE", 0.95),
    Scheme(TAX_ID, ("99AAAAA9999A9A9", "99AAAAA9999A9AA"), lambda w: w[13] == "Z", 0.95),  # GSTIN
    Scheme(TAX_ID, ("99 999 999 999",), lambda w: mod11_10(compact(w)) and w[0] != "0", 0.85),
)
