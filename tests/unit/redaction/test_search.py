"""sallyport.redaction.search: one search of a text, sorted by what a policy does with what was found."""

import pytest

from sallyport.contracts import RedactionPolicy
from sallyport.redaction.finding import Finding
from sallyport.redaction.judge import Action, Handling
from sallyport.redaction.lists import Lists
from sallyport.redaction.search import Search

TEXT = "0123456789"


def search(*seen, monkeypatch, lists=None, **policy):
    monkeypatch.setattr(
        "sallyport.redaction.search.candidates", lambda *_, **__: [Finding(*each, detector="double") for each in seen]
    )
    return Search(RedactionPolicy(**policy), lists or Lists()).find(TEXT)


def spans(found):
    return [(each.type, each.start, each.end) for each in found.rewritten]


@pytest.mark.parametrize(
    ("actions", "type_"),
    [
        ({"EMAIL": Action.HASH}, "EMAIL"),
        ({"EMAIL": Action.HASH, "SECRET": Action.MASK_IRREVERSIBLY}, "SECRET"),
    ],
)
def test_of_overlapping_findings_the_strictest_stands_for_all(actions, type_, monkeypatch):
    found = search(("SECRET", 0, 5, 0.9), ("EMAIL", 3, 8, 0.9), actions=actions, monkeypatch=monkeypatch)
    assert spans(found) == [(type_, 0, 8)]


def test_of_findings_that_overlap_and_are_treated_alike_each_keeps_what_is_its_own(monkeypatch):
    found = search(("EMAIL", 0, 5, 0.9), ("SECRET", 3, 8, 0.9), monkeypatch=monkeypatch)
    assert spans(found) == [("EMAIL", 0, 3), ("SECRET", 3, 8)]


@pytest.mark.parametrize("spans_seen", [((0, 5), (1, 4)), ((0, 5), (3, 7)), ((2, 6), (0, 5)), ((0, 5), (0, 8))])
def test_less_than_three_characters_are_no_finding_by_themselves(spans_seen, monkeypatch):
    (start, end), (other, last) = spans_seen
    found = search(("SECRET", start, end, 0.9), ("EMAIL", other, last, 0.9), monkeypatch=monkeypatch)
    assert spans(found) == [("SECRET", min(start, other), max(end, last))]


def test_a_type_that_needs_a_private_model_is_not_hidden_by_another(monkeypatch):
    found = search(("SECRET", 0, 5, 0.9), ("EMAIL", 1, 4, 0.9), private=("EMAIL",), monkeypatch=monkeypatch)
    assert found.counts == {"SECRET": 1, "EMAIL": 1}
    assert spans(found) == [("SECRET", 0, 5)]


def test_what_scores_less_than_its_threshold_is_only_in_doubt(monkeypatch):
    seen = ("PERSON", 0, 2, 0.5), ("PERSON", 3, 5, 0.49), ("EMAIL", 6, 8, 0.5)
    found = search(*seen, thresholds={"EMAIL": 0.6}, monkeypatch=monkeypatch)
    assert spans(found) == [("PERSON", 0, 2)]
    assert (found.counts, found.doubtful) == ({"PERSON": 1}, {"PERSON": 1, "EMAIL": 1})


def test_what_is_hidden_anyway_is_in_no_doubt(monkeypatch):
    seen = ("SECRET", 0, 5, 0.9), ("PERSON", 1, 5, 0.2), ("PERSON", 4, 6, 0.2)
    assert search(*seen, monkeypatch=monkeypatch).doubtful == {"PERSON": 1}
    assert search(*seen[:2], monkeypatch=monkeypatch).doubtful == {}
    assert search(*seen[:2], actions={"SECRET": Action.ALLOW}, monkeypatch=monkeypatch).doubtful == {"PERSON": 1}


def test_what_is_in_doubt_does_not_widen_what_is_certain(monkeypatch):
    found = search(("PERSON", 2, 4, 0.9), ("PERSON", 0, 8, 0.2), monkeypatch=monkeypatch)
    assert spans(found) == [("PERSON", 2, 4)]


def test_what_is_allowed_is_no_finding(monkeypatch):
    seen = ("PERSON", 0, 3, 0.9), ("EMAIL", 0, 3, 0.9), ("PERSON", 4, 7, 0.9), ("LITERAL", 7, 9, 1.0)
    lists = Lists(allowed_terms=("012", "78"))
    found = search(*seen, lists=lists, monkeypatch=monkeypatch)
    assert found.counts == {"PERSON": 1, "LITERAL": 1}


def test_a_seal_has_no_literals():
    search = Search(RedactionPolicy(), Lists())
    assert search.find("<EMAIL_1>").counts == {"LITERAL": 1}
    assert search.find_in_seal("<EMAIL_1>").counts == {}


@pytest.mark.parametrize(
    ("policy", "searched"),
    [
        ({}, False),
        ({"private": ("EMAIL",), "actions": {"IBAN": Action.BLOCK}}, False),
        ({"doubtful": Handling.ROUTE_PRIVATE}, True),
        ({"threshold": 0.0}, True),
        ({"thresholds": {"PERSON": 0.1}}, True),
        ({"private": ("PERSON",)}, True),
        ({"actions": {"ORG": Action.ROUTE_PRIVATE}}, True),
        ({"actions": {"NRP": Action.BLOCK}}, True),
    ],
)
def test_doubts_are_looked_for_where_something_becomes_of_them(policy, searched, monkeypatch):
    asked = []
    monkeypatch.setattr("sallyport.redaction.search.candidates", lambda *_, doubts, **__: asked.append(doubts) or [])
    Search(RedactionPolicy(**policy), Lists()).find(TEXT)
    assert asked == [searched]
