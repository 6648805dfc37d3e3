"""What findings of a text say of each other: parts of one address belong together, and so do mentions of one person."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sallyport.redaction.finding import ADDRESS, LOCATION, ORG, PERSON, Finding
from sallyport.redaction.lazily import Lazily

_BETWEEN_PARTS = Lazily(r"[ \t,]*\n?[ \t>?|]*,?[ \t]*")
_WIDEST_GAP = 8
_HOUSE_NUMBER = Lazily(r"(?<![\w.$€£-])[0-9]{1,6}[a-zA-Z]?,? {1,2}\Z")
_POSTCODE = Lazily(r"[ ,]{1,2}(?:[0-9]{4,6}(?:-[0-9]{4})?|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2})(?![\w-])")
_NAME = Lazily(r"[^\W\d_]{3,}")
_CAPITALISED = Lazily(r"[^\W\d_a-z](?<![^\W\d_].)[^\W\d_]{2,}")
_GUESSED = "names"
_KINDS = frozenset({PERSON, LOCATION, ORG})
_LAST_NAME = 0.7
"""What a full name counts as a mention of its last name."""


def join_addresses(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """One finding for street, town and country in a row, with the house number before and the post code after them.

    `findings` are in order and disjoint, and so is what comes out.
    """
    joined: list[Finding] = []
    for finding in findings:
        last = joined[-1] if joined else None
        if finding.type == ADDRESS:
            finding = _with_number(text, finding, last.end if last else 0)
        if last and last.type == ADDRESS and finding.type in (ADDRESS, LOCATION) and _adjoin(text, last, finding):
            joined[-1] = _spanning(last, last.start, finding.end)
        else:
            joined.append(finding)
    following = [*(finding.start for finding in joined), len(text)]
    return [
        _with_postcode(text, finding, following[nth + 1]) if finding.type == ADDRESS else finding
        for nth, finding in enumerate(joined)
    ]


def _adjoin(text: str, one: Finding, other: Finding) -> bool:
    gap = text[one.end : other.start]
    if len(gap) > _WIDEST_GAP or _BETWEEN_PARTS.fullmatch(gap) is None:
        return False
    return "\n" not in gap or not _is_line(text, one)


def _is_line(text: str, address: Finding) -> bool:
    """Does it stand on a line of its own below another one? Then each line of the block is a finding."""
    line = text.rfind("\n", 0, address.start) + 1
    return line > 0 and not text[line : address.start].strip(" \t>?|")


def _with_number(text: str, address: Finding, earliest: int) -> Finding:
    number = _HOUSE_NUMBER.search(text[max(earliest, address.start - 10) : address.start])
    return _spanning(address, address.start - len(number.group()), address.end) if number else address


def _with_postcode(text: str, address: Finding, latest: int) -> Finding:
    code = _POSTCODE.match(text, address.end, min(latest, address.end + 14))
    return _spanning(address, address.start, code.end()) if code else address


def _spanning(finding: Finding, start: int, end: int) -> Finding:
    return Finding(finding.type, start, end, score=finding.score, detector=finding.detector)


def agree(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """The same name is of one type wherever a text has it: of the one that its mentions speak for together.

    Who is named in full speaks for the bare last name as well.
    """
    votes: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for finding in findings:
        if finding.detector == _GUESSED and finding.type in _KINDS:
            name = text[finding.start : finding.end]
            votes[name][finding.type] += finding.score
            if finding.type == PERSON and " " in name:
                votes[name.rpartition(" ")[2]][PERSON] += _LAST_NAME * finding.score
    return [_as_voted(each, votes[text[each.start : each.end]]) if each.type in _KINDS else each for each in findings]


def _as_voted(finding: Finding, votes: Mapping[str, float]) -> Finding:
    if finding.detector != _GUESSED:
        return finding
    type_ = max(votes, key=lambda each: (votes[each], each))
    return finding if type_ == finding.type else finding._replace(type=type_)


def repeat_names(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """Also the bare first or last name of anybody whom the text names in full."""
    names = {
        word for finding in findings if finding.type == PERSON for word in _full_name(text[finding.start : finding.end])
    }
    if not names:
        return list(findings)
    return sorted([*findings, *_mentions(text, names, findings)], key=lambda finding: finding.start)


def _full_name(name: str) -> list[str]:
    words = _NAME.findall(name)
    return [word for word in words if word[0].isupper()] if len(words) > 1 else []


def _mentions(text: str, names: set[str], findings: Sequence[Finding]) -> Iterator[Finding]:
    """Those outside of `findings`."""
    nth = 0
    for word in _CAPITALISED.finditer(text):
        if word.group() not in names:
            continue
        start, end = word.span()
        while nth < len(findings) and findings[nth].end <= start:
            nth += 1
        if nth == len(findings) or findings[nth].start >= end:
            yield Finding(PERSON, start, end, 0.6, "names")
