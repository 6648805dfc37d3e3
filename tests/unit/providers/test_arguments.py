"""providers/arguments: text that a model wrote as an object, if it is one."""

import pytest

from sallyport.providers.arguments import object_of


@pytest.mark.parametrize(
    ("arguments", "made"),
    [
        ("", {}),
        (" \n", {}),
        ('{"a": 1e3}', {"a": 1000.0}),
        ("{", None),
        ("[]", None),
        ("7", None),
        ('{"a": Infinity}', None),
        ("[" * 100_000, None),
    ],
)
def test_objects(arguments, made):
    assert object_of(arguments) == made
