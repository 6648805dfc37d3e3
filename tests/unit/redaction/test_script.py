"""Scripts that the tagger does not know, and a letter or two that make none."""

import pytest

from sallyport.redaction.script import FEWEST, unfamiliar_script


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Меня зовут Иван Петров", "Cyrillic"),
        ("我叫王小明\uff0c住在北京", "Han"),
        ("私の名前はさくらです", "Hiragana"),
        ("제 이름은 김민수입니다", "Hangul"),
        ("اسمي محمد", "Arabic"),
        ("קוראים לי דוד", "Hebrew"),
        ("मेरा नाम राहुल है", "Devanagari"),
        ("ฉันชื่อสมชาย", "Thai"),
        ("Με λένε Γιώργο", "Greek"),
        ("Please write to Иван Петров about the contract that we signed last year in London.", "Cyrillic"),
        ("王小明", "Han"),
        ("გამარჯობა ჩემი", "Georgian"),
    ],
)
def test_names_the_script(text, script):
    assert unfamiliar_script(text) == script


@pytest.mark.parametrize(
    "text",
    [
        "plain English",
        "Şöförün ad\u0131 Çağlar, ñandú, Łódź",
        "the angle \u03b1 is small, and so is β",
        "5 µm → 3 Ω ≤ x",
        "emoji 😀🎉 only",
        "",
        "as the Greeks said: λόγος, a word in a sentence that is otherwise English",
        "\u200b\u00a0\u2019",
    ],
)
def test_leaves_what_is_latin(text):
    assert unfamiliar_script(text) is None


def test_enough_letters_count_whatever_their_share():
    assert unfamiliar_script("latin " * 1000 + "я" * FEWEST) == "Cyrillic"
    assert unfamiliar_script("latin " * 1000 + "я" * (FEWEST - 1)) is None
