"""A short run from a seed, and that each kind of failure would be seen."""

import random

import pytest

from bench.redaction import fuzz
from sallyport.redaction.finding import Finding


def test_nothing_leaks_and_everything_comes_back():
    result = fuzz.play(seed=7, rounds=60, until=0)
    assert result == {"seed": 7, "rounds": 60, "wrong": []}


def test_a_seed_plants_the_same_again():
    assert fuzz.planted(random.Random("a")) == fuzz.planted(random.Random("a"))
    text, spans = fuzz.planted(random.Random("b"))
    assert all(0 <= start < end <= len(text) for start, end, _ in spans)


def test_a_value_half_masked_is_a_leak(monkeypatch):
    monkeypatch.setattr(fuzz, "detect", lambda text: [Finding("EMAIL", 0, 4, 1.0, "test")])
    assert fuzz.leaks("bob@x.org", [(0, 9, "bob@x.org")]) == ["bob@x.org"]


def test_an_exception_is_a_finding(monkeypatch):
    def fail(text):
        raise ValueError("broken")

    monkeypatch.setattr(fuzz, "detect", fail)
    [wrong] = fuzz.play(seed=0, rounds=1, until=0)["wrong"]
    assert "broken" in wrong["wrong"]


@pytest.mark.parametrize(("power", "is_slow"), [(1, False), (2, True)])
def test_what_grows_faster_than_its_text_is_noticed(power, is_slow, monkeypatch):
    monkeypatch.setattr(fuzz, "_timed", lambda find, text: len(text) ** power)
    monkeypatch.setattr(fuzz, "GROWING", ("a",))
    assert [family for family, *_ in fuzz.growing()][-1:] == (["all"] if is_slow else [])
