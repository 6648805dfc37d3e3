"""providers/marks: whatever can be marked for a cache is looked at."""

import pytest

from sallyport.providers.marks import is_marked
from tests.unit.providers.wishes import WISHES

MARKS = {name for name in WISHES if name.endswith(".cache")}


@pytest.mark.parametrize("name", sorted(WISHES))
def test_a_mark_is_seen_and_nothing_else_is_one(name):
    without, wish = WISHES[name]
    assert not is_marked(without)
    assert is_marked(wish) is (name in MARKS)
