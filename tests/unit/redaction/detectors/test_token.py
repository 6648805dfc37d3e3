"""Keys and tokens with an issuer's prefix. None of these was ever valid."""

import pytest

_A36 = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
_JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("key AKIAIOSFODNN7EXAMPLE here", "AKIAIOSFODNN7EXAMPLE"),
        (f"ghp_{_A36}", f"ghp_{_A36}"),
        (f"github_pat_{_A36}", f"github_pat_{_A36}"),
        ("xoxb-123456789012-abcdefABCDEF", "xoxb-123456789012-abcdefABCDEF"),
        (f"sk-proj-{_A36}", f"sk-proj-{_A36}"),
        (f"use sk-ant-api03-{_A36}.", f"sk-ant-api03-{_A36}"),
        ("AIzaSyA1234567890abcdefghijklmnopqrstuv", "AIzaSyA1234567890abcdefghijklmnopqrstuv"),
        ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
        ("rk_test_4eC39HqLyjWDarjtT1zdp7dc", "rk_test_4eC39HqLyjWDarjtT1zdp7dc"),
        (f"Cookie: t={_JWT};", _JWT),
        (f"npm_{_A36}", f"npm_{_A36}"),
        ("glpat-a1B2c3D4e5F6g7H8i9J0", "glpat-a1B2c3D4e5F6g7H8i9J0"),
        ("https://hooks.slack.com/services/T0000000/B0000000/a1B2c3D4e5F6g7H8i9J0k1L2", None),
        ("sp_a1b2c3d4e5_a1B2c3D4e5F6g7H8i9J0k1L2m3", "sp_a1b2c3d4e5_a1B2c3D4e5F6g7H8i9J0k1L2m3"),
        ("AKIA\u200bIOSFODNN7EXAMPLE", "AKIA\u200bIOSFODNN7EXAMPLE"),
    ],
)
def test_finds(text, token, found):
    assert found(text, "SECRET") == [token or text.removeprefix("https://")]


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPL",
        "XAKIAIOSFODNN7EXAMPLE",
        "ghp_short",
        "sk-learn-is-a-python-library-for-models",
        "task-1234567890abcdefghijkl",
        "eyJhbGciOiJIUzI1NiJ9 alone",
        "eyJhbGciOiJIUzI1NiJ9.not.three",
        "AIzaSyA123",
        "xoxo-love-and-kisses",
        "550e8400-e29b-41d4-a716-446655440000",
        "pk_live_short",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ],
)
def test_leaves(text, found):
    assert found(text, "SECRET") == []


def test_the_secret_behind_an_access_key_id_needs_no_prefix(found):
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    assert found(f"AKIAIOSFODNN7EXAMPLE\n{secret}\n", "SECRET") == ["AKIAIOSFODNN7EXAMPLE", secret]
    assert found(f"a hash: {secret}", "SECRET") == []
