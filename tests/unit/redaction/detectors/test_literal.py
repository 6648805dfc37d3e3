"""What a client typed that looks like a placeholder."""

import pytest


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("say <EMAIL_1> again", "<EMAIL_1>"),
        ("<email_1>", "<email_1>"),
        ("\\<EMAIL\\_1\\>", "\\<EMAIL\\_1\\>"),
        ("&lt;US_SSN_12&gt;", "&lt;US_SSN_12&gt;"),
        ("\\u003cIBAN_3\\u003e", "\\u003cIBAN_3\\u003e"),
        ("[Credit Card 2]", "[Credit Card 2]"),
        ("{phone-7}", "{phone-7}"),
        ("bare EMAIL_1 too", "EMAIL_1"),
        ("<LITERAL_1>", "<LITERAL_1>"),
        ("XEMAIL_1Y", "EMAIL_1"),
        ("<EM\u200bAIL_1>", "<EM\u200bAIL_1>"),
    ],
)
def test_finds(text, literal, found):
    assert found(text, "LITERAL") == [literal]


@pytest.mark.parametrize(
    "text",
    [
        "email 1 of 3",
        "address_1 = form['address_1']",
        "<EMAIL>",
        "<EMAIL_0>",
        "<EMAIL_X>",
        "[Figure 1]",
        "<item_1>",
        "UTF_8 and HTTP_2",
        "phone-7 is old",
        "<EMAILS_1>",
    ],
)
def test_leaves(text, found):
    assert found(text, "LITERAL") == []
