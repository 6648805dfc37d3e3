"""Whole CVs, all of invented people: what tells who somebody is goes, and what somebody can do stays."""

import json
from datetime import date
from pathlib import Path

import pytest

from sallyport.redaction.hiring.anonymize import anonymize_cv, candidate_id

CVS = Path(__file__).parents[4] / "docs/examples/hiring"
TODAY = date(2026, 11, 21)

PLANTED = json.loads((Path(__file__).parents[3] / "data/hiring/planted.json").read_text())
"""Of each CV, what was planted to identify, and what somebody can do."""


def anonymized(name, **options):
    return anonymize_cv((CVS / name).read_text(), candidate="candidate-007", today=TODAY, **options)


@pytest.mark.parametrize(("name", "gone"), [(name, each["gone"]) for name, each in PLANTED.items()], ids=PLANTED)
def test_no_planted_identifier_survives(name, gone):
    original, result = (CVS / name).read_text(), anonymized(name).text
    assert [each for each in gone if each not in original] == []
    assert [each for each in gone if each in result] == []


@pytest.mark.parametrize(("name", "kept"), [(name, each["kept"]) for name, each in PLANTED.items()], ids=PLANTED)
def test_what_somebody_can_do_survives(name, kept):
    result = anonymized(name).text
    assert [each for each in kept if each not in result] == []


@pytest.mark.parametrize("name", PLANTED)
def test_removals_tell_where_and_why_and_make_the_text(name):
    original, cv = (CVS / name).read_text(), anonymized(name)
    ends = [0, *(each.end for each in cv.removals)]
    assert all(end <= each.start < each.end for end, each in zip(ends, cv.removals, strict=False))
    assert all(each.reason and 0 <= each.score <= 1 for each in cv.removals)
    pieces = [original[end : each.start] for end, each in zip(ends, cv.removals, strict=False)]
    assert all(piece in cv.text for piece in pieces)


def test_the_same_cv_again_reads_the_same():
    assert anonymized("sam-lee.txt") == anonymized("sam-lee.txt")


def test_employers_go_when_asked_and_roles_stay():
    kept, removed = anonymized("jane-oconnor.md").text, anonymized("jane-oconnor.md", employers=False).text
    assert "Initech" in kept
    assert "Initech" not in removed
    assert "Globex" not in removed
    assert "Senior Software Engineer" in removed
    assert "Ruby on Rails, Python, React" in removed


def test_what_is_already_anonymized_stays_as_it_is():
    once = anonymized("sam-lee.txt").text
    assert anonymize_cv(once, candidate="candidate-007", today=TODAY).text == once


@pytest.mark.parametrize("text", ["", " ", "\n\n", "Java", "candidate-001", "😀" * 10, "\u202e\u200b"])
def test_next_to_nothing_is_no_trouble(text):
    assert anonymize_cv(text, candidate="candidate-001", today=TODAY).text == text


def test_invisible_characters_hide_no_name():
    text = "Jane O'Connor\n\nJ\u200bane wrote; \uff2aane led.\n"
    assert anonymize_cv(text, candidate="X", today=TODAY).text == "X\n\nX wrote; X led.\n"


def test_candidates_are_numbered():
    assert (candidate_id(1), candidate_id(1234)) == ("candidate-001", "candidate-1234")
