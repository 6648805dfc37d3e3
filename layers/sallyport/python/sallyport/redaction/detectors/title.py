"""Forms of address before a name: `Dr.`, `Mrs`, `Herr`. What somebody does for a living is no title here."""

from collections.abc import Iterator

from sallyport.redaction.finding import TITLE, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({TITLE})

_TITLE = Lazily(
    r"(?<![\w.@/-])(?=[A-Zdm])(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Fr|Hon|Capt|Lt|Sgt|Col|Gen|Messrs|Dra|Sra|Sr|Srta|Sig|Dott|Ing|Mag|"
    r"Mme|Mlle|Dhr|Mevr|Bc|MUDr|JUDr|MR|MRS|MS|DR)\.?|"
    r"Miss|Sir|Madam|Madame|Lady|Lord|Dame|Herr|Frau|Monsieur|Señor|Señora|Señorita|Signor|Signora|Pan|Pani|"
    r"Professor|Doctor|Reverend|Father|Sister|Captain|Lieutenant|Sergeant|Colonel|General|Judge|Senator|mr\.|mrs\.|ms\.|dr\.)"
    r"(?=\s{1,2}(?:[^\W\d_a-z]|[\"'(]))"
)
_WEAK_TEXT = "General Father Sister Judge Pan Fr Sr Mag Gen MS Col Ing Sig Bc"
_WEAK = frozenset(_WEAK_TEXT.split())
_NOT_A_NAME = Lazily(
    r"\s+(?:Electric|Motors|Mills|Assembly|Manager|Counsel|Office|[A-Z]{2,}\b|Am|Pacific|Terms|The|Data|Settings)"
)


def find(text: str) -> Iterator[Finding]:
    for match in _TITLE.finditer(text):
        if match.group().rstrip(".") in _WEAK and _NOT_A_NAME.match(text, match.end()):
            continue
        yield Finding(TITLE, match.start(), match.end(), 0.8, "title")
