"""sallyport.redaction.across: what is new where texts are read as one."""

from collections import Counter

import pytest

from sallyport.contracts import RedactionPolicy
from sallyport.redaction.across import find_across
from sallyport.redaction.lists import Lists
from sallyport.redaction.seams import seams_of
from sallyport.redaction.search import Search


def across(*messages, **policy):
    search = Search(RedactionPolicy(**policy), Lists())
    alone = {text: search.find(text) for texts in messages for text in texts}
    return find_across(search, [seams_of(texts) for texts in messages], alone), alone


def stretches(told):
    return {text: [text[f.start : f.end] for f in each.rewritten] for text, each in told.found.items()}


def test_a_value_in_two_texts_is_one_and_rewritten_in_each():
    told, _ = across(("card 4111 1111", "1111 1111 ok"))
    assert told.counts == Counter(CREDIT_CARD=1)
    assert stretches(told) == {"card 4111 1111": ["4111 1111"], "1111 1111 ok": ["1111 1111"]}


def test_a_value_is_one_in_however_many_ways_the_texts_are_read():
    """With a space between them, and without one."""
    told, _ = across(("card 4111-1111-", "1111-1111"))
    assert told.counts == Counter(CREDIT_CARD=1)


def test_the_same_value_in_two_messages_is_two():
    told, _ = across(("card 4111 1111", "1111 1111"), ("my card 4111 1111", "1111 1111"))
    assert told.counts == Counter(CREDIT_CARD=2)


@pytest.mark.parametrize(
    "texts",
    [
        ("write to ann@example.com", "or bob@example.com"),
        ("4111 1111 1111 1111", "4111 1111 1111 1111"),
        ("nothing", "here"),
        ("Nothing.", "Here."),
    ],
)
def test_what_each_text_holds_by_itself_is_no_news(texts):
    told, alone = across(texts)
    assert told.counts == Counter()
    assert {text: found.counts for text, found in told.found.items()} == {
        text: found.counts for text, found in alone.items()
    }


@pytest.mark.parametrize("texts", [("from", "ann@example.com"), ("Dear", "John Smith"), ("ann@example.com", "Compare")])
def test_a_word_beside_a_value_is_no_part_of_it(texts):
    told, alone = across(texts)
    assert told.counts == Counter()
    assert told.found == alone


def test_a_number_that_was_found_goes_on():
    told, alone = across(("call +1 415 555", "2671 now"))
    assert alone["call +1 415 555"].counts["PHONE"] == 1
    assert stretches(told)["2671 now"] == ["2671"]


def test_what_is_only_counted_is_counted_and_left():
    told, _ = across(("card 4111 1111", "1111 1111"), actions={"CREDIT_CARD": "route_private"})
    assert told.counts == Counter(CREDIT_CARD=1)
    assert stretches(told) == {"card 4111 1111": [], "1111 1111": []}


def test_what_is_in_doubt_is_told():
    told, _ = across(("card 4111 1111", "1111 1111"), thresholds={"CREDIT_CARD": 1.0})
    assert (told.counts, told.doubtful) == (Counter(), Counter(CREDIT_CARD=1))
