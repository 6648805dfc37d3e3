"""What the tables of every family share."""

from collections.abc import Callable

import pytest

from sallyport.redaction.detect import detect

Found = Callable[[str, str], list[str]]


@pytest.fixture
def found() -> Found:
    """The texts that are found of one type, in order."""

    def of_type(text: str, type_: str) -> list[str]:
        return [text[f.start : f.end] for f in detect(text, types=frozenset({type_})) if f.type == type_]

    return of_type
