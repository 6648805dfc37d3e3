"""sallyport.dialects.marks: how long a provider is asked to remember."""

import pytest

from sallyport.dialects.marks import cache_ttl
from sallyport.errors import InvalidRequestError


@pytest.mark.parametrize(
    ("block", "ttl"),
    [
        ({}, None),
        ({"cache_control": None}, None),
        ({"cache_control": {"type": "ephemeral"}}, "5m"),
        ({"cache_control": {"type": "ephemeral", "ttl": "5m"}}, "5m"),
        ({"cache_control": {"type": "ephemeral", "ttl": "1h"}}, "1h"),
    ],
)
def test_a_mark_says_how_long(block, ttl):
    assert cache_ttl(block, "tools.0") == ttl


@pytest.mark.parametrize(
    ("control", "field"),
    [
        ("ephemeral", "cache_control"),
        ({}, "cache_control.type"),
        ({"type": "persistent"}, "cache_control.type"),
        ({"type": "ephemeral", "ttl": "2h"}, "cache_control.ttl"),
    ],
)
def test_what_is_no_mark_is_refused_by_its_name(control, field):
    for path, expected in (("", field), ("tools.0", f"tools.0.{field}")):
        with pytest.raises(InvalidRequestError) as refused:
            cache_ttl({"cache_control": control}, path)
        assert refused.value.details["param"] == expected
