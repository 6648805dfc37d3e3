"""Bank accounts by country length and check digits."""

import pytest


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("GB82WEST12345698765432", "GB82WEST12345698765432"),
        ("IBAN: GB82 WEST 1234 5698 7654 32.", "GB82 WEST 1234 5698 7654 32"),
        ("DE89370400440532013000", "DE89370400440532013000"),
        ("IBAN DE 89 3704 0044 0532 0130 00.", "DE 89 3704 0044 0532 0130 00"),
        ("de89 3704 0044 0532 0130 00", "de89 3704 0044 0532 0130 00"),
        ("FR14 2004 1010 0505 0001 3M02 606", "FR14 2004 1010 0505 0001 3M02 606"),
        ("NO9386011117947", "NO9386011117947"),
        ("MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
        ("BE68-5390-0754-7034", "BE68-5390-0754-7034"),
        ("to CH9300762011623852957 now please", "CH9300762011623852957"),
        ("IBAN: GB92UFFQ3038836859574, please", "GB92UFFQ3038836859574"),
        ("iban CO28 LHVH 7406 8124 1586 8 (SWIFT KAAAATXX)", "CO28 LHVH 7406 8124 1586 8"),
        ("NL91 ABNA 0417 1643 00 for rent", "NL91 ABNA 0417 1643 00"),
        (
            "GB82\u00a0WEST\u00a01234\u00a05698\u00a07654\u00a032",
            "GB82\u00a0WEST\u00a01234\u00a05698\u00a07654\u00a032",
        ),
    ],
)
def test_finds(text, account, found):
    assert found(text, "IBAN") == [account]


@pytest.mark.parametrize(
    "text",
    [
        "GB82WEST12345698765433",
        "GB83WEST12345698765432",
        "GB82WEST1234569876543",
        "GB82WEST123456987654321",
        "XX82WEST12345698765432",
        "XGB82WEST12345698765432",
        "DE89 is a prefix",
        "AB12 CD34 EF56",
        "part no. SE36 5000 0000 0549 1000 0003",
        "sha256 de89370400440532013001abcdef",
    ],
)
def test_leaves(text, found):
    assert found(text, "IBAN") == []
