"""The age of a person: a number from 0 to 120 beside the words that make it one."""

import re
from collections.abc import Iterator

from sallyport.redaction.finding import AGE, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({AGE})

_NUMBER = Lazily(r"[0-9](?<![\w.,$€£/:-][0-9])[0-9]{0,2}(?![0-9]|[.,:/][0-9])")
_AFTER = Lazily(
    r"[\s-]?(?:years?|yrs?|months?|weeks?|mos?)[\s-]?old(?!\w)|[\s-]?y[./]?o\.?(?!\w)|\s(?:years|yrs)\sof\sage"
    r"|\s?(?:jahre|ans|años|anni|anos|jaar|år|lat)(?:\s(?:alt|oud|gammal|gammel))?(?!\w)|[\s-]?jährige?r?n?(?!\w)"
    r"|\s?(?:歳|岁|세)|[\s-]?(?:year|yr)s?[\s-](?=(?:man|woman|male|female|boy|girl|mother|father|patient)\b)"
    r"|(?-i:[MF])(?=[,;/)]|\s(?:with|presents|presenting|patient|pt|who)\b)",
    re.IGNORECASE,
)
_BEFORE = Lazily(
    r"(?<!\w)(?:(?:at\s)?(?:the\s)?age[ds]?(?:\s(?:of|is|was|at))?|turn(?:ed|s|ing)?|alter|âge|edad|età|idade|leeftijd|"
    r"(?:when\s)?(?:i\sam|i'm|im|he\sis|she\sis|he's|she's|they\sare|i\swas|he\swas|she\swas|who\sis|"
    r"when\s(?:he|she|i)\swas))"
    r"[\"']?(?:\s(?:just|only|now|about|almost|nearly|already|currently|over|under))?\s?[:=,(]?\s{0,2}[\"']?\Z",
    re.IGNORECASE,
)
_NO_AGE = Lazily(
    r"\s?(?:%|percent|min|hour|day|week|month|km|mile|dollar|euro|usd|kg|lb|pound|cm|meter|feet|foot|inch|point|people|"
    r"times|items|of\b|steps|pages|characters|degrees|°)|\w|-[0-9]",
    re.IGNORECASE,
)
_LAST_WORDS = frozenset(
    {
        *("age", "aged", "ages", "of", "is", "was", "at", "turn", "turned", "turns", "turning", "alter", "âge", "edad"),
        *(
            "età",
            "idade",
            "leeftijd",
            "am",
            "i'm",
            "im",
            "he's",
            "she's",
            "are",
            "just",
            "only",
            "now",
            "about",
            "almost",
        ),
        *("nearly", "already", "currently", "over", "under"),
    }
)
_IN_COMMAS = Lazily(r",\s(?:of|from|a|an|the|who|was|has|had|is|told|said|died|of)\s")
_NAMED_BEFORE = Lazily(r"[A-Z][\w'\u2019-]+\s[A-Z][\w'\u2019-]+,\s\Z")
_OLDEST = 120
_WINDOW = 32


def find(text: str) -> Iterator[Finding]:
    for number in _NUMBER.finditer(text):
        start, end = number.span()
        if int(number.group()) <= _OLDEST and (
            _AFTER.match(text, end) or _announced(text, start, end) or _in_commas(text, start, end)
        ):
            yield Finding(AGE, start, end, 0.85, "age")


def _in_commas(text: str, start: int, end: int) -> bool:
    """`Hanna Virtanen, 43, a nurse from Tampere`."""
    return (
        text[start - 2 : start] == ", "
        and text[end : end + 2] == ", "
        and end - start == 2
        and _IN_COMMAS.match(text, end) is not None
        and _NAMED_BEFORE.search(text, max(0, start - 40), start) is not None
    )


def _announced(text: str, start: int, end: int) -> bool:
    window = text[max(0, start - _WINDOW) : start]
    words = window.split()
    last = words[-1].strip("\"':=,({").lower() if words else ""
    if last == "" and len(words) > 1:
        last = words[-2].strip("\"':=,({").lower()
    if last not in _LAST_WORDS:
        return False
    return _BEFORE.search(window) is not None and not _NO_AGE.match(text, end)
