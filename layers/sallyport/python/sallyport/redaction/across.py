"""What is found only where texts of one message are read as one: a number or a name that begins in one of them and ends
in another, and a value whose label stands before it in another.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sallyport.redaction.detectors import names
from sallyport.redaction.finding import ADDRESS, PASSWORD, TITLE, USERNAME, Finding
from sallyport.redaction.seams import Seam
from sallyport.redaction.search import Found, Search

_OF_WORDS = frozenset(names.types) | {ADDRESS, PASSWORD, TITLE, USERNAME}


@dataclass(frozen=True, slots=True)
class Across:
    """Every text as it is to be rewritten, and what was found besides: a value is one, in however many texts it is."""

    found: Mapping[str, Found]
    counts: Counter[str]
    doubtful: Counter[str]


def find_across(search: Search, messages: Iterable[Sequence[Sequence[Seam]]], found: Mapping[str, Found]) -> Across:
    """`messages` are ways to read each message, `found` what each text holds by itself."""
    counts, doubtful = Counter[str](), Counter[str]()
    more: defaultdict[str, list[Finding]] = defaultdict(list)
    for ways in messages:
        news, doubts = Counter[str](), Counter[str]()
        for at, seams in enumerate(ways):
            # Texts end at the end of a word more often than in a name: put together as they are, words make none.
            types = search.types - _OF_WORDS if at < len(ways) - 1 else search.types
            told = [_look(search, seam, found, types, more) for seam in seams]
            # Two ways to read one message show one value once.
            news |= sum((each for each, _ in told), Counter[str]())
            doubts |= sum((each for _, each in told), Counter[str]())
        counts += news
        doubtful += doubts
    joined = {
        text: replace(
            found[text],
            rewritten=search.strictest([*found[text].rewritten, *findings]),
            certain=(*found[text].certain, *findings),
        )
        for text, findings in more.items()
    }
    return Across({**found, **joined}, counts, doubtful)


def _look(
    search: Search,
    seam: Seam,
    found: Mapping[str, Found],
    types: Container[str],
    more: defaultdict[str, list[Finding]],
) -> tuple[Counter[str], Counter[str]]:
    """What is new in this seam, by type; what to rewrite for it is put into `more`.

    A value that a text holds by itself is none, though it may seem to go on: else a word before an address were part of
    it. A number does go on.
    """
    looked = search.find(seam.text)
    if not looked.counts and not looked.doubtful:
        return looked.counts, looked.doubtful
    parts = (piece.text[piece.start : piece.end] for piece in seam.pieces)
    apart = [found[part] if part in found else search.find(part) for part in parts]
    news = _of(types, looked.counts - sum((each.counts for each in apart), Counter[str]()))
    for finding in looked.rewritten:
        spans = list(seam.spans(finding.start, finding.end))
        for text, start, end in spans if finding.type in news or _is_a_number(spans) else ():
            if written := text[start:end].strip():
                first = text.index(written, start)
                more[text].append(finding._replace(start=first, end=first + len(written)))
    return news, _of(types, looked.doubtful - sum((each.doubtful for each in apart), Counter[str]()))


def _is_a_number(spans: Sequence[tuple[str, int, int]]) -> bool:
    """Whether digits meet where one text ends and the next begins."""
    written = (text[start:end].strip() for text, start, end in spans)
    return any(one[-1].isdigit() and other[0].isdigit() for one, other in pairwise(filter(None, written)))


def _of(types: Container[str], counts: Counter[str]) -> Counter[str]:
    return Counter({type_: count for type_, count in counts.items() if type_ in types})
