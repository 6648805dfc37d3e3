"""Replace findings by placeholders."""

from collections.abc import Iterable
from typing import Protocol

from sallyport.redaction.finding import Finding


class Names(Protocol):
    """What stands for a value: `Pseudonyms`, or `Replacements` where a policy wants other things, too."""

    def placeholder_for(self, type_: str, value: str) -> str: ...


def redact(text: str, findings_to_mask: Iterable[Finding], pseudonyms: Names) -> str:
    """The text with each finding replaced; `pseudonyms` learns what stands for what.

    Raises ValueError when findings overlap or lie outside the text: they belong to another text.
    """
    pieces: list[str] = []
    copied = 0
    for finding in sorted(findings_to_mask, key=lambda f: f.start):
        if not copied <= finding.start < finding.end <= len(text):
            raise ValueError("findings overlap or lie outside the text: pass those that detect() found in this text")
        value = text[finding.start : finding.end]
        pieces += (text[copied : finding.start], pseudonyms.placeholder_for(finding.type, value))
        copied = finding.end
    pieces.append(text[copied:])
    return "".join(pieces)
