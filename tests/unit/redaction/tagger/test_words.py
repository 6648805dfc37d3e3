"""The table of known words."""

import pytest

from sallyport.redaction.tagger.words import FIRST, FREQUENCY_SHIFT, LAST, LETTERS, THING, KnownWords, encode

VALUES = {f"word{number}": number for number in range(1, 2000)} | {"zoë": FIRST | LAST, "monday": THING}


def test_what_was_put_in_is_found_and_nothing_else():
    known = KnownWords(memoryview(encode(VALUES)))
    assert {word: known.get(word) for word in VALUES} == VALUES
    assert [known.get(f"other{number}") for number in range(2000)] == [0] * 2000


def test_the_same_words_in_any_order_give_the_same_table():
    assert encode(VALUES) == encode(dict(reversed(VALUES.items())))


def test_a_table_is_read_from_its_file(tmp_path):
    path = tmp_path / "words"
    path.write_bytes(encode(VALUES))
    assert KnownWords.open(path).get("zoë") == FIRST | LAST


@pytest.mark.parametrize("flag", [FIRST, LAST, THING])
def test_every_flag_is_below_the_frequency_and_has_its_letter(flag):
    assert flag < 1 << FREQUENCY_SHIFT
    assert flag.bit_length() <= len(LETTERS)
