"""Words, numbers, marks and line ends."""

import pytest

from sallyport.redaction.tagger.tokens import tokenise


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Dr. Ann O'Neil", ["Dr.", "Ann", "O", "'", "Neil"]),
        ("the U.S. and J. R. Ewing.", ["the", "U.S.", "and", "J.", "R.", "Ewing", "."]),
        ("Main St. 12a", ["Main", "St.", "12", "a"]),
        ("at most.", ["at", "most", "."]),
        ("no. 5, yes no.thing", ["no.", "5", ",", "yes", "no", ".", "thing"]),
        ("one\n \n two_three", ["one", "\n \n ", "two", "_", "three"]),
        ("", []),
    ],
)
def test_a_text_is_taken_apart(text, tokens):
    assert [token.group() for token in tokenise(text)] == tokens
