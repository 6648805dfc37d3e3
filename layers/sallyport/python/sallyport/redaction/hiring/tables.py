"""How tables of words are written in this package."""


def word_set(words: str) -> frozenset[str]:
    """Words with white space between them."""
    return frozenset(words.split())


def entries(words: str) -> list[str]:
    """What stands between bars, on however many lines: it may have spaces in it."""
    return [word.strip() for word in words.replace("\n", "").split("|") if word.strip()]
