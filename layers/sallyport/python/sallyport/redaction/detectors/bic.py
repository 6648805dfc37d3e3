"""Bank identifier codes (ISO 9362) behind their label: eight or eleven capitals alone are also a word."""

from sallyport.redaction.finding import BIC
from sallyport.redaction.lazily import Lazily

type = BIC
labels: tuple[str, ...] = (
    *("bic", "bic code", "swift", "swift code", "swift bic", "bic swift", "swiftcode", "bank identifier code"),
    *("swift no", "swift number", "code swift", "codigo swift", "bank code"),
)
value = Lazily(r"(?<!\w)[A-Z]{4}[ -]?[A-Z]{2}[ -]?[A-Z0-9]{2}(?:[ -]?[A-Z0-9]{3})?(?!\w)")
_COUNTRIES_TEXT = (
    "AD AE AL AO AR AT AU AZ BA BB BD BE BG BH BM BN BO BR BS BY BZ CA CH CI CL CM CN CO CR CU CV CW CY CZ DE "
    "DK DO DZ EC EE EG ES ET FI FJ FO FR GA GB GE GG GH GI GR GT HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE "
    "JM JO JP KE KG KH KR KW KY KZ LA LB LI LK LT LU LV LY MA MC MD ME MG MK ML MM MN MO MR MT MU MV MW MX MY "
    "MZ NA NG NI NL NO NP NZ OM PA PE PG PH PK PL PR PS PT PY QA RO RS RU RW SA SC SD SE SG SI SK SM SN SR SV "
    "SY TD TG TH TJ TM TN TR TT TW TZ UA UG US UY UZ VA VC VE VG VN XK YE ZA ZM ZW"
)
_COUNTRIES = frozenset(_COUNTRIES_TEXT.split())


def accepts(written: str) -> bool:
    code = written.replace(" ", "").replace("-", "")
    return code[4:6] in _COUNTRIES and len(code) in (8, 11)
