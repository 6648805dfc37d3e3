"""Bank identifier codes behind their label."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SWIFT: DEUTDEFF500", "DEUTDEFF500"),
        ("BIC DEUTDEFF", "DEUTDEFF"),
        ("BIC/SWIFT code is CHASUS33", "CHASUS33"),
        ("swift code: BNPAFRPPXXX", "BNPAFRPPXXX"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "BIC") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "DEUTDEFF",
        "SWIFT: PROGRAMS",
        "swift as lightning",
        "BIC PENCILS",
        "SWIFT PROGRAMS",
    ],
)
def test_leaves(text, found):
    assert found(text, "BIC") == []
