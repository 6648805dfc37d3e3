"""Passwords behind short labels, and with their names."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("pw is Summer2024!", "Summer2024!"),
        ("pw: hunter2", "hunter2"),
        ("login: bob / hunter2!", "hunter2"),
        ("credentials: admin:Passw0rd!", "Passw0rd"),
        ("PIN 4821", "4821"),
        ("your one-time code is 482913", "482913"),
        ("the door code is 4471#", "4471"),
        ("creds for staging -> deploy:Xk9#mm2Q", "Xk9#mm2Q"),
        ("my PIN code is 482193", "482193"),
        ("pass: tr0ub4dor", "tr0ub4dor"),
        ("kennwort ist Geh3im", "Geh3im"),
        ("log in with bob and s3cret99", "s3cret99"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "PASSWORD") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "pass the salt",
        "a pin in many holes",
        "pw is wrong",
        "access: read/write",
        "login: https://x.org/a",
        "pin 12",
        "PIN codes have 4 digits",
        "account: yes/no",
        "pass: ${PASS}",
        "shopping 1234",
    ],
)
def test_leaves(text, found):
    assert found(text, "PASSWORD") == []
