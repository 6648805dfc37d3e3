"""Names of accounts."""

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("username: jdoe_99", "jdoe_99"),
        ("My username is johnsmith and my password is long", "johnsmith"),
        ("user john_doe22 logged in", "john_doe22"),
        ("logged in as j.smith", "j.smith"),
        ('"userName": "smith"', "smith"),
        ("login=admin7", "admin7"),
        ("Contact @realuser on Twitter", "@realuser"),
        ('user_id = "smith42"', "smith42"),
        ("Benutzername: hmueller", "hmueller"),
        ("handle is night_owl", "night_owl"),
        ('screen name is "Bob"', "Bob"),
    ],
)
def test_finds(text, value, found):
    assert found(text, "USERNAME") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "User: Anna Smith",
        "username is required",
        "the user is not found",
        "user interface",
        '@app.route("/")',
        "@dataclass",
        "import @types/node",
        "bob@example.com",
        "username: string",
        "login to continue",
        "user stories",
        "the handle is broken off",
        "@media (max-width: 3px)",
        "user 12",
    ],
)
def test_leaves(text, found):
    assert found(text, "USERNAME") == []
