"""What somebody does for a living, where a text says so: `worked as …`, `Anna, the …, said`, the line below a name.

There are more occupations than a list holds; what they have in common is how they end and where they stand.
"""

import re
from collections.abc import Iterator

from sallyport.redaction.finding import TITLE, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({TITLE})

_WORDS = r"[^\W\d_][\w'-]{1,24}(?:,?\s[\w'-]{2,24}){0,6}?"
_AS = Lazily(
    rf"(?:(?:an?|the)\s)?({_WORDS})(?=[,.;!?]|\s(?:but|and|at|for|in|since|with|from|until|who)\s|\s*\Z|\s*\n)"
)
_SAID = Lazily(rf"({_WORDS}),\s(?:said|says|told|adds|added|explained|explains|wrote|writes|asked)\s?\W?")
_LINE = Lazily(rf"({_WORDS})(?=\r?\n\r?\n)")
_WORKS = Lazily(
    r"(?<!\w)(?:work(?:ed|s|ing)?|employed|hired|jobs?|positions?|roles?|career|serv(?:ed|es|ing)|promoted|trained)(?!\w)[^.\n]{0,60}\Z",
    re.IGNORECASE,
)
_ENDING = Lazily(
    r"(?:er|or|ist|ian|ant|ent|yst|man|woman|clerk|nurse|wife|chef|cook|guard|aide|pilot|smith|wright|graph|coach|host)s?\Z",
    re.IGNORECASE,
)
_NO_OCCUPATION = frozenset(
    {
        *(
            "other",
            "another",
            "whether",
            "never",
            "ever",
            "per",
            "manner",
            "matter",
            "order",
            "letter",
            "number",
            "paper",
        ),
        *("either", "rather", "together", "further", "later", "better", "water", "power", "important", "different"),
        *("present", "current", "recent", "department", "document", "government", "payment", "agreement", "percent"),
        *("usual", "for", "or", "factor", "error", "center", "after", "over", "under", "intended", "summer", "winter"),
    }
)
_NAME_LINE = Lazily(r"(?:^|\n)[^\W\d_][\w'.-]{0,24}(?:\s{1,2}[^\W\d_][\w'.-]{0,24}){1,4}\s?\Z")
_BEFORE = 80


def find(text: str) -> Iterator[Finding]:
    for sign, pattern, ahead in ((" as ", _AS, _WORKS), (", the ", _SAID, None), ("\n\n", _LINE, _NAME_LINE)):
        at = text.find(sign)
        while at >= 0:
            match = pattern.match(text, at + len(sign))
            if match and _is_occupation(match[1]) and (ahead is None or ahead.search(text[max(0, at - _BEFORE) : at])):
                yield Finding(TITLE, *match.span(1), 0.6, "occupation")
            at = text.find(sign, at + len(sign))


def _is_occupation(written: str) -> bool:
    last = written.split()[-1].lower()
    return len(last) >= 4 and last not in _NO_OCCUPATION and _ENDING.search(last) is not None
