"""Passwords, keys and tokens without a shape of their own: `password: …`, `api_key=…`, `Authorization: Bearer …`.

The label makes the candidate; what follows must look like a secret rather than like prose, a type or a template.
"""

import re
from collections.abc import Iterable

from sallyport.redaction.detectors.password import is_made
from sallyport.redaction.finding import PASSWORD, SECRET, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({PASSWORD, SECRET})

_PASSWORD_LABELS = (*("password", "passwd", "passwort", "passphrase", "passcode", "pwd", "contraseña", "mot de passe"),)
_KEY_LABELS = (*("secret", "token", "key", "bearer", "basic", "credential"),)
_BEFORE_KEY = Lazily(
    r"(?:api|access|account|secret|private|auth|encryption|signing|shared|master|subscription|service|license|"
    r"client|app|admin|webhook|ssh|session|security|refresh|recovery|activation|product|licen[cs]e|host)[ _-]?\Z",
    re.IGNORECASE,
)
_LONG_KEY = Lazily(r"\s(?=\w{0,64}[a-z])(?=\w{0,64}[A-Z])(?=\w{0,64}[0-9])\w{20,64}(?!\w)")
_AS_KEY = Lazily(
    r"(?<![\w./+=-])(?=(?:[A-Za-z+/=]{0,60}[0-9]){2})(?P<key>[A-Za-z0-9+/=]{20,128})[\"'`]?,?\s(?:as|is)\s(?:the|your|our|my|an?|this|its)\s(?:\w{1,12}\s){0,2}\Z"
)
_BEFORE_BASIC = Lazily(r"authorization[\"']?\s?[:=]\s?[\"']?\Z", re.IGNORECASE)
_SUFFIX = r"(?:[ _-]?(?:access[ _-]?)?(?:keys?|value|token|code|phrase|string))?[0-9]?"
_SIGN = Lazily(
    rf"{_SUFFIX}[\\\"'`*)\]]{{0,3}}\s{{0,3}}(?::=|=>|->|[:=>])\*{{0,2}}\s{{0,3}}(?=\S)(?![=>])", re.IGNORECASE
)
_VERB = Lazily(
    rf"{_SUFFIX}(?:\s(?:for|to|of|on|at)\s[\w'@.-]{{1,24}}(?:\s[\w'@.-]{{1,24}}){{0,3}}?)?"
    r"(?:\s(?:(?:was\s|is\s)?(?:changed|set|reset)\sto|is|was|ist|lautet|es|est|to|as))(?:\snow)?(?:\s?:)?\s(?=\S)",
    re.IGNORECASE,
)
_SPACE = Lazily(rf"{_SUFFIX}\s{{1,3}}(?=\S)", re.IGNORECASE)
_QUOTED = Lazily(r"\\?([\"'`])([^\"'`\n]{256}|[^\"'`\n]{3,256}(?=\1))")
_BARE = Lazily(r"[\"'`*]{0,2}((?:[^\s\"'`<>,;&]|&(?!\w{1,32}=)){3,256}+)")
_END_OF_LINE = Lazily(r"[\"'`*.]{0,3}[ \t]{0,8}(?:[\n,;<&}]|\Z)")

_TEMPLATE = Lazily(r"&(?:quot|apos|lt|gt|amp|#)|[$%{<(\[]|\*{3}|[xX.•_-]{3,}\Z|your[_-]|<|\.\.\.", re.IGNORECASE)
_CODE = Lazily(
    r"(?:os|self|this|process|config|settings|env|req|request|ctx|args|params|props|options|secrets|data|app|user|"
    r"import|module)\.|[A-Za-z_][\w.]{0,64}[(\[]",
    re.IGNORECASE,
)
_SHORTEST_KEY = 8
_SHORTEST_UNSIGNED = 12
_LONG = 20
_SYMBOL = Lazily(r"[^\w\s.'/-]")
_INNER_CAPITAL = Lazily(r"[a-z0-9][A-Z]")
_NO_SECRET = Lazily(
    r"str(?:ing)?|text|bool(?:ean)?|number|integer|none|null|nil|true|false|required|optional|passwor[dt]|secret|token|"
    r"hidden|masked|redacted|example|changed|(?:in)?correct|wrong|(?:in)?valid|missing|expired|empty|unset|undefined|"
    r"here|below|above|secretstr|varchar|(?:en|dis)abled|protected|(?:un)?encrypted|unknown|input|field",
    re.IGNORECASE,
)


