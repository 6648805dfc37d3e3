"""What is found only where texts of one message are read as one: a number or a name that begins in one of them and ends
in another, and a value whose label stands before it in another.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sallyport.redaction.finding import Finding
from sallyport.redaction.seams import Seam
from sallyport.redaction.search import Found, Search


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
        for seams in ways:
            told = [_look(search, seam, found, more) for seam in seams]
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
    search: Search, seam: Seam, found: Mapping[str, Found], more: defaultdict[str, list[Finding]]
) -> tuple[Counter[str], Counter[str]]:
    """What is new in this seam, by type; what to rewrite for it is put into `more`."""
    looked = search.find(seam.text)
    if not looked.counts and not looked.doubtful:
        return looked.counts, looked.doubtful
    parts = (piece.text[piece.start : piece.end] for piece in seam.pieces)
    apart = [found[part] if part in found else search.find(part) for part in parts]
    news = looked.counts - sum((each.counts for each in apart), Counter[str]())
    for finding in looked.rewritten:
        spans = list(seam.spans(finding.start, finding.end))
        if news or len(spans) > 1:
            for text, start, end in spans:
                if written := text[start:end].strip():
                    start = text.index(written, start)
                    more[text].append(finding._replace(start=start, end=start + len(written)))
    return news, looked.doubtful - sum((each.doubtful for each in apart), Counter[str]())
