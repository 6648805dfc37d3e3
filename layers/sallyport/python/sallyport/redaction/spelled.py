"""Values written apart or in words: `4 1 1 1`, `four one one one`, `bob (at) example dot org`, `4111_1111_1111`."""

import re
from collections import Counter
from collections.abc import Iterator

from sallyport.redaction.excerpts import Edit
from sallyport.redaction.lazily import Lazily

_DIGIT_BY_WORD = {
    **dict(
        zip(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), "0123456789", strict=True)
    ),
    "oh": "0",
}
_DIGIT_WORD = rf"(?:{'|'.join(_DIGIT_BY_WORD)})"
_WORDS = Lazily(rf"(?<![a-z])(?:{_DIGIT_WORD}[\s,.-]{{1,3}}){{5,40}}{_DIGIT_WORD}(?![a-z])", re.IGNORECASE)
_FEWEST_WORDS = 6

_APART = Lazily(r"[0-9](?<![\w.,][0-9])(?:[ ._*/-]{1,3}[0-9](?![0-9])){6,60}")
_SEPARATORS = Lazily(r"[^0-9]+")
_LETTERS_IN_A_ROW = Lazily(r" \S \S \S ")
_LETTERS_APART = Lazily(r"(?<!\S)[^\s](?: [^\s](?!\S)){7,120}")
_GROUPS = Lazily(
    r"[0-9](?<![\w][0-9])[0-9OIl]{3}(?P<four>[\W_]{0,3})[0-9OIl]{4}(?:(?P=four)[0-9OIl]{4}){2}(?![\w])|"
    r"[0-9](?<![\w][0-9])[0-9]{3}(?P<six>[\W_]{1,3})[0-9]{6}(?P=six)[0-9]{5}(?!\w)"
)
_THREE_TWO_FOUR = Lazily(r"[0-9](?<![\w.-][0-9])[0-9]{2}(\s?[/_|]\s?|\s-\s|--|\s{2,3})[0-9]{2}\1[0-9]{4}(?![\w-])")
_LETTER_DIGITS = str.maketrans("OIl", "011")
_FEWEST_DIGITS = 10

_AT = r"\s?[\[({<]\s?(?:at|@|ät|à|arroba|arobase|chiocciola)\s?[\])}>]\s?"
_DOT = r"\s?[\[({<]\s?(?:dot|punkt|punto|point|\.)\s?[\])}>]\s?"
_BRACKETED = Lazily(rf"(?<=\w)(?:(?P<at>{_AT})|(?P<dot>{_DOT}))(?=\w)", re.IGNORECASE)
_SAID = Lazily(
    r"(?<![\w.+-])[\w.+-]{1,40}(?P<at>\s(?:at|@|arobase|arroba|chiocciola)\s|_at_|-at-)[\w-]{1,40}"
    r"(?P<rest>(?:(?:\s(?:dot|point|punkt|punto|\.)\s|_dot_|-dot-)[A-Za-z][\w-]{0,24}){1,4})",
    re.IGNORECASE,
)
_LOOSE = Lazily(
    r"(?<![\w.+-])[\w.+-]{3,40}(?P<at>\s?@\s|\s@\s?)[\w-]{2,40}(?P<rest>(?:\s?\.\s?[A-Za-z][\w-]{1,24}){1,4})"
)
_BRACKETS = (
    "(at",
    "( at",
    "[at",
    "[ at",
    "{at",
    "<at",
    "(@",
    "[@",
    "(dot",
    "[dot",
    "[.]",
    "(.)",
    "(arroba",
    "(ät",
    "(chioc",
    "(à",
    "(arob",
)
_TOPS = frozenset(
    {"com", "org", "net", "edu", "gov", "info", "biz", "dev", "app", "mail", "cloud", "online", "example", "test"}
)
_DOTS = (" dot ", "dot_", "-dot-", " point ", " punkt ", " punto ")
_COMMA = Lazily(r"@[\w-]{2,40}([,。｡])(?:com|org|net|edu|gov|de|fr|uk|io|example|test)(?![\w.])")
_BROKEN = Lazily(r"\n(?<=[0-9][ -][0-9]{4}\n)[ \t>]{0,3}(?=[0-9]{4}(?![0-9]))")
_SAID_DOT = Lazily(r"\s?(?:dot|point|punkt|punto|\.)\s?|[_-]dot[_-]", re.IGNORECASE)


def edits(text: str) -> Iterator[Edit]:
    """What is meant, in order and without overlap."""
    found = sorted(_all(text), key=lambda edit: (edit[0], -edit[1]))
    end = 0
    for edit in found:
        if edit[0] >= end:
            yield edit
            end = edit[1]


def _all(text: str) -> Iterator[Edit]:
    for match in _APART.finditer(text):
        yield from _together(match)
    for match in _GROUPS.finditer(text):
        if sum(sign.isdigit() for sign in match.group()) >= _FEWEST_DIGITS and not _is_plain(match.group()):
            meant = _SEPARATORS.sub(" ", match.group().translate(_LETTER_DIGITS))
            yield match.start(), match.end(), meant
    for match in _THREE_TWO_FOUR.finditer(text):
        yield match.start(1), match.end(1), "-"
        yield match.end(1) + 2, match.end(1) + 2 + len(match[1]), "-"
    folded = text.lower()
    if sum(folded.count(word) for word in _DIGIT_BY_WORD) >= _FEWEST_WORDS:
        for match in _WORDS.finditer(text):
            words = re.findall(_DIGIT_WORD, match.group().lower())
            yield match.start(), match.end(), "".join(_DIGIT_BY_WORD[word] for word in words)
    for match in _LETTERS_APART.finditer(text) if _LETTERS_IN_A_ROW.search(text) else ():
        if not match.group().replace(" ", "").isdigit():
            yield match.start(), match.end(), match.group().replace(" ", "")
    for match in _BROKEN.finditer(text):
        yield match.start(), match.end(), " "
    yield from _addresses(text, folded)


def _is_plain(written: str) -> bool:
    """Is it what the number families read already?"""
    return all(sign.isdigit() or sign in " -" for sign in written) and "  " not in written and " -" not in written


def _together(match: re.Match[str]) -> Iterator[Edit]:
    """The most frequent separator stands between digits, any other one between groups."""
    separators = [
        (match.start() + s.start(), match.start() + s.end(), s.group()) for s in _SEPARATORS.finditer(match.group())
    ]
    [(most, _)] = Counter(written for *_, written in separators).most_common(1)
    for start, end, written in separators:
        yield start, end, "" if written == most else "-"


def _addresses(text: str, folded: str) -> Iterator[Edit]:
    if any(sign in text for sign in "([{<") and any(bracket in folded for bracket in _BRACKETS):
        for match in _BRACKETED.finditer(text):
            yield match.start(), match.end(), "@" if match["at"] else "."
    said = any(dot in folded for dot in _DOTS)
    if "@" in text:
        for match in _COMMA.finditer(text):
            yield match.start(1), match.end(1), "."
    spaced = " @" in text or "@ " in text
    for pattern in (*([_SAID] if said else ()), *([_LOOSE] if spaced else ())):
        for match in pattern.finditer(text):
            top = re.split(r"[\W_]", match["rest"])[-1].lower()
            if len(top) > 2 and top not in _TOPS:
                continue
            yield match.start("at"), match.end("at"), "@"
            for dot in _SAID_DOT.finditer(match["rest"]):
                yield match.start("rest") + dot.start(), match.start("rest") + dot.end(), "."
