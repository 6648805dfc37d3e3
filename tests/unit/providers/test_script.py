"""providers/script: what is a script, and what only looks like one."""

import pytest

from sallyport.providers.script import is_script


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fail-429", True),
        ("fail-429-after-7s", True),
        ("fail-hang", True),
        ("slow-250ms-fail-500", True),
        ("slow-5ms-pace-1ms-cut-after-0", True),
        ("stall-slow-5ms", True),
        ("", False),
        ("simulated", False),
        ("simulated-fail-429", False),
        ("fail-429-canary", False),
        ("fail-200", False),
        ("fail-429-after-7", False),
        ("fail-429 ", False),
        ("fail-429\n", False),
        ("Fail-429", False),
        ("slow-\u0665ms", False),
        ("slow-1ms-slow-2ms", False),
        ("cut-stall", False),
        ("fail-429-fail-500", False),
        ("fail-429,fail-500", False),
        ("-cut", False),
        ("cut-", False),
        ("cut--stall", False),
    ],
)
def test_a_script_is_its_parts_and_nothing_else(text, expected):
    assert is_script(text) is expected
