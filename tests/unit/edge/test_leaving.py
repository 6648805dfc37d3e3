"""sallyport.edge.leaving: what is entered is left, once, by whoever comes first."""

from contextlib import contextmanager

import pytest

from sallyport.edge.leaving import LeftOnce
from sallyport.edge.pipe import AbandonedError


class Told:
    """What happened to a context, in order."""

    def __init__(self):
        self.events = []
        self.on_entry = lambda: None

    @contextmanager
    def context(self):
        self.events.append("entered")
        self.on_entry()
        try:
            yield "what is in it"
        finally:
            self.events.append("left")


@pytest.fixture
def told():
    return Told()


def test_it_is_left_at_its_end(told):
    with LeftOnce(told.context()) as entered:
        assert entered == "what is in it"
        assert told.events == ["entered"]
    assert told.events == ["entered", "left"]


def test_who_leaves_early_leaves_at_once_and_nobody_again(told):
    context = LeftOnce(told.context())
    with context:
        context.leave()
        context.leave()
        assert told.events == ["entered", "left"]
    assert told.events == ["entered", "left"]


@pytest.mark.parametrize("early", ["before it is entered", "while it is entered"])
def test_what_was_left_before_it_was_entered_is_not_gone_into(told, early):
    context = LeftOnce(told.context())
    if early == "while it is entered":
        told.on_entry = context.leave
    else:
        context.leave()
    with pytest.raises(AbandonedError), context:
        raise AssertionError("it was gone into")
    assert told.events == ["entered", "left"]
