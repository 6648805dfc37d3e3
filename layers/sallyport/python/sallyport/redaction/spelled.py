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
_TEN_BY_WORD = dict(
    zip(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), range(2, 10), strict=True)
)
_TEEN_BY_WORD = dict(
    zip(
        ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        range(10, 20),
        strict=True,
    )
)
_DIGIT_WORD = rf"(?:{'|'.join(_DIGIT_BY_WORD)})"
_SAID_NUMBER = (
    rf"(?:(?P<times>double|triple)\s(?P<again>{_DIGIT_WORD})|(?P<ten>{'|'.join(_TEN_BY_WORD)})"
    rf"(?:[\s-](?P<one>{_DIGIT_WORD}))?(?![a-z])|(?P<teen>{'|'.join(_TEEN_BY_WORD)})(?![a-z])|(?P<digit>{_DIGIT_WORD})(?![a-z])|"
    r"(?P<plus>plus)|(?P<figures>[0-9]{1,4}))"
)
_SAID_NUMBERS = Lazily(_SAID_NUMBER)
_UNNAMED = re.sub(r"\?P<\w+>", "?:", _SAID_NUMBER)
# Atomic, as `twenty one` can be read as one number or two: each way of reading a long list would be tried.
_WORDS = Lazily(rf"(?<![a-z0-9])(?>{_UNNAMED})(?>[\s,.-]{{1,3}}(?>{_UNNAMED})){{3,40}}+(?![a-z0-9])")
_FEWEST_WORDS = 4
_FEWEST_SAID = 6
_TELLING = ("double ", "triple ", "plus ", "pin: ", "pin is ", "code: ", "code is ")
_SHORT_NUMBERS = Lazily(r"(?<![a-z])(?:pin|code|passcode|cvv|cvc)[\w\s:,]{1,12}\Z")

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
_LOOKALIKES = Lazily(r"[0-9](?<![\w.][0-9])[0-9OIl]{0,4}(?:[ -][0-9OIl]{2,5}){2,5}(?!\w)")
_FEWEST_DIGITS, _MOST_LETTERS = 7, 3

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
_PROVIDERS = ("gmail", "yahoo", "hotmail", "outlook", "icloud", "protonmail", "gmx", "aol")
_PROVIDER = Lazily(
    r"(?<![\w.+@-])(?=[\w+-]{0,30}[._0-9])[\w.+-]{3,40}(?P<at>\s?[(\[{](?:at\s|@\s?)?|\sat\s)"
    rf"(?P<provider>{'|'.join(_PROVIDERS)})(?P<end>[)\]}}]|(?![\w.@]))",
    re.IGNORECASE,
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
        if not _is_plain(match.group()):
            meant = _SEPARATORS.sub(" ", match.group().translate(_LETTER_DIGITS))
            yield match.start(), match.end(), meant
    for match in _LOOKALIKES.finditer(text):
        digits = sum(sign.isdigit() for sign in match.group())
        if digits >= _FEWEST_DIGITS and 0 < sum(sign in "OIl" for sign in match.group()) <= _MOST_LETTERS:
            yield match.start(), match.end(), match.group().translate(_LETTER_DIGITS)
    for match in _THREE_TWO_FOUR.finditer(text):
        yield match.start(1), match.end(1), "-"
        yield match.end(1) + 2, match.end(1) + 2 + len(match[1]), "-"
    folded = text.lower()
    fewest = _FEWEST_WORDS if any(word in folded for word in _TELLING) else _FEWEST_SAID
    if sum(folded.count(word) for word in _DIGIT_BY_WORD) >= fewest:
        for match in _WORDS.finditer(folded):
            yield from _said(match)
    for match in _LETTERS_APART.finditer(text) if _LETTERS_IN_A_ROW.search(text) else ():
        if not match.group().replace(" ", "").isdigit():
            yield match.start(), match.end(), match.group().replace(" ", "")
    for match in _BROKEN.finditer(text):
        yield match.start(), match.end(), " "
    yield from _addresses(text, folded)


def _said(match: re.Match[str]) -> Iterator[Edit]:
    """`plus four four twenty seven`, `oh seven double one`: most of it in words, and long enough for a number."""
    said = list(_SAID_NUMBERS.finditer(match.group()))
    written = "".join(map(_digits, said))
    in_words = sum(not each["figures"] for each in said)
    short = len(written) >= _FEWEST_WORDS and _SHORT_NUMBERS.search(
        match.string, max(0, match.start() - 24), match.start()
    )
    if in_words >= _FEWEST_WORDS and (len(written.lstrip("+")) >= _FEWEST_SAID or short):
        yield match.start(), match.end(), written


def _digits(said: re.Match[str]) -> str:
    if said["times"]:
        return _DIGIT_BY_WORD[said["again"]] * (2 if said["times"] == "double" else 3)
    if said["ten"]:
        one = _DIGIT_BY_WORD[said["one"]] if said["one"] else "0"
        return f"{_TEN_BY_WORD[said['ten']]}{one}"
    if said["teen"]:
        return str(_TEEN_BY_WORD[said["teen"]])
    if said["digit"]:
        return _DIGIT_BY_WORD[said["digit"]]
    return "+" if said["plus"] else said["figures"]


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
    if any(provider in folded for provider in _PROVIDERS):
        for match in _PROVIDER.finditer(text):
            if (match["at"].strip() == "at") == (not match["end"]):
                yield match.start("at"), match.end("end"), f"@{match['provider']}.com"
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
