"""sallyport.redaction.lists: what an operator names himself."""

import pytest

from sallyport.redaction.custom import DENIED
from sallyport.redaction.detect import candidates, merge
from sallyport.redaction.finding import LITERAL
from sallyport.redaction.lists import Lists

BADGE = {"type": "BADGE", "patterns": ["B-[0-9]{6}"]}


def found(text, **fields):
    lists = Lists.model_validate(fields)
    return [(each.type, text[each.start : each.end]) for each in merge(candidates(text, more=lists.families))]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Ask the Project Falcon team.", ["Project Falcon"]),
        ("PROJECT  FALCON, project\nfalcon", ["PROJECT  FALCON", "project\nfalcon"]),
        ("pro\u200bject fal\u200bcon", ["pro\u200bject fal\u200bcon"]),
        ("\uff30roject Falcon", ["\uff30roject Falcon"]),
        ("(project falcon)", ["project falcon"]),
        ("subproject falcon", []),
        ("project falcons", []),
        ("project, falcon", []),
        ("falcon project", []),
        (f"project{' ' * 9}falcon", []),
    ],
)
def test_a_denied_term_is_found_as_words_of_its_own(text, hits):
    assert found(text, denied_terms=["Project Falcon"]) == [(DENIED, hit) for hit in hits]


def test_a_denied_pattern_is_found_as_it_is_written():
    assert found("XK-12 xk-12 XK-1", denied_patterns=["XK-[0-9]{2}"]) == [(DENIED, "XK-12")]
    assert found("xk-12", denied_patterns=["(?i)XK-[0-9]{2}"]) == [(DENIED, "xk-12")]


@pytest.mark.parametrize(
    ("value", "allowed"),
    [
        ("support@acme.example", True),
        ("Support@ACME.example", True),
        ("press@acme.example", True),
        ("press@acme.example.org", False),
        ("xpress@acme.example", False),
        ("my support@acme.example", False),
    ],
)
def test_what_is_allowed_is_the_whole_of_a_finding(value, allowed):
    lists = Lists(allowed_terms=("support@acme.example",), allowed_patterns=("press@acme[.]example",))
    assert lists.allows(value) is allowed


def test_nothing_is_allowed_by_empty_lists():
    assert not Lists().allows("")


def test_text_that_looks_like_a_placeholder_of_an_own_type_is_literal():
    assert found("see <BADGE_1> and BADGE_2 of B-123456", detectors=[BADGE]) == [
        (LITERAL, "<BADGE_1>"),
        (LITERAL, "BADGE_2"),
        ("BADGE", "B-123456"),
    ]
    assert found("see <DENIED_1>", denied_terms=["falcon"]) == [(LITERAL, "<DENIED_1>")]
    assert found("see <BADGE_1> and <DENIED_1>") == []


def test_types_are_those_that_only_these_lists_know():
    assert Lists().types == frozenset()
    assert Lists(allowed_terms=("acme",)).types == frozenset()
    assert Lists.model_validate({"detectors": [BADGE], "denied_patterns": ["x"]}).types == {"BADGE", DENIED}
