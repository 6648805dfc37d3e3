"""A fleet's books: pages of calls, also when the oldest are forgotten."""

from collections import deque

from sallyport_local.fleet.books import Books, Call
from sallyport_local.fleet.script import Place


def call(number: int) -> Call:
    place = Place("openai", "own", "", "gpt")
    return Call(number, 0.0, place, "gpt", "answered", 200, False, None, 1, 2)


def test_pages_follow_each_other_without_a_gap():
    books = Books()
    for number in range(1, 6):
        books.write(call(number))

    assert [each["number"] for each in books.after(0, 2)] == [1, 2]
    assert [each["number"] for each in books.after(2, 9)] == [3, 4, 5]
    assert list(books.after(5, 9)) == []


def test_what_is_forgotten_moves_no_page():
    books = Books(calls=deque(maxlen=3))
    for number in range(1, 6):
        books.write(call(number))

    assert [each["number"] for each in books.after(0, 9)] == [3, 4, 5]
    assert [each["number"] for each in books.after(4, 9)] == [5]
    assert books.places()[0]["calls"] == 5
