"""A text without what one of hiring's finders alone takes out."""

from collections.abc import Iterable

from sallyport.redaction.hiring.removal import Removal


def without(text: str, found: Iterable[Removal]) -> str:
    """Of findings that overlap, the first one stands."""
    result, copied = [], 0
    for each in sorted(found, key=lambda removal: (removal.start, -removal.end)):
        if each.start >= copied:
            result += [text[copied : each.start], each.replacement]
            copied = each.end
    return "".join(result) + text[copied:]
