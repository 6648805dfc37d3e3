"""Names of accounts: behind their label, or as a handle with @."""

import re
from collections.abc import Iterator

from sallyport.redaction.finding import USERNAME, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({USERNAME})

labels: tuple[str, ...] = (
    *("username", "user name", "user names", "userid", "user id", "user login", "login", "login name", "loginid"),
    *("login id", "log in name", "log in id", "screen name", "screenname", "handle", "nickname", "nick name"),
    *("uid", "account name", "account username", "alias", "user", "usr", "benutzername", "benutzerkennung"),
    *("benutzer", "nom d utilisateur", "utilisateur", "identifiant", "usuario", "nombre de usuario", "nome utente"),
    *("utente", "gebruikersnaam", "skype", "instagram", "twitter", "github", "telegram", "discord", "reddit"),
    *("tiktok", "slack", "snapchat", "steam", "gitlab", "instagram handle", "twitter handle", "github handle"),
    *("github username", "discord username", "telegram handle", "github user", "reddit username", "sign in"),
    *("signed in", "log in", "logged in", "logging in", "authenticated", "authenticate", "credentials"),
    *("credential", "creds"),
)
_SIGN = Lazily(r"[\"'`*)\]]{0,3}\s{0,2}(?::=|=>|->|[:=])\*{0,2}\s{0,3}[\"'`@]{0,2}")
_VERB = Lazily(
    r"[\"'`]?\s(?:(?:for|on|of|in|at)\s[\w .]{1,24}?\s)?(?:is|was|as|ist|est|es|"
    r"will\sbe|should\sbe|set\sto|changed\sto|called|named|to)\s(?:now\s|set\sto\s)?[\"'`@]{0,2}",
    re.IGNORECASE,
)
_NEXT = Lazily(r"\s(?P<quote>[\"'`@]?)")
_VALUE = Lazily(r"[^\W_][\w.+@-]{1,40}(?<![.+-])(?![\w(]|://)")
_ENDS_CLAUSE = Lazily(r"[.!?;]?(?:\s+(?:and|with|but|on|for)(?!\w)|\s*\Z|[,.;!?]?\n|[,.;!?]\s)")
_ENTERING = frozenset({"sign", "signed", "log", "logged", "logging", "authenticated", "authenticate", "credentials"})
_ENTERING |= {"credential", "creds"}
_ENTER = Lazily(
    r"\s?(?:(?:to|into)\s[\w.]{1,24}\s)?(?:as|with|using|are|is|:|=)\s{0,2}(?:(?:the\s)?user(?:name)?\s)?[\"'`@]{0,2}",
    re.IGNORECASE,
)
_HANDLE = Lazily(r"(?<![\w.@/`#&=+>\]}-])@([A-Za-z_]\w{2,29})(?![\w@(/-]|\.\w)")
_SPEAKERS = frozenset({"user", "usuario", "utilisateur", "utente", "alias"})
"""`User: Anna Smith` is who speaks in a transcript, or what is told of somebody."""
_NO_HANDLE_TEXT = (
    "media import charset font-face keyframes supports layer property staticmethod classmethod abstractmethod "
    "dataclass override deprecated param return returns throws see since author version todo pytest app router "
    "bean autowired test before after component injectable input output everyone here channel types babel "
    "angular vue attr cached_property lru_cache cache wraps overload final model_validator field_validator "
    "decorator functools contextmanager click mock patch given settings json type id context graph value "
    "container include extends apply tailwind"
)
_NO_HANDLE = frozenset(_NO_HANDLE_TEXT.split())
_NO_NAME_TEXT = (
    "and or the a an is was are not no none null nil true false required optional invalid incorrect wrong "
    "missing taken unknown string str int text name username password email login user field here below above "
    "in on for of to with by who that which already available empty undefined unique valid must should can "
    "cannot will has have had does did be been being input page screen button form prompt attempt error failed "
    "success successful time times your my his her their our its this that these those information details data "
    "credentials id ids at from as it you we they i if when example case sensitive default set admin root guest "
    "anonymous changed correct locked disabled enabled expired both only active inactive logged signed also so "
    "but please now via using stories story story's interface experience agent manual guide account accounts "
    "group groups role roles type list profile service management support base count message messages prompt "
    "query question request requests input content token tokens secret key keys object model class"
)
_NO_NAME = frozenset(_NO_NAME_TEXT.split())


def find(text: str) -> Iterator[Finding]:
    """Handles, which need no label."""
    if "@" not in text:
        return
    for match in _HANDLE.finditer(text):
        if match[1].lower() not in _NO_HANDLE:
            yield Finding(USERNAME, match.start(), match.end(), 0.7, "username")


def read(text: str, start: int, end: int) -> Iterator[Finding]:
    label = text[start:end].lower()
    if label.split()[0] in _ENTERING:
        lead = _ENTER.match(text, end)
        sure = lead is not None and lead.group().rstrip()[-1:] in ("=", ":")
    else:
        sign = _SIGN.match(text, end)
        lead = sign or _VERB.match(text, end) or _NEXT.match(text, end)
        sure = lead is not None and _surely_named(text, label, lead, by_sign=sign is not None)
    value = _VALUE.match(text, lead.end()) if lead else None
    if value and _is_name(value.group(), sure=sure):
        yield Finding(USERNAME, *value.span(), 0.8 if sure else 0.7, "username")


def _surely_named(text: str, label: str, lead: re.Match[str], *, by_sign: bool) -> bool:
    """Is what stands behind label and lead a name however it is written: `username: smith`?"""
    quoted = lead.group()[-1] in "\"'`@"
    if by_sign or quoted:
        return label not in _SPEAKERS or (by_sign and (quoted or "=" in lead.group()))
    value = _VALUE.match(text, lead.end())
    named = label.endswith(("name", "names", "id")) and len(lead.group()) > 1
    return named and value is not None and _ENDS_CLAUSE.match(text, value.end()) is not None


def _is_name(written: str, *, sure: bool) -> bool:
    """After a sign any word that is none of the language; in prose it must be written as only names of accounts are."""
    if written.lower() in _NO_NAME or len(written) < 3 or (written.isdigit() and len(written) < 5):
        return False
    shaped = any(sign.isdigit() or sign in "_.@" for sign in written) and any(sign.isalpha() for sign in written)
    return sure or shaped or (written[1:].lower() != written[1:] and written[0].islower())
