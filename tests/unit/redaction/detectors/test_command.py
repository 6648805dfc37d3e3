"""Names and passwords on command lines."""

import pytest


@pytest.mark.parametrize(
    ("text", "names", "passwords"),
    [
        ("curl -s -u bob:hunter2 https://api.example.org", ["bob"], ["hunter2"]),
        ("curl --user 'bob:p@ss' x", ["bob"], ["p@ss"]),
        ("mysql -u billing_ro -pS3cr3tPa55 shop", ["billing_ro"], ["S3cr3tPa55"]),
        ("sshpass -p 'Gr33nTea!' ssh host", [], ["Gr33nTea!"]),
        ("psql -h db -U reporter4 shop", ["reporter4"], []),
    ],
)
def test_finds(text, names, passwords, found):
    assert found(text, "USERNAME") == names
    assert found(text, "PASSWORD") == passwords


@pytest.mark.parametrize(
    "text",
    [
        "curl -u $USER:$TOKEN https://api.example.org",
        "mysql -u root -p shop",
        "mysql -u root -port 3306",
        "mkdir -p Projects1/a",
        "ssh -p 2222 host",
        "psql -U postgres",
        "curl -u {name}:{word} x",
        "sort -u names:2",
    ],
)
def test_leaves(text, found):
    assert found(text, "USERNAME") == found(text, "PASSWORD") == []
