"""Text that looks like one of our placeholders already, in any form that `restore` would accept."""

from collections.abc import Iterable

from sallyport.redaction.finding import LITERAL, TYPES, Finding
from sallyport.redaction.placeholder import literal_pattern

types = frozenset({LITERAL})


def find(text: str) -> Iterable[Finding]:
    # Every form has a digit after a separator of its name; most prose ends here.
    if "_" not in text and not any(bracket in text for bracket in ("<", "[", "{", "&lt;", "\\u003")):
        return
    for match in literal_pattern(TYPES).finditer(text):
        yield Finding(LITERAL, match.start(), match.end(), 1.0, "literal")
