"""Names of accounts: behind their label, or as a handle with @."""

import re
from collections.abc import Iterator

from sallyport.redaction.columns import Cells
from sallyport.redaction.detectors.names import is_common
from sallyport.redaction.detectors.username_words import NO_HANDLE, NO_NAME, NO_ROLE
from sallyport.redaction.finding import USERNAME, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({USERNAME})

labels: tuple[str, ...] = (
    *("username", "user name", "user names", "userid", "user id", "user login", "login", "login name", "loginid"),
    *("login id", "log in name", "log in id", "screen name", "screenname", "handle", "nickname", "nick name"),
    *(
        "uid",
        "user profile",
        "account name",
        "account username",
        "alias",
        "user",
        "usr",
        "benutzername",
        "benutzerkennung",
    ),
    *("benutzer", "nom d utilisateur", "utilisateur", "identifiant", "usuario", "nombre de usuario", "nome utente"),
    *("utente", "gebruikersnaam", "skype", "instagram", "twitter", "github", "telegram", "discord", "reddit"),
    *("tiktok", "slack", "snapchat", "steam", "gitlab", "instagram handle", "twitter handle", "github handle"),
    *("github username", "discord username", "telegram handle", "github user", "reddit username", "sign in"),
    *("signed in", "log in", "logged in", "logging in", "authenticated", "authenticate", "credentials"),
    *("credential", "creds", "account", "customer", "member", "user account"),
)
cells = Cells(
    USERNAME,
    ("username", "usernames", "user name", "login", "login name", "user id", "userid", "account name", "benutzername"),
    Lazily(r"@?[A-Za-z_][\w.+-]{2,40}"),
)
_SIGN = Lazily(
    r"[\"'`*)\]]{0,3}\s{0,2}(?::=|=>|->|[:=])\*{0,2}\s{0,3}[\"'`@]{0,2}|>(?=[\w.@+-]{3,40}<)|\s\((?=[\w.@+-]{3,40}\))|,\s(?=[\w.@+-]{0,40}[0-9_.][\w.@+-]{0,40},)"
)
_VERB = Lazily(
    r"[\"'`]?\s(?:(?:for|on|of|in|at)\s[\w .]{1,24}?\s)?(?:is|was|as|ist|est|es|"
    r"will\sbe|should\sbe|set\sto|changed\sto|called|named|to)\s(?:now\s|set\sto\s)?[\"'`@]{0,2}",
    re.IGNORECASE,
)
_NEXT = Lazily(r"\s(?P<quote>[\"'`@]?)")
_VALUE = Lazily(r"[^\W_][\w.+@-]{1,40}(?<![.+-])(?![\w(]|://)")
_DOES = Lazily(
    r"[\"'`]?(?:\s\([\w.+-]{1,40}@[\w.-]{1,40}\)|\s(?:(?:has|have|had|was|is|just|already|also|then|never|again)\s){0,2}(?:been\s)?"
    r"(?:logged|signed|log|logs|logging|locked|suspended|disabled|banned|blocked|deactivated|hacked|compromised|reports|"
    r"reported|registered|pushed|posted|tried|attempted|failed|asked|requested|complained|created|deleted|authenticated)(?!\w))",
    re.IGNORECASE,
)
_PAIRED = Lazily(
    r"[\"'`]?,?\s(?:(?:and|with)\s)?(?:(?:my|the|his|her|a)\s)?(?:password|passwd|pwd|pw|pass|passcode|token)(?!\w)",
    re.I,
)
_BEFORE = Lazily(
    r"(?<![\w@/-])(?P<name>@?[A-Za-z][\w.-]{2,40})[\"'`]?\sas\s(?:your|my|his|her|their|the)\s\Z", re.IGNORECASE
)
_TRYING = Lazily(
    r"[\"'`]?\s(?:can't|cannot|can\snot|couldn't|could\snot|is\snot\sable\sto|isn't\sable\sto|is\sunable\sto|was\sable\sto|"
    r"wants\sto|wasn't\sable\sto)\s(?:log|sign|access|connect|reset|authenticate|see|open|reach)(?!\w)",
    re.IGNORECASE,
)
_DONE_BY = Lazily(
    r" by (?<=[etu][dtp] by )(?:the\s)?(?:user\s)?[\"'`]?"
    r"(?P<name>[a-z]{4,20}[0-9]{1,4}|[a-z]{1,20}(?:_[a-z0-9]{2,20}|\.[a-z]{4,20}[0-9]{0,4}))(?![\w@(/-]|\.\w|://)",
)
_BEHIND_NAME = Lazily(
    r"\((?<=[a-z]\s\()(?P<name>[A-Za-z][\w.-]{2,30})\)\s(?:has\s|was\s|is\s)?(?:changed|reset|logged|updated|signed|locked|"
    r"registered|accessed|forgot|can't\slog|cannot\slog|suspended|banned)(?!\w)"
)
_APPOSED = Lazily(r",\s(?=[a-z][\w.+-]{3,40},\s)")
_OWN = Lazily(r"(?<!\w)(?:my|his|her|your|their|the|with|by)\s\Z", re.IGNORECASE)
_FOR = Lazily(r"(?<!\w)(?:for|of|by|from)\s\Z", re.IGNORECASE)
_KNOWN_AS = Lazily(
    r"(?<!\w)(?:(?:goes|go|known|going)\s(?:by|as)|(?:follow|find|add|message|dm)\s(?:me|him|her|us|them)\s(?:as|at|under|by))\s"
    r"(?P<name>@?[A-Za-z][\w.-]{2,38}\w)(?=\s(?:online|on\s(?:instagram|twitter|x|tiktok|reddit|twitch|discord|telegram|"
    r"github|youtube|snapchat|steam|linkedin|facebook|skype))(?!\w))",
    re.IGNORECASE,
)
_ONLINE = Lazily(r"on(?:line|\s(?:inst|twit|x|tikt|redd|twit|disc|tele|gith|yout|snap|stea|link|face|skyp))")
_ACCOUNTS = ("pass", "pwd", "account", "login", "access", "mfa", "2fa")
_OF_ACCOUNT = Lazily(
    r"(?<!\w)(?:password|passwd|passcode|pwd|account|login|access|mfa|2fa)\s(?:for|of)\s(?:user\s|account\s)?"
    r"[\"'`]?(?P<name>[a-z][\w.-]{2,38}\w|[A-Z][a-z]+(?:[A-Z][a-z]+)?[0-9]{2,4})(?![\w@(/-]|://)",
)
_ENDS_CLAUSE = Lazily(r"[.!?;]?(?:\s+(?:and|with|but|on|for)(?!\w)|\s*\Z|[,.;!?]?\n|[,.;!?]\s)")
_ENTERING = frozenset({"sign", "signed", "log", "logged", "logging", "authenticated", "authenticate", "credentials"})
_ENTERING |= {"credential", "creds"}
_ENTER = Lazily(
    r"\s?(?:(?:to|into)\s[\w.]{1,24}\s)?(?:as|with|using|are|is|:|=)\s{0,2}(?:(?:the\s)?user(?:name)?\s)?[\"'`@]{0,2}",
    re.IGNORECASE,
)
_HANDLE = Lazily(r"(?<![\w.@/`#&=+>\]}-])@([A-Za-z_]\w{2,29})(?![\w@(/-]|\.\w)")
_DOING = frozenset({"user", "user account", "usr", "account", "login", "customer", "member", "github user", "username"})
_OWN_NAMES = frozenset({"login", "handle", "nickname", "nick name", "alias", "user"})
_OWNED = frozenset({"account", "customer", "member"})
_PART = Lazily(r"[^\W\d_]{4,}")
_PAIRED_WITH = frozenset({"login", "user", "username", "account", "usr"})
_SPEAKERS = frozenset({"user", "usuario", "utilisateur", "utente", "alias"}) | _OWNED
"""`User: Anna Smith` is who speaks in a transcript, or what is told of somebody."""


