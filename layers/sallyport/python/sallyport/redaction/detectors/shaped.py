"""Numbers that show themselves by form and check digits, in one reading of the text: no label is needed.

The text is reduced to its form once (9 for a digit, A for a letter), and where a group of signs with a digit begins,
the forms that begin so are compared. A form more costs nothing where no text looks like it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sallyport.redaction.context import announced, words
from sallyport.redaction.finding import Finding
from sallyport.redaction.lazily import Lazily
from sallyport.redaction.scheme import Scheme

_FORM = bytes(
    57 if 48 <= sign < 58 else 65 if chr(sign).isalpha() else 95 if sign == 63 else sign for sign in range(128)
)
_FORM += bytes(128)
"""Of each ASCII sign; `?`, which stands for all others, is a letter that no form has."""
_START = Lazily(r"[A9](?<![\w$+-].)(?<!9\..)(?:(?<=9)|(?=A{0,5}[ -]?9))")
_GROUP = Lazily(r"[A9]{1,20}+")
_GLUED = Lazily(r"[A9_]|[-/.][A9]")
_SURE = 0.95  # also beside a word for an order or an invoice
_OTHER = words(
    *("orders?", "invoice", "tickets?", "tracking", "ref", "reference", "serial", "isbn", "version", "part", "model"),
    *(
        "sku",
        "claim",
        "case",
        "batch",
        "lot",
        "commit",
        "build",
        "item",
        "product",
        "article",
        "art",
        "po",
        "po (?:number|no)",
    ),
)


class Shaped:
    """Every scheme as one detector: `DETECTORS` has it once."""

    def __init__(self, schemes: Iterable[Scheme]) -> None:
        schemes = tuple(schemes)
        self.types = frozenset(scheme.type for scheme in schemes)
        self._by_group: dict[str, list[tuple[str, Scheme]]] = defaultdict(list)
        for scheme in schemes:
            for form in scheme.forms:
                first = _GROUP.match(form)
                if first is None:
                    raise ValueError(f"the form {form} begins with neither a letter nor a digit: write it with A and 9")
                self._by_group[first.group()].append((form, scheme))
        for forms in self._by_group.values():
            forms.sort(key=lambda each: -len(each[0]))

    def find(self, text: str) -> Iterator[Finding]:
        shape = text.replace("?", " ").encode("ascii", "replace").translate(_FORM).decode("ascii")
        for start in _START.finditer(shape):
            at = start.start()
            group = _GROUP.match(shape, at)
            for form, scheme in self._by_group.get(group.group(), ()) if group else ():
                end = at + len(form)
                if shape.startswith(form, at) and not _GLUED.match(shape, end) and scheme.check(text[at:end].upper()):
                    if scheme.score >= _SURE or not announced(text, at, _OTHER, reach=20):
                        yield Finding(scheme.type, at, end, scheme.score, "shaped")
                    break
