"""sallyport.once: one for all who ask, and for each instance its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sallyport.once import once


class Maker:
    """Its part takes so long to be made that all who want it ask meanwhile."""

    def __init__(self, askers):
        self.made = []
        self.waiting = threading.Barrier(askers)
        self.failures = []

    @once
    def part(self):
        """Made."""
        self.made.append(object())
        if self.failures:
            raise self.failures.pop()
        threading.Event().wait(0.05)
        return self.made[-1]

    @once
    def whole(self):
        return [self.part, self.part]

    def ask(self):
        self.waiting.wait(5)
        return self.part


def test_all_who_ask_at_once_get_the_same():
    maker = Maker(16)
    with ThreadPoolExecutor(16) as threads:
        parts = list(threads.map(lambda _: maker.ask(), range(16)))
    assert len(maker.made) == 1
    assert set(parts) == {maker.part} == set(maker.made)


def test_each_instance_has_its_own():
    one, other = Maker(1), Maker(1)
    assert one.part is not other.part


def test_a_part_may_be_made_of_others():
    maker = Maker(1)
    assert maker.whole == [maker.part, maker.part]


def test_what_could_not_be_made_is_tried_again():
    maker = Maker(1)
    maker.failures.append(ValueError("not yet"))
    with pytest.raises(ValueError, match="not yet"):
        _ = maker.part
    assert maker.part is maker.made[1]


def test_another_may_be_put_in_its_place():
    maker = Maker(1)
    maker.part = "a double"
    assert maker.part == "a double"
    del maker.part
    assert maker.part is maker.made[0]


def test_of_the_class_it_is_the_property_itself():
    assert isinstance(Maker.part, once)
    assert Maker.part.__doc__ == "Made."
