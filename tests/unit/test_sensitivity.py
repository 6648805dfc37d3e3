"""sallyport.sensitivity: what raises the sensitivity beside what was found."""

import pytest

from sallyport.contracts import RedactionPolicy
from sallyport.errors import ContentBlockedError
from sallyport.redaction.judge import Action, Handling, Sensitivity
from sallyport.sensitivity import grounds


def raised(seen, **policy):
    found = grounds(RedactionPolicy(**policy), doubtful=seen, uninspected=0)
    assert all(ground.sensitivity is Sensitivity.CONFIDENTIAL for ground in found)
    return [ground.reason for ground in found]


@pytest.mark.parametrize(
    ("policy", "private"),
    [
        ({}, False),
        ({"doubtful": Handling.ROUTE_PRIVATE}, True),
        ({"private": ("PERSON",)}, True),
        ({"private": ("EMAIL",)}, False),
        ({"actions": {"PERSON": Action.ROUTE_PRIVATE}}, True),
        ({"actions": {"PERSON": Action.BLOCK}}, True),
        ({"actions": {"PERSON": Action.MASK_IRREVERSIBLY}}, False),
    ],
)
def test_a_doubt_keeps_private_what_certainty_would_keep_from_the_cloud(policy, private):
    assert raised({"PERSON": 2}, **policy) == (["2 that may be PERSON kept private"] if private else [])
    assert raised({}, **policy) == []


@pytest.mark.parametrize(
    ("handling", "private"),
    [(Handling.ALLOW, []), (Handling.ROUTE_PRIVATE, ["3 that cannot be searched kept private"])],
)
def test_what_cannot_be_searched_is_for_the_policy(handling, private):
    found = grounds(RedactionPolicy(uninspected=handling), doubtful={}, uninspected=3)
    assert [ground.reason for ground in found] == private
    assert grounds(RedactionPolicy(uninspected=handling), doubtful={}, uninspected=0) == []


def test_a_policy_may_refuse_what_it_cannot_be_sure_of():
    with pytest.raises(ContentBlockedError, match="may be EMAIL") as blocked:
        grounds(RedactionPolicy(doubtful=Handling.BLOCK), doubtful={"EMAIL": 1, "PERSON": 1}, uninspected=0)
    assert blocked.value.details == {"types": ["EMAIL", "PERSON"]}
    with pytest.raises(ContentBlockedError, match="cannot be searched") as blocked:
        grounds(RedactionPolicy(uninspected=Handling.BLOCK), doubtful={}, uninspected=1)
    assert blocked.value.details == {"types": ["uninspected"]}


def test_an_earlier_turn_keeps_a_conversation_private_and_no_more():
    def after(before):
        return [each.reason for each in grounds(RedactionPolicy(), doubtful={}, uninspected=0, before=before)]

    assert after(Sensitivity.RESTRICTED) == ["restricted by an earlier turn"]
    assert after(Sensitivity.INTERNAL) == after(Sensitivity.PUBLIC) == []


def test_a_script_that_names_are_not_found_in_is_for_the_policy():
    def by(handling, script="Han"):
        policy = RedactionPolicy(unfamiliar_script=handling)
        return [each.reason for each in grounds(policy, doubtful={}, uninspected=0, script=script)]

    assert by(Handling.ROUTE_PRIVATE) == ["text in Han script kept private"]
    assert by(Handling.ROUTE_PRIVATE, None) == by(Handling.BLOCK, None) == by(Handling.ALLOW) == []
    with pytest.raises(ContentBlockedError, match="Han script") as blocked:
        by(Handling.BLOCK)
    assert blocked.value.details == {"types": ["script"]}
