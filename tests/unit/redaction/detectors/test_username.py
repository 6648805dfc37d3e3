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
        ("Please update: username aross, password is below", "aross"),
        ("With the username omclaughlin, she registered", "omclaughlin"),
        ("User wward logged in", "wward"),
        ("Account ckelly was locked", "ckelly"),
        ("The user robinson-budget (eb@example.org) asked", "robinson-budget"),
        ("Can you reset the password for david.chambers?", "david.chambers"),
        ("change it after logging in as qjohnson.", "qjohnson"),
        ("My login is fshaw but it fails", "fshaw"),
        ("my handle is orussell, as ever", "orussell"),
        ("Login ashleypham with password below does not work", "ashleypham"),
        ("check why user davismichael can't log in", "davismichael"),
        ("The device was registered by visarion75.", "visarion75"),
        ("reviewed by j_smith91, then merged", "j_smith91"),
        ("use laura_11 as your username", "laura_11"),
        ("her username, robert_08, was stolen", "robert_08"),
        ("the user account sporta was created", "sporta"),
        ("reset the password for JoannaCarr92?", "JoannaCarr92"),
        ("her account username (dburns) was found", "dburns"),
        ("<username>istout</username>", "istout"),
        ("she goes by rgarrett online", "rgarrett"),
        ("You can follow me as julia69 on Instagram", "julia69"),
        ("name,username,team\nAnna,asmith,red", "asmith"),
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
        "log in as administrator.",
        "sign in as usual.",
        "my login is broken, help",
        "the account holder was locked out",
        "account settings were disabled",
        "a user just logged in",
        "the user who logged in",
        "the login page with password reset",
        "user experience can't be measured",
        "created by python3 scripts",
        "created by app.py.",
        "the bike passed by route66signs on the way",
        "the username field, the password field",
        "customer: sure, why not",
        "customer: TA69 IBB",
        "use your e-mail as your username",
        "username, password, and e-mail",
        "the account = lexer.get_token()",
        "the password for this account",
        "known as Twitter online",
    ],
)
def test_leaves(text, found):
    assert found(text, "USERNAME") == []
