"""Replace findings by placeholders."""

from collections.abc import Iterable

from sallyport.redaction.finding import Finding
from sallyport.redaction.pseudonyms import Pseudonyms


def redact(text: str, findings_to_mask: Iterable[Finding], pseudonyms: Pseudonyms) -> str:
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