def find(text: str) -> Iterator[Finding]:
    """Handles, which need no label, and names that people go by."""
    folded = text.lower()
    if any(words in folded for words in (" by ", " as ", " at ", " under ")) and _ONLINE.search(folded):
        for match in _KNOWN_AS.finditer(text):
            name = match["name"]
            if name.lower() not in NO_ROLE and (name[0].islower() or _is_written_as_name(name)):
                yield Finding(USERNAME, *match.span("name"), 0.8, "username")
    if (" for " in folded or " of " in folded) and any(word in text for word in _ACCOUNTS):
        for match in _OF_ACCOUNT.finditer(text):
            if _is_written_as_name(match["name"]):
                yield Finding(USERNAME, *match.span("name"), 0.7, "username")
    if ") " in text:
        for match in _BEHIND_NAME.finditer(text):
            if _is_no_word(match["name"]):
                yield Finding(USERNAME, *match.span("name"), 0.7, "username")
    if " by " in folded:
        for match in _DONE_BY.finditer(text):
            if _ENDS_CLAUSE.match(text, match.end()):
                yield Finding(USERNAME, *match.span("name"), 0.7, "username")
    if "@" not in text:
        return
    for match in _HANDLE.finditer(text):
        if match[1].lower() not in NO_HANDLE:
            yield Finding(USERNAME, match.start(), match.end(), 0.7, "username")


