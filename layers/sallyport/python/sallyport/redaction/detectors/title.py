"""Forms of address before a name: `Dr.`, `Mrs`, `Herr`. What somebody does for a living is no title here."""

from collections.abc import Iterator

from sallyport.redaction.finding import TITLE, Finding
from sallyport.redaction.lazily import Lazily

types = frozenset({TITLE})

_ABBREVIATED = (
    "Mr Mrs Ms Mx Dr Prof Rev Fr Hon Capt Lt Sgt Col Gen Messrs Dra Sra Sr Srta Sig Dott Ing Mag Mme Mlle Dhr Mevr Bc "
    "MUDr JUDr MR MRS MS DR"
)
_WHOLE = (
    "Miss Sir Madam Madame Lady Lord Dame Herr Frau Monsieur Señor Señora Señorita Signor Signora Pan Pani Professor "
    "Doctor Reverend Father Sister Captain Lieutenant Sergeant Colonel General Judge Senator mr\\. mrs\\. ms\\. dr\\."
)
_FORMS = (*(rf"{form}\.?" for form in _ABBREVIATED.split()), *_WHOLE.split())


def _beginning(letter: str) -> str:
    rest = "|".join(form[1:] for form in _FORMS if form[0] == letter)
    return rf"{letter}(?<![\w.@/-].)(?:{rest})"


# By their first letters, which are looked for faster than what stands before them.
_TITLE = Lazily(
    rf"(?:{'|'.join(_beginning(letter) for letter in sorted({form[0] for form in _FORMS}))})"
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
