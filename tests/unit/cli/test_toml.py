"""sallyport_cli.toml: what the standard library reads is what was written."""

import tomllib

import pytest

from sallyport_cli.toml import to_toml


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": 'with "quotes", \\ and\nlines', "grüße": "Ω🙂"},
        {"whole": 0, "negative": -3, "small": 1e-07, "large": 1e30, "yes": True},
        {"list": [], "names": ["a", "b"], "tables": [{"per": "day", "dollars": 0.5}, {"per": "minute"}]},
        {"table": {}, "redaction": {"EMAIL": "mask", "a type": "block"}},
    ],
)
def test_reads_back_as_it_was(fields):
    assert tomllib.loads(to_toml(fields)) == fields


def test_leaves_out_what_is_absent():
    assert tomllib.loads(to_toml({"limits": [{"per": "day", "tokens": None}]})) == {"limits": [{"per": "day"}]}
