"""Passwords in sentences and tables."""

import pytest


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("please log in, password Xk9#mm2Q.", ["Xk9#mm2Q"]),
        ("the user and password %77OR3^@!Nros2+m.", ["%77OR3^@!Nros2+m"]),
        ("My password 2YrAi3pS isn't working anymore.", ["2YrAi3pS"]),
        ("her password (9S8)1SuPqh) was found", ["9S8)1SuPqh"]),
        ('and password "Enough8946@".', ["Enough8946@"]),
        ("I keep forgetting the password - was it Lisa@0702?", ["Lisa@0702"]),
        ("reset the password for bob? The old one is Agent5925$.", ["Agent5925$"]),
        ("password changed from Budget5411# to Raise!whose", ["Budget5411#", "Raise!whose"]),
        ("the wifi password here is correct-horse-battery, ask me", ["correct-horse-battery"]),
        ("please enter your password\nuser: T!7GEAelGo", ["T!7GEAelGo"]),
        ("locked after three attempts with Eight3588$", ["Eight3588$"]),
        ("pwd MDdgEXcP.", ["MDdgEXcP"]),
        ("use bento99 and Special!game as your password.", ["Special!game"]),
        ("Enter Mark@7308 when asked for the password.", ["Mark@7308"]),
        ("that her password, b!9BHvnS_F, had been stolen", ["b!9BHvnS_F"]),
        ("she changed the password to Eight_law yesterday", ["Eight_law"]),
        ("password=$CvFrH+dv6&a=b", ["$CvFrH+dv6"]),
        ("name,username,password\nAnna,asmith,Play0700!\nBo,bo22,hunter2", ["Play0700!", "hunter2"]),
    ],
)
def test_finds(text, values, found):
    assert found(text, "PASSWORD") == values


@pytest.mark.parametrize(
    "text",
    [
        "Your password must be at least 12 characters long",
        "password hashed with SHA-256 or PBKDF2",
        "password and OAuth2 tokens are supported",
        "the password is end-to-end encrypted",
        "the password is case-sensitive",
        "password resetting takes two-factor authentication",
        "reset the password at https://example.org/Reset4You?x=1",
        "the password for alice@example.org was changed",
        "password ${DB_PASSWORD}",
        "password=$DB_PASSWORD1",
        "username, password, email, phone",
        "open it when asked for the password",
        "your birthday as your password",
        "password %(password)s",
        "password <YourPassword1>",
        "password = getPassword(user1)",
        "see ticket JIRA-1234 on the password policy",
        "pass the iPhone14 to me",
        "return pwd.getpwuid(os.getuid())[0]",
        "the password is required, JavaScript and TypeScript are not",
        "password in settings.py or Config1.yaml",
        "login(user, passwd)\nopen(user, passwd1)",
        "id,password\n1,null\n2,12",
        "password reset_token",
        "def add(self, passwd, is_open=False)",
        "`secondary_pass`, `coherence_non_latin` and others",
    ],
)
def test_leaves(text, found):
    assert found(text, "PASSWORD") == []
