"""Passwords behind short labels (`pw`, `PIN`), and names with their passwords in one breath (`bob / hunter2`)."""

import re
from collections.abc import Iterator

from sallyport.redaction.detectors.password import is_made
from sallyport.redaction.finding import PASSWORD, USERNAME, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({PASSWORD, USERNAME})

_SHORT: tuple[str, ...] = (
    *("pw", "pass", "psw", "pswd", "senha", "kennwort", "wachtwoord", "hasło", "lösenord", "salasana", "mdp", "пароль"),
    *("clave", "clave de acceso", "security answer", "recovery code", "one time code", "otp", "verification code"),
)
_PINS = ("pin", "pin code", "pin number", "pin no", "door code", "gate code", "alarm code", "entry code")
labels: tuple[str, ...] = (
    *(
        *_SHORT,
        *_PINS,
        "login",
        "logins",
        "log in",
        "credentials",
        "credential",
        "creds",
        "sign in",
        "access",
        "account",
    ),
    *("auth", "user and pass", "user pass", "username password", "username and password", "user and password"),
)
_LABEL_WORD = Lazily(r"[^\W\d_]+")
_WORD = Lazily(
    r"[\"'`*)]{0,3}(?:\s{0,2}(?::=|=>|->|[:=])\*{0,2}\s{0,3}|\s(?:is|was|to|ist|est|es)\s)[\"'`]?([^\s\"'`<>,;]{3,64})",
    re.IGNORECASE,
)
_PIN = Lazily(
    r"(?:\s(?:for|of|to)\s[\w ]{1,24}?)?[\"'`*)]{0,2}(?:\s{0,2}[:=#]\s{0,3}|\s(?:is|was|to|ist)\s|\s)[\"'`]?"
    r"([0-9]{4,8})(?![\w-]|[.,][0-9])"
)
_PAIR = Lazily(
    r"(?:\sfor\s[\w.-]{1,24})?(?:\s(?:with|using|details|info|are|is|as))?\s?(?:->|=>|[:=])?\s[\"'`(]?"
    r"(?P<user>[^\s\"'`:/,;()]{3,64})(?:\s[/|:]\s|\s?/\s?|:|,\s|\sand\s)(?P<word>[^\s\"'`,;()]{4,64})",
    re.IGNORECASE,
)
_TEMPLATE = Lazily(r"[$%{<\[(*]|[xX.•_-]{3,}\Z|your|//", re.IGNORECASE)


def read(text: str, start: int, end: int) -> Iterator[Finding]:
    label = " ".join(_LABEL_WORD.findall(text[start:end].lower()))
    if label in _PINS:
        pin = _PIN.match(text, end)
        if pin:
            yield Finding(PASSWORD, *pin.span(1), 0.8, "credentials")
    elif label in _SHORT:
        word = _WORD.match(text, end)
        if word:
            yield from _password(word, 1)
    else:
        pair = _PAIR.match(text, end)
        if (
            pair
            and (_mixed(pair["word"]) or is_made(pair["word"].rstrip(".!?)")))
            and not _TEMPLATE.match(pair["user"])
        ):
            yield Finding(USERNAME, *pair.span("user"), 0.75, "credentials")
            yield from _password(pair, "word")


def _password(match: re.Match[str], group: int | str) -> Iterator[Finding]:
    """A plain word behind `pass is` is prose; digits, signs and capitals inside make it a password."""
    written = match[group].rstrip(".!?)]}*")
    if len(written) >= 4 and (is_made(written) or (_mixed(written) and not _TEMPLATE.match(written))):
        yield Finding(PASSWORD, match.start(group), match.start(group) + len(written), 0.85, "credentials")


def _mixed(written: str) -> bool:
    word = written.rstrip(".!?)]}*")
    kinds = (
        any(s.isdigit() for s in word),
        any(s.isalpha() for s in word),
        any(not s.isalnum() and s not in "-'/.:" for s in word),
    )
    return sum(kinds) >= 2 or (kinds[0] and len(word) >= 4) or (word[1:] != word[1:].lower() and word != word.upper())
