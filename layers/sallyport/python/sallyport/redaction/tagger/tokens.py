"""Words, numbers, marks and line ends of a text, as the tagger reads it."""

import re

_ABBREVIATIONS = (
    "Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Hon|Sr|Jr|St|Ste|Inc|Co|Corp|Ltd|Bros|Ave|Rd|Blvd|Apt|Ln|Hwy|Pkwy|No|Gov|Sen|Rep|Gen|Col|"
    "Capt|Lt|Sgt|Pres|Supt|Mt|Ft|Dept|Univ"
)
TOKEN = re.compile(
    r"[a-zA-Z]++(?![.]|[^\W\d_])"  # most words: with no dot behind them they are none of the next three
    r"|(?:[^\W\d_]\.){2,}"  # U.S., J.R.
    rf"|(?<!\w)(?:{_ABBREVIATIONS}|{_ABBREVIATIONS.lower()})\.(?!\w)"
    r"|(?<!\w)[A-Z]\.(?=[ ]?[A-Z])"  # an initial
    r"|[^\W\d_]+|\d+|\n[\s]*|[^\w\s]|_+"
)
"""A token is a word, an abbreviation with its dot, a number, one mark, or white space that begins with a line end."""


def tokenise(text: str) -> list[re.Match[str]]:
    return list(TOKEN.finditer(text))
