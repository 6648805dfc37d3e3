"""Credentials inside URLs; host and path stay readable."""

import pytest


@pytest.mark.parametrize(
    ("text", "credentials"),
    [
        ("https://bob:hunter2@example.com/x", "bob:hunter2"),
        ("postgres://app:s3cr%21t@db.internal:5432/app", "app:s3cr%21t"),
        ("redis://:pa55word@cache:6379/0", ":pa55word"),
        ("ftp://anna:x@[2001:db8::1]/", "anna:x"),
        ("mongodb+srv://u:p@cluster0.example.net", "u:p"),
        ("git clone https://abcdef0123456789abcd@github.com/o/r", "abcdef0123456789abcd"),
        ("amqp://guest:guest@rabbit/", "guest:guest"),
        ("(see http://a:b@c.org)", "a:b"),
        ("https://bob:p@ss@example.com", "bob:p@ss"),
    ],
)
def test_finds(text, credentials, found):
    assert found(text, "URL_CREDENTIALS") == [credentials]


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/a:b@c",
        "https://example.com:8080/",
        "https://example.com/?q=a:b@c.org",
        "ssh://git@github.com/o/r.git",
        "https://$USER:$PASS@example.com",
        "https://<user>:<password>@example.com",
        "https://user:${PASSWORD}@example.com",
        "https://user:***@example.com",
        "https://medium.com/@alice",
        "mail bob@example.com",
        "://a:b@c.org",
    ],
)
def test_leaves(text, found):
    assert found(text, "URL_CREDENTIALS") == []


def test_the_password_and_host_of_a_url_are_no_mail_address(found):
    assert found("https://bob:hunter2@example.com/x", "EMAIL") == []
