"""The grammar of placeholders: `<EMAIL_1>`, and what models make of it.

`<PERSON_1b>` is another form of the name behind `<PERSON_1>`: who leaves the letter out still names the person.

In brackets (`<…>`, `\\<…\\>`, `&lt;…&gt;`, `\\u003c…\\u003e`, `[…]`, `{…}`) any case, and a space or hyphen for an
underscore.
Without brackets only the exact capitals `EMAIL_1`: `person 1` is prose and `address_1` a variable.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

LONGEST: Final = 40
"""Characters that the longest form of a placeholder can take; types of more than 16 characters would break it."""

BEGINNING: Final = re.compile(r"[\\\\<&\[{A-Z]")
"""With one of these every form of a placeholder begins."""

_NUMBER = "[1-9][0-9]{0,5}[b-z]?"
_OPEN = r"\\<|<|&lt;|\\u003c|\\\[|\[|\{"
_CLOSE = r"\\>|>|&gt;|\\u003e|\\\]|\]|\}"
_ANGLES = ("<", "\\<", "&lt;", "\\u003c", ">", "\\>", "&gt;", "\\u003e")
_SQUARES = ("[", "\\[", "]", "\\]")


FORMS: Final = "bcdefghijklmnopqrstuvwxyz"
"""Of further forms of one name."""


def placeholder(type_: str, number: int, form: str = "") -> str:
    """`form` is empty, or one of FORMS."""
    return f"<{type_}_{number}{form}>"


@lru_cache(maxsize=16)
def restore_pattern(types: frozenset[str]) -> re.Pattern[str]:
    """Every placeholder of one of the types that may be restored; read a match with `key_of`."""
    return re.compile(rf"{_bracketed(types)}|(?<![A-Za-z0-9_])(?:{_bare(types)})(?![A-Za-z0-9_])", re.ASCII)


@lru_cache(maxsize=16)
def literal_pattern(types: frozenset[str]) -> re.Pattern[str]:
    """All that `restore_pattern` can match, also where the neighbouring letters forbid it: they may yet be masked."""
    return re.compile(rf"{_bracketed(types)}|{_bare(types)}", re.ASCII)


def key_of(match: re.Match[str]) -> tuple[str, str, str] | None:
    """The canonical placeholder of a match, with what of the match stands before and after it and has to stay.

    None when the brackets do not belong together and the name is not in capitals either: then it is no placeholder.
    """
    opening = match["open"]
    if opening is None:
        return f"<{match.group().replace('\\', '')}>", "", ""
    name, closing = match["name"], match["close"]
    key = f"<{re.sub(r'[ _\\-]+', '_', name).upper().replace('\\', '')}_{match['number'].lower()}>"
    if not _pair(opening, closing):
        inner = match.group()[len(opening) : len(match.group()) - len(closing)]
        return (key, opening, closing) if inner == key[1:-1] else None
    # Exactly `\\<EMAIL_1>` is a backslash of the text before the placeholder: an escaping model escapes the rest too.
    own_backslash = match.group() == "\\" + key
    return key, "\\" if own_backslash else "", ""


@lru_cache(maxsize=16)
def tail_pattern(types: frozenset[str]) -> re.Pattern[str]:
    """A tail of text that more text could turn into a placeholder, or change as one; search the last LONGEST."""
    number = rf"(?:{_NUMBER}(?:\ ?(?:{_prefixes(r'\>', '&gt;', r'\u003e', r'\]')})?)?)?"
    rest = rf"(?:\\?(?:[_\ -]{number})?)"
    names = "|".join(_prefix_of_name(type_, r"[_\ -]", rest) for type_ in sorted(types))
    bare_rest = rf"(?:\\?(?:_(?:{_NUMBER})?)?)"
    bare = "|".join(_prefix_of_name(type_, "_", bare_rest) for type_ in sorted(types))
    opened = rf"(?i:(?:{_OPEN})\ ?(?:{names})?|{_prefixes(r'\<', '&lt;', r'\u003c', r'\[')})"
    return re.compile(rf"(?:{opened}|(?<![A-Za-z0-9_])(?:{bare}))\Z", re.ASCII)


def _bracketed(types: frozenset[str]) -> str:
    names = "|".join(r"(?:\\?_|[\ -])".join(type_.split("_")) for type_ in _longest_first(types))
    return rf"(?i:(?P<open>{_OPEN})\ ?(?P<name>{names})(?:\\?_|[\ -])(?P<number>{_NUMBER})\ ?(?P<close>{_CLOSE}))"


def _bare(types: frozenset[str]) -> str:
    return rf"(?:{'|'.join(type_.replace('_', r'\\?_') for type_ in _longest_first(types))})\\?_{_NUMBER}"


def _longest_first(types: Iterable[str]) -> list[str]:
    return sorted(types, key=lambda type_: (-len(type_), type_)) or [r"(?!)"]


def _pair(opening: str, closing: str) -> bool:
    opening, closing = opening.lower(), closing.lower()
    if opening in _ANGLES:
        return closing in _ANGLES
    return closing in _SQUARES if opening in _SQUARES else closing == "}"


def _prefixes(*literals: str) -> str:
    """Every beginning of the literals, without the empty and the whole one."""
    return "|".join(sorted({re.escape(literal[:end]) for literal in literals for end in range(1, len(literal))}))


def _prefix_of_name(type_: str, separator: str, rest: str) -> str:
    """Every non-empty beginning of a name, the whole of it with the beginning of a number."""
    pattern = rest
    for character in reversed(type_):
        pattern = rf"(?:\\?(?:{separator}(?:{pattern})?)?)" if character == "_" else rf"{character}(?:{pattern})?"
    return pattern
