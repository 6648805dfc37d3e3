"""Telephone numbers: international (E.164), North American by shape, all others by the words before them."""

import re
from collections.abc import Iterable

from sallyport.redaction.context import announced, clause, followed, words
from sallyport.redaction.finding import PHONE, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({PHONE})

# Every digit takes at most two separators with it, so a run can be read in one way only.
_RUN = Lazily(
    r"[+(0-9](?<![\w$€£#/-][+(0-9])(?<![0-9][.,][+(0-9])(?:[ ().\-/]{0,2}[0-9]){6,29}+(?=\W|x[0-9]{1,6}(?!\w)|\Z)"
)
_AMERICAN = Lazily(
    r"(?<![0-9])(?:1[ .-]?)?(?:\([2-9][0-9]{2}\)[ -]?|[2-9][0-9]{2}([ .-]))[2-9][0-9]{2}[ .-][0-9]{4}(?![0-9])"
)
_EXTENSION = Lazily(r",?\s?(?:x|ext\.?|extension)\s?[0-9]{1,6}(?!\w)", re.IGNORECASE)
_GROUP = Lazily(r"[0-9]+")
_DATE = Lazily(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])|[0-9]{1,2}([-/.])[0-9]{1,2}\2[0-9]{4}(?![0-9])")
_TIMESTAMP = Lazily(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]{7}")
_AMOUNT = Lazily(r"\s?(?:%|€|\$|£|usd|eur|gbp|dollars|euros|items|units|users|people|years)", re.IGNORECASE)
_WORDS = words(
    *("(?:tele|cell|i)?phones?(?: ?(?:number|no|nr|#))?", "tel", "telefon(?:o|nummer)?", "tlf", "téléphone", "tél"),
    *("teléfono", "calls?", "called", "calling", "mobile", "cell", "móvil", "handy", "portable", "fax", "whatsapp"),
    *("sms", "dial", "reach(?:ed)?", "ring", "hotline", "helpline", "contact", "ph", "mob", "text (?:me|him|her|us)"),
    "(?:my|his|her|their|your|our|home|work|office|direct) (?:number|line)",
)
_OTHER = words(
    *("orders?", "invoice", "tickets?", "tracking", "case", "ref", "reference", "serial", "isbn", "account", "acct"),
    *("version", "part", "model", "sku", "policy", "claim", "ssn", "passport", "id", "card", "total", "sum", "imei"),
    *("batch", "build", "confirmation", "booking", "reservation", "transaction", "device", "product", "item", "lot"),
)
_KIND_BEHIND = Lazily(
    r"[\s,(-]{0,3}(?:office|fax|mobile|cell|home|work|direct|phone|tel|landline|handy|mobil|[ocmhwf])(?![\w'])",
    re.IGNORECASE,
)
_SHORTEST, _LONGEST = 7, 15  # E.164 allows 15

# Digits of a national number after the country code (ITU national numbering plans), where a plan fixes them.
_NATIONAL_DIGITS = {
    **dict.fromkeys(("1", "7", "20", "44", "52", "54", "57", "63", "82", "84", "86", "90", "91", "92", "98"), 10),
    **dict.fromkeys(("27", "31", "33", "34", "41", "48", "51", "56", "61", "66", "212", "234", "351", "353"), 9),
    **dict.fromkeys(("380", "420", "421", "966", "971", "972"), 9),
    **dict.fromkeys(("45", "47", "65", "216", "852"), 8),
    **dict.fromkeys(("39", "49", "43", "55", "81", "62", "60"), 11),
}


def find(text: str) -> Iterable[Finding]:
    for run in _RUN.finditer(text):
        span = _international(run) or _american(text, run) or _national(text, run)
        if span:
            start, end = span
            extension = _EXTENSION.match(text, end)
            yield Finding(PHONE, start, extension.end() if extension else end, 0.8, "phone")


def _international(run: re.Match[str]) -> tuple[int, int] | None:
    written = run.group()
    digits = "".join(filter(str.isdigit, written))
    if not written.startswith("+"):
        if not written.startswith("00") or len(digits) < 11:
            return None
        digits = digits[2:]
    if digits.startswith("0"):
        return None
    prefix = 0 if written.startswith("+") else 2
    most = next(
        (size + _NATIONAL_DIGITS[digits[:size]] for size in (1, 2, 3) if digits[:size] in _NATIONAL_DIGITS), _LONGEST
    )
    trunk_zero = "(0)" in written
    end = _cut(run, prefix + most + trunk_zero)
    return (run.start(), end) if end else None


def _american(text: str, run: re.Match[str]) -> tuple[int, int] | None:
    match = _AMERICAN.search(run.group())
    if not match or match[1] == " ":
        return None
    start, end = run.start() + match.start(), run.start() + match.end()
    by_others = announced(text, start, _OTHER, _WORDS, reach=max(20, clause(text, start, 40)))
    return None if by_others else (start, end)


def _national(text: str, run: re.Match[str]) -> tuple[int, int] | None:
    start = run.start() + (run.group().startswith("(") and ")" not in run.group())
    end = _cut(run, 12) or (None if _TIMESTAMP.fullmatch(run.group()) else _cut(run, _LONGEST))
    if not end or _DATE.match(text, start) or _AMOUNT.match(text, end):
        return None
    if announced(text, start, _WORDS, _OTHER) or followed(text, end, _WORDS, reach=16) or _KIND_BEHIND.match(text, end):
        return start, end
    return None


def _cut(run: re.Match[str], most: int) -> int | None:
    """Where the last group of digits ends that still belongs to a number of at most `most` digits."""
    total, end = 0, None
    for group in _GROUP.finditer(run.group()):
        total += len(group.group())
        if total > most:
            break
        if total >= _SHORTEST:
            end = run.start() + group.end()
    return end
