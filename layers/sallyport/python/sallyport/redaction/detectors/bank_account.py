"""Account numbers and the codes of banks that go with them (ABA routing, sort code, BSB, CLABE), behind their label."""

from sallyport.redaction.codes import digits_of, is_code
from sallyport.redaction.finding import BANK_ACCOUNT
from sallyport.redaction.lazily import Lazily

type = BANK_ACCOUNT
labels: tuple[str, ...] = (
    *("account number", "account no", "account num", "account nr", "account #", "account id", "acct", "acct no"),
    *("acct number", "acct #", "bank account", "bank account number", "checking account", "savings account"),
    *("account", "current account", "accountnumber", "bankaccount", "routing number", "routing no", "routing"),
    *("aba", "aba number", "aba routing", "transit number", "sort code", "sortcode", "bsb", "ifsc", "ifsc code"),
    *("clabe", "cbu", "bban", "kontonummer", "konto nr", "kontonr", "konto", "bankleitzahl", "blz"),
    *("numero de compte", "numéro de compte", "rib", "numero de cuenta", "número de cuenta", "cuenta"),
    *("conto corrente", "numero di conto", "rekeningnummer", "agencia", "conta corrente", "conta bancaria"),
    *("numer konta", "bankkonto", "bankgiro", "beneficiary account"),
)
value = Lazily(
    r"(?<![\w@.-])(?:[A-Z]{4}0[A-Z0-9]{6}|(?=[A-Z]{0,9}[0-9])[A-Z0-9]{10,30}(?![\w-])|"
    r"[A-Z]{0,4}-?[0-9][0-9]{0,25}(?:[ -][0-9]{2,10}){0,5})"
    r"(?!\w|[.,][0-9]|%|-[A-Za-z])"
)
_SORT_CODE = Lazily(r"[0-9]{2}[ -][0-9]{2}[ -][0-9]{2}")


def accepts(written: str) -> bool:
    digits = digits_of(written)
    return (6 <= len(digits) <= 28 and is_code(written, digits=6, longest=30)) or _SORT_CODE.fullmatch(
        written
    ) is not None