def read(text: str, start: int, end: int) -> Iterator[Finding]:
    label = text[start:end].lower()
    before = _BEFORE.search(text, max(0, start - 60), start)
    if before and _is_name(before["name"], sure=False):
        yield Finding(USERNAME, *before.span("name"), 0.7, "username")
    if label.split()[0] in _ENTERING:
        lead = _ENTER.match(text, end)
        sure = lead is not None and (
            lead.group().rstrip()[-1:] in ("=", ":")
            or (lead.group().split()[-1:] == ["as"] and _alone(text, lead.end()))
        )
    else:
        sign = _SIGN.match(text, end)
        if sign and label in _OWNED:
            return
        lead = sign or _VERB.match(text, end) or _apposed(text, start, end) or _NEXT.match(text, end)
        sure = lead is not None and _surely_named(text, label, lead, by_sign=sign is not None)
    value = _VALUE.match(text, lead.end()) if lead else None
    if value and _is_name(value.group(), sure=sure):
        yield Finding(USERNAME, *value.span(), 0.8 if sure else 0.7, "username")


def _surely_named(text: str, label: str, lead: re.Match[str], *, by_sign: bool) -> bool:
    """Is what stands behind label and lead a name however it is written: `username: smith`?"""
    quoted = lead.group()[-1] in "\"'`@"
    if by_sign and (lead.group()[-1] in ">("):
        return label not in _SPEAKERS
    if by_sign or quoted:
        return label not in _SPEAKERS or (by_sign and (quoted or "=" in lead.group()))
    value = _VALUE.match(text, lead.end())
    if value is None or value.group().lower() in NO_ROLE:
        return False
    if lead.group() == ", ":
        return _is_no_word(value.group())
    ending = _ENDS_CLAUSE.match(text, value.end()) is not None
    if label.endswith(("name", "names", "id")) and (ending or _PAIRED.match(text, value.end())):
        return len(lead.group()) > 1 or not value.group()[0].isupper()
    before = text[
        max(0, value.start() - len(lead.group()) - len(label) - 8) : value.start() - len(lead.group()) - len(label)
    ]
    if label in _OWN_NAMES and len(lead.group()) > 1:
        return ending and _OWN.search(before) is not None
    if label not in _DOING or value.group()[0].isupper():
        return False
    behind = (_DOES, _TRYING, _PAIRED) if label in _PAIRED_WITH else (_DOES, _TRYING)
    return any(pattern.match(text, value.end()) for pattern in behind) or (
        label in ("user", "github user")
        and ending
        and (_FOR.search(before) is not None or (before.endswith("the ") and _is_no_word(value.group())))
    )


def _apposed(text: str, start: int, end: int) -> re.Match[str] | None:
    """`her username, valencia-which, and`"""
    own = _OWN.search(text, max(0, start - 8), start)
    return _APPOSED.match(text, end) if own else None


def _is_no_word(written: str) -> bool:
    """Is it written as names of accounts are, or of letters that no dictionary has?"""
    parts = _PART.findall(written)
    return _is_written_as_name(written) or any(not is_common(part) for part in parts)


def _alone(text: str, start: int) -> bool:
    """Is the word at `start`, in small letters and no role, the last of its clause?"""
    value = _VALUE.match(text, start)
    return (
        value is not None
        and value.group()[0].islower()
        and value.group().lower() not in NO_ROLE
        and not value.group().endswith("ly")
        and _ENDS_CLAUSE.match(text, value.end()) is not None
    )


def _is_written_as_name(written: str) -> bool:
    return any(sign.isdigit() or sign in "._@" for sign in written)


def _is_name(written: str, *, sure: bool) -> bool:
    """After a sign any word that is none of the language; in prose it must be written as only names of accounts are."""
    if written.lower() in NO_NAME or len(written) < 3 or (written.isdigit() and len(written) < 5):
        return False
    shaped = any(sign.isdigit() or sign in "_.@" for sign in written) and any(sign.isalpha() for sign in written)
    return sure or shaped or (written[1:].lower() != written[1:] and written[0].islower())
