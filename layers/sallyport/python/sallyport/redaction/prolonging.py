"""A secret is masked to its end, however long: who reads one stops at a bound, so that no label costs much."""

from collections.abc import Iterable, Iterator

from sallyport.redaction.finding import PASSWORD, SECRET, URL_CREDENTIALS, Finding
from sallyport.redaction.lazily import Lazily

_PROLONGED = frozenset({PASSWORD, SECRET, URL_CREDENTIALS})
_LONG = 60
"""What is shorter ends where its family saw it end."""
_REST = Lazily(r"[^\s\"'`<>,;&]*")
_REST_OF_QUOTATION = Lazily(r"[^\"'`\n]*")
_QUOTES = frozenset("\"'`")


def prolonged(text: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """All of `findings`, long secrets with what is glued to their end. Linear in the text, whatever the text."""
    long: list[Finding] = []
    for finding in findings:
        if finding.type in _PROLONGED and finding.end - finding.start >= _LONG:
            long.append(finding)
        else:
            yield finding
    ends: dict[Lazily, int] = {}
    for finding in sorted(long, key=lambda each: each.start):
        quoted = text[finding.start - 1 : finding.start] in _QUOTES and " " in text[finding.start : finding.end]
        rest = _REST_OF_QUOTATION if quoted else _REST
        if finding.end > ends.get(rest, 0):
            match = rest.match(text, finding.end)
            ends[rest] = match.end() if match else finding.end
        yield Finding(finding.type, finding.start, ends[rest], finding.score, finding.detector)