def find(text: str) -> Iterable[Finding]:
    folded = text.lower()
    for labels, is_password in ((_PASSWORD_LABELS, True), (_KEY_LABELS, False)):
        for label in labels:
            at = folded.find(label)
            while at >= 0:
                end = at + len(label)
                ahead = None if is_password else _AS_KEY.search(text, max(0, at - 170), at)
                if ahead and _looks_like_key(ahead["key"]) and not _is_no_secret(ahead["key"]):
                    yield Finding(SECRET, *ahead.span("key"), 0.8, "labelled_secret")
                span = _value_after(text, label, at, end, is_password)
                if span:
                    yield Finding(
                        PASSWORD if is_password else SECRET, *span, 0.9 if is_password else 0.85, "labelled_secret"
                    )
                at = folded.find(label, end)


def _value_after(text: str, label: str, at: int, end: int, is_password: bool) -> tuple[int, int] | None:
    before = text[max(0, at - 18) : at]
    if (label == "key" and not (_BEFORE_KEY.search(before) or _LONG_KEY.match(text, end))) or (
        label == "basic" and not _BEFORE_BASIC.search(before)
    ):
        return None
    sign = _SPACE.match(text, end) if label in ("bearer", "basic") else _SIGN.match(text, end)
    verb = None if sign else _VERB.match(text, end)
    bare = None if sign or verb or is_password else _SPACE.match(text, end)
    if not (lead := sign or verb or bare):
        return None
    quoted = _QUOTED.match(text, lead.end())
    value = quoted or _BARE.match(text, lead.end())
    if not value:
        return None
    start, stop = value.span(2) if quoted else value.span(1)
    stop = start + len(text[start:stop].rstrip("\\" if quoted else ".!?:)]}*\\"))
    written = text[start:stop]
    if _is_no_secret(written):
        return None
    if is_password:
        standing_alone = sign is not None and (quoted is not None or _END_OF_LINE.match(text, stop) is not None)
        return (start, stop) if _looks_like_password(written, standing_alone, sign is not None) else None
    shortest = _SHORTEST_UNSIGNED if bare else _SHORTEST_KEY
    return (start, stop) if len(written) >= shortest and _looks_like_key(written) else None


def _is_no_secret(written: str) -> bool:
    return (
        _NO_SECRET.fullmatch(written) is not None
        or (_TEMPLATE.match(written) is not None and not is_made(written))
        or _CODE.match(written) is not None
        or "://" in written
    )


def _looks_like_password(written: str, standing_alone: bool, after_sign: bool) -> bool:
    """A plain word is a password only where nothing else can be meant: after a sign, alone on its line or quoted."""
    if " " in written and not any(c.isdigit() for c in written):
        return False
    if standing_alone and len(written) >= 4:
        return True
    has_digit = any(c.isdigit() for c in written)
    shape = has_digit or _SYMBOL.search(written) or _INNER_CAPITAL.search(written)
    return bool(shape) and len(written) >= (4 if after_sign else 5)


def _looks_like_key(written: str) -> bool:
    letters = sum(c.isalpha() for c in written)
    others = 1 if len(written) >= _LONG else 2
    return " " not in written and letters >= 2 and len(written) - letters >= others and _digit(written)


def _digit(written: str) -> bool:
    return any(c.isdigit() for c in written)
