"""Values without a shape of their own, known by the label before them: `passport no. X1234567`, `plate: KA 12 AB 3456`.

A family names its labels; here they are all looked for together, in one reading of the words. A code belongs to the
nearest label before it, also when that one says that it is an order or a version.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol

from sallyport.redaction.columns import Cells, column_below
from sallyport.redaction.finding import Finding
from sallyport.redaction.labels import Label, Labels, words_of
from sallyport.redaction.lazily import Lazily

REACH = 44
"""Characters between a label and its value: `passport of my wife, who comes with me, is`."""
_LONGEST = 48
_INITIALS = 2
_MOST_TRIED = 5
_MOST_COLUMNS = 12
_ENDS_SENTENCE = Lazily(r"\w{3}[.!?]\s+[A-Z][a-z]|\n\s*\n")
_BACKWARDS = Lazily(
    r"[\"']?(?:,?\s(?:is|was|as|ist|est|es)\s(?:(?:my|his|her|their|our|the|a|your|mein|mon|mi)\s)?|\s?\(|\s?(?:<-|<=|←)\s)"
)


class CodeFamily(Protocol):
    """What a code behind one of `labels` is: a finding of `type`, of the form `value` and accepted by `accepts`.

    `value` matches at most 48 characters and begins and ends with what it finds.
    """

    type: str
    labels: tuple[str, ...]
    value: Lazily

    def accepts(self, written: str) -> bool:
        """Is a text that `value` matched one indeed?"""


class ReadingFamily(Protocol):
    """A family that reads what stands behind its labels by itself."""

    types: frozenset[str]
    labels: tuple[str, ...]

    def read(self, text: str, start: int, end: int) -> Iterable[Finding]:
        """Findings that the label at [start, end) announces, in constant time."""


_OTHER = (
    *("order", "orders", "invoice", "ticket", "tracking", "reference", "ref", "serial", "isbn", "issn", "version"),
    *("part number", "part no", "model", "sku", "claim", "case number", "case no", "commit", "uuid", "guid", "hash"),
    *("sha", "checksum", "md5", "build", "release", "timestamp", "amount", "total", "price", "invoices", "room"),
    *("confirmation", "transaction", "request id", "order id", "product", "item", "batch", "lot", "page", "chapter"),
    *("flight", "booking", "po number", "purchase order", "case id", "ticket id", "zip", "postcode", "postal code"),
    *("phone", "tel", "telephone", "mobile", "cell", "fax", "email", "card number", "credit card", "iban"),
    *(
        "ssn",
        "social security",
        "date",
        "born",
        "dob",
        "birthday",
        "age",
        "expires",
        "expiry",
        "valid until",
        "issued",
        "provider",
    ),
    *(
        "license key",
        "license file",
        "license code",
        "license agreement",
        "license server",
        "licence key",
        "license fee",
    ),
    *("licence fee", "software license", "licence agreement", "business license"),
)
"""What is announced by these is no code of any family here."""


class Labelled:
    """All labelled families as one detector: `DETECTORS` has it once."""

    def __init__(
        self, codes: Iterable[CodeFamily], readers: Iterable[ReadingFamily], cells: Iterable[CodeFamily] = ()
    ) -> None:
        """`cells` are looked for in tables only."""
        codes, readers, cells = tuple(codes), tuple(readers), tuple(cells)
        self.types = frozenset(family.type for family in (*codes, *cells)).union(*(reader.types for reader in readers))
        meanings: dict[str, CodeFamily | None] = dict.fromkeys(_OTHER)
        meanings |= {label: family for family in codes for label in family.labels}
        self._codes = Labels(meanings)
        self._cells = Labels[CodeFamily | None]({label: family for family in cells for label in family.labels})
        self._readers = [Labels(dict.fromkeys(reader.labels, reader)) for reader in readers]
        self._firsts = self._codes.firsts.union(self._cells.firsts, *(labels.firsts for labels in self._readers))

    def find(self, text: str) -> Iterator[Finding]:
        folded = text.lower()
        words = self._firsts & words_of(text)
        limit = len(text)
        alone: list[Label[CodeFamily | None]] = []
        for label in reversed(self._codes.find(text, folded, words)):
            family = label.meaning
            span = family and (_after(text, label.end, family, limit) or _before(text, label, family))
            if span or family is None or label.end - label.start > _INITIALS:
                limit = label.start  # else it may be the beginning of a code: `plate BI 6690 PA`, `licence DL0084149`
            if family and span:
                yield Finding(family.type, *span, 0.82, "labelled")
            if family and (not span or "\n" in text[label.end : span[0]]):
                alone.append(label)
        if "\n" in text:
            alone += self._cells.find(text, folded, words)
            yield from _below(text, sorted(alone, key=lambda label: label.start))
        for labels in self._readers:
            for reading in labels.find(text, folded, words):
                yield from reading.meaning.read(text, reading.start, reading.end)


def _after(text: str, end: int, family: CodeFamily, limit: int) -> tuple[int, int] | None:
    last = min(end + REACH, limit - 1)
    for match in islice(family.value.finditer(text, end, min(last + _LONGEST, len(text))), _MOST_TRIED):
        if match.start() > last:
            return None
        if family.accepts(match.group()):
            return None if _ENDS_SENTENCE.search(text, end, match.start() + 1) else match.span()
    return None


def _below(text: str, labels: Iterable[Label[CodeFamily | None]]) -> Iterator[Finding]:
    """The cells of tables whose first row names their columns; a label inside of such a table heads no other."""
    header, end, columns = -1, -1, 0
    for label in labels:
        row = text.rfind("\n", 0, label.start)
        if row != header:
            if label.start < end:
                continue
            header, columns = row, 0
        columns += 1
        column = column_below(text, label.start, label.end) if columns <= _MOST_COLUMNS else None
        family = label.meaning
        if column is None or family is None or (isinstance(family, Cells) and "(" in text[row + 1 : label.start]):
            continue
        end = max(end, column.end)
        for start, stop in column.cells:
            match = family.value.match(text, start, stop)
            if match and match.end() == stop and family.accepts(match.group()):
                yield Finding(family.type, start, stop, 0.8, "labelled")


def _before(text: str, label: Label[CodeFamily | None], family: CodeFamily) -> tuple[int, int] | None:
    """The value that ends where its label begins: `X1234567 is my passport number`, `X1234567 (passport)`."""
    between = _BACKWARDS.search(text, max(0, label.start - 10), label.start)
    if not between or between.end() != label.start:
        return None
    for match in family.value.finditer(text, max(0, label.start - _LONGEST), between.start() + 1):
        if _BACKWARDS.fullmatch(text, match.end(), label.start) and family.accepts(match.group()):
            return match.span()
    return None
