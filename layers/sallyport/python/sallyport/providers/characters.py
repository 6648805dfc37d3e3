"""Half characters: a model that is cut off in the middle of an emoji leaves a lone surrogate, which is no text."""


def whole(text: str) -> str:
    """The text with U+FFFD for every lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
