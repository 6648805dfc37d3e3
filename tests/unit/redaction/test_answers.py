"""sallyport.redaction.answers: what is said of a type, what is said of all, and which of several is followed."""

import pytest

from sallyport.redaction.answers import AnswerActions, actions_of, strictest
from sallyport.redaction.judge import AnswerHandling

ALLOW, REPORT, MASK, BLOCK = AnswerHandling
PRESET = AnswerActions(REPORT, {"SECRET": MASK})


@pytest.mark.parametrize(
    ("type_", "allowed_in_requests", "handling"),
    [("SECRET", False, MASK), ("SECRET", True, MASK), ("ORG", False, REPORT), ("ORG", True, ALLOW)],
)
def test_a_default_is_for_what_requests_may_not_say(type_, allowed_in_requests, handling):
    assert PRESET.of(type_, allowed_in_requests=allowed_in_requests) is handling


@pytest.mark.parametrize(
    ("rules", "changed"),
    [
        (None, PRESET),
        ({"default": MASK}, AnswerActions(MASK)),
        ({"default": MASK, "ORG": ALLOW}, AnswerActions(MASK, {"ORG": ALLOW})),
        ({"ORG": BLOCK}, AnswerActions(REPORT, {"SECRET": MASK, "ORG": BLOCK})),
        ({"SECRET": ALLOW}, AnswerActions(REPORT, {"SECRET": ALLOW})),
    ],
)
def test_a_default_replaces_all_and_a_type_itself(rules, changed):
    assert PRESET.changed(rules) == changed


def test_the_strictest_is_followed_for_each_type():
    several = [PRESET, actions_of({"default": MASK, "SECRET": ALLOW, "ORG": REPORT}), actions_of(None)]
    policy = strictest(several, {"SECRET": False, "EMAIL": False, "ORG": True, "URL": True})
    assert policy == AnswerActions(MASK, {"ORG": REPORT})
