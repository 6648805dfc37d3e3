"""Web addresses."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("see https://www.example.com/a?b=c#d.", "https://www.example.com/a?b=c#d"),
        ("(http://x.org/wiki/A_(b))", "http://x.org/wiki/A_(b)"),
        ("www.example.com/path", "www.example.com/path"),
        ("visit booking.com today", "booking.com"),
        ("ftp://files.example.net/x", "ftp://files.example.net/x"),
        ("http://localhost:8080/admin", "http://localhost:8080/admin"),
        ("[a](https://a.example/b)", "https://a.example/b"),
        ("https://bob:pw@example.com/x", "example.com/x"),
        ("mycompany.co.uk/team", "mycompany.co.uk/team"),
        ("s3://bucket/key.csv", "s3://bucket/key.csv"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "URL") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "node.js and main.py",
        "e.g. this",
        "bob@example.com",
        "version 1.2.3",
        "http://json-schema.org/draft-07/schema#",
        "end of sentence.Next one",
        "self.info.items",
        "os.path.join",
        "C:\\dir\\file.com1",
        "std::io",
        "foo.io()",
    ],
)
def test_leaves(text, found):
    assert found(text, "URL") == []
