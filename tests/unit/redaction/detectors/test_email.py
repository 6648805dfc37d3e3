"""E-mail addresses, and what merely has an @."""

import pytest


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("write to alice@example.com", "alice@example.com"),
        ("Alice <alice.b+news@mail.example.co.uk>,", "alice.b+news@mail.example.co.uk"),
        ("(o'neil@example.org)", "o'neil@example.org"),
        ("ends a sentence: bob_99@example.io.", "bob_99@example.io"),
        ("mailto:bob@example.de?subject=hi", "bob@example.de"),
        ("'bob@example.de'", "bob@example.de"),
        ("email='bob@example.de'", "bob@example.de"),
        ("müller@straße.example", "müller@straße.example"),
        ("user@xn--bcher-kva.xn--p1ai", "user@xn--bcher-kva.xn--p1ai"),
        ("to=bob@example.com&x=1", "bob@example.com"),
        ("bo\u200bb@exam\u200bple.com", "bo\u200bb@exam\u200bple.com"),
        ("UPPER@EXAMPLE.COM", "UPPER@EXAMPLE.COM"),
    ],
)
def test_finds(text, address, found):
    assert found(text, "EMAIL") == [address]


@pytest.mark.parametrize(
    "text",
    [
        "follow @alice on the network",
        "npm install left-pad@1.3.0",
        "image@2x.png is sharp",
        "user@localhost",
        "@app.route('/')",
        "a @ example.com",
        "git@github.com:org/repo.git",
        "two@@example.com",
        "ends with a dot.@example.com",
        "3 apples @ 1.50 each",
        "alice@example",
    ],
)
def test_leaves(text, found):
    assert found(text, "EMAIL") == []


def test_finds_neighbours_one_by_one(found):
    assert found("a@b.org,c@d.org;e@f.org", "EMAIL") == ["a@b.org", "c@d.org", "e@f.org"]
