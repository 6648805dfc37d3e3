"""Passwords and keys by their labels, and prose, types and templates behind the same labels."""

import pytest


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("password: hunter2", "hunter2"),
        ("Password = 'correct horse 1'", "correct horse 1"),
        ('{"password": "swordfish"}', "swordfish"),
        ('{\\"password\\": \\"swordfish\\"}', "swordfish"),
        ("my password is Tr0ub4dor&3!", "Tr0ub4dor&3!"),
        ("Server=db;Uid=app;Password=s3cret;Encrypt=yes", "s3cret"),
        ("pwd=letmein\n", "letmein"),
        ("das Passwort ist geheim123", "geheim123"),
        ("<password>hunter2</password>", "hunter2"),
        ("**Password:** hunter2", "hunter2"),
        ("İ password: hunter2", "hunter2"),
        ("the password for the vault is hunter2!x", "hunter2!x"),
        ("password was changed to Summer2024", "Summer2024"),
    ],
)
def test_finds_passwords(text, secret, found):
    assert found(text, "PASSWORD") == [secret]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("api_key=a1b2c3d4e5f6", "a1b2c3d4e5f6"),
        ("she pushed a key tok_9Y8SvDUKOsOhNnngIFp3CAuk", "tok_9Y8SvDUKOsOhNnngIFp3CAuk"),
        ("API key: 'a1b2c3d4e5f6'", "a1b2c3d4e5f6"),
        ("Authorization: Bearer a1b2c3d4e5f6a7b8", "a1b2c3d4e5f6a7b8"),
        ("Authorization: Basic Ym9iOmh1bnRlcjI=", "Ym9iOmh1bnRlcjI="),
        ("client_secret: a1b2c3d4-e5f6", "a1b2c3d4-e5f6"),
        ("AccountKey=abcd1234efgh5678==;EndpointSuffix=x", "abcd1234efgh5678=="),
        (
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ),
        ("access_token=ya12b34c56d78&scope=x", "ya12b34c56d78"),
        ("the token for staging is 9f8e7d6c5b4a3210", "9f8e7d6c5b4a3210"),
        ("API key abc123def456ghi789 leaked", "abc123def456ghi789"),
        ("security token: 4f5e6d7c8b9a", "4f5e6d7c8b9a"),
        ("The API key is vgdrzegqvtrxoxo7qiymndeilwsqryij.", "vgdrzegqvtrxoxo7qiymndeilwsqryij"),
        ("Use 3awNR9woqadwzbMGpChXPDbS4J08CvkC as the access token", "3awNR9woqadwzbMGpChXPDbS4J08CvkC"),
    ],
)
def test_finds(text, secret, found):
    assert found(text, "SECRET") == [secret]


@pytest.mark.parametrize(
    "text",
    [
        "the password is incorrect",
        "Use Content-Type-2-application as the key",
        "internationalisation1 is the key",
        "password: required",
        "password: str = Field(min_length=8)",
        "password = os.environ['PASSWORD']",
        "password=$DB_PASSWORD",
        "password: {{ password }}",
        "password: ********",
        "password = get_password(user)",
        "Password must contain 8 characters",
        "Password: at least 8 characters",
        "I forgot my password. Please help",
        "if password == other: pass",
        "max_tokens=1024",
        "token: string",
        "the key is under the mat",
        "key=value1234",
        "a secret between us",
        "api_key = settings.api_key_2",
        "the key performance indicators of 2024",
        "sort key created_at_descending_2",
        "basic a1b2c3d4e5f6",
        "bearer of bad news",
        "the token budget is 128000 tokens",
        "a password for every user of the site",
        "monkey: banana12345678",
    ],
)
def test_leaves(text, found):
    assert found(text, "SECRET") == []
    assert found(text, "PASSWORD") == []
