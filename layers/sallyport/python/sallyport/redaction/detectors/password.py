"""Passwords in sentences: `password Xk9#mm2Q`, `was it Xk9#mm2Q?`, `changed from Spring-41 to Summer-42`, in columns.

What is behind a sign (`password: …`) is for `labelled_secret`. Here a word must be made as only passwords are, and
stand right behind its label or behind a word that gives a value.
"""

import re
from collections.abc import Iterator
from itertools import islice

from sallyport.redaction.columns import Cells
from sallyport.redaction.finding import PASSWORD, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({PASSWORD})

labels: tuple[str, ...] = (
    *("password", "passwords", "passwd", "passwort", "passphrase", "passcode", "pwd", "pw", "pass", "pswd", "psw"),
    *("mot de passe", "contraseña", "senha", "wachtwoord", "kennwort", "wifi key", "wi fi key", "passkey"),
    *("locked after", "attempts with"),
)
cells = Cells(
    PASSWORD,
    ("password", "passwords", "passwd", "pwd", "passphrase", "passcode", "passwort", "mot de passe", "contraseña"),
    Lazily(r"[^\s,;|\"'`<>]{4,2000}"),
)

_REACH = 70
_MOST_WORDS = 12
_WORD = Lazily(r"[\"'`(\[]{0,2}([^\s\"'`<>]{1,66})")
_GIVING = Lazily(
    r"(?:^|[\s\"'(])(?:is|was|it|it's|its|to|from|with|(?<!in\s)as|one|be|now|used|use|try|tried|typed|entered|enter|"
    r"ist|lautet|est|es|sei|also|or|and)[:,]?[\s\"'`(]{1,3}\Z|[:=][\s\"'`(]{0,3}\Z",
    re.IGNORECASE,
)
_BEFORE = Lazily(
    r"(?<!\S)[\"'`(]?(?P<word>[^\s\"'`<>]{5,64})[\"'`)]?(?:,?\s(?:as|is|was)\s(?:your|my|his|her|their|our|the|a)\s|"
    r"\s(?:when|where|if|once|wherever)\s(?:[a-z']{1,12}\s){0,5})\Z",
    re.IGNORECASE,
)
_TEMPLATE = Lazily(
    r"\$\{?(?:[A-Z_][A-Z0-9_]*|[a-z_]+[0-9]?|[a-z]+(?:[A-Z][a-z]+){1,4})\}?|\$\(.*|\$\{.*|%[sd]|%\(\w*\)?s?|%[A-Z_]+%|\{.*\}?|<.*|\[[^\]]*\]?|\*{3,}.*|[xX.•_-]{3,}|\w*[*•]{3,}\w*"
)
_OTHER = Lazily(
    r"https?:.*|www\..*|.*://.*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|/.*|[\w./-]+\.(?:[a-z]{2,4}|html)|(?:[\w-]+\.)+\w+\(.*|"
    r"\d[\d./:,-]*\w?|(?:sha|aes|md|oauth|pbkdf|base|utf|rsa|http|ipv|log4|argon|rfc|iso|win|web|v)-?\d[\w./-]*|"
    r"[A-Z]{2,6}-\d+|\w+\(.*\)|#\d+|\w{1,24}'\w{1,2}|\w+[:=].*|&\w+;.*|.*[<>;].*|[\w.]+\(.{0,2}|[.=].*",
    re.IGNORECASE,
)
_SYMBOL = Lazily(r"[^\w\s.,'/-]")
_CAMEL = Lazily(r"(?:[A-Z]?[a-z]{2,}|[A-Z]+(?![a-z]))+")
_JOINED = Lazily(r"[a-z]{3,14}(?:-[a-z]{3,14}){2,5}(?:[-_]?[0-9]{1,4})?")
_CONNECTED = Lazily(r"[A-Z][a-z]{2,14}(?:[_!@#$%^&*+=~-][A-Za-z]{2,14}){1,3}|[a-z]{2,14}[!@#$%^&*+=~][a-z]{2,14}")
_ENDS = Lazily(
    r"[\"'`)\].,;:!?]{0,3}(?:\s(?:for|from|but|and|in|on|or|when|so|isn|does|as|anymore|to|yesterday|today|now|last|this|before|after|while|with|at|by|because)(?!\w)|\s*\Z|\n)|[.,;!?)\"'`]"
)
_UNJOINED = frozenset({"case", "two", "multi", "self", "zero", "end", "single", "well", "write", "read", "non", "long"})


def read(text: str, start: int, end: int) -> Iterator[Finding]:
    before = _BEFORE.search(text, max(0, start - 110), start)
    if before and is_made(before["word"]):
        yield Finding(PASSWORD, *before.span("word"), 0.8, "password")
    if text[end : end + 1] in tuple("_-/><.=([0123456789"):
        return
    last = end + _REACH
    for nth, match in enumerate(islice(_WORD.finditer(text, end, min(last + 66, len(text))), _MOST_WORDS)):
        if match.start() > last:
            return
        at, stop = match.start(1), _stop(text, match)
        word = text[at:stop]
        given = not text[end:at].strip(" \"'`(,") or _GIVING.search(text, max(end, at - 14), at) is not None
        if given and is_made(word) and _fits(text, word, stop, directly=nth == 0):
            yield Finding(PASSWORD, at, stop, 0.85, "password")


def is_made(written: str) -> bool:
    """Is a word written as passwords are, and as words, names, numbers, addresses and templates are not?"""
    if len(written) < 5 or _TEMPLATE.fullmatch(written) or _OTHER.fullmatch(written):
        return False
    kinds = (
        any(s.islower() for s in written),
        any(s.isupper() for s in written),
        any(s.isdigit() for s in written),
        _SYMBOL.search(written) is not None,
    )
    if kinds[3] and sum(kinds) >= 3:
        return True
    joined = _JOINED.fullmatch(written) is not None and written.split("-")[0] not in _UNJOINED
    if joined or (len(written) >= 8 and _CONNECTED.fullmatch(written)):
        return True
    return len(written) >= 6 and (
        (kinds[2] and (kinds[0] or kinds[1])) or (kinds[0] and kinds[1] and _is_random(written))
    )


def _is_random(written: str) -> bool:
    """Do its capitals stand where neither words nor camelCase has them?"""
    return written.isalpha() and len(written) >= 8 and _CAMEL.fullmatch(written) is None


def _fits(text: str, word: str, stop: int, *, directly: bool) -> bool:
    """What has neither a sign of its own nor three kinds of signs must end its clause."""
    if _SYMBOL.search(word) and any(s.isdigit() for s in word):
        return True
    kinds = any(s.islower() for s in word) + any(s.isupper() for s in word) + any(s.isdigit() for s in word)
    return (directly and kinds == 3) or (len(word) >= 8 and kinds == 3) or _ENDS.match(text, stop) is not None


def _stop(text: str, match: re.Match[str]) -> int:
    """Where the word ends: before what closes the sentence, the quotation or the brackets around it."""
    at, stop = match.span(1)
    word = text[at:stop]
    while word and (word[-1] in ".,;:?]" or (word[-1] == ")" and word.count("(") < word.count(")"))):
        word = word[:-1]
    return at + len(word)
