"""Texts for whoever sent them: nothing is refused or kept private, and what a policy blocks is never restored."""

from datetime import date

import pytest
from pydantic import ValidationError

from sallyport.anonymization import AnonymizationRequest
from sallyport.anonymizing import MOST_HIRING_CHARACTERS, anonymize, read_content
from sallyport.contracts import RedactionPolicy
from sallyport.errors import RequestTooLargeError
from sallyport.redaction.judge import Action, Sensitivity
from sallyport.searching import MOST_CHARACTERS
from tests.unit.doubles import CANARY

TODAY = date(2026, 11, 21)
TEXT = "Write to ann@example.com, card 4111 1111 1111 1111"


def run(*documents, policy=None, secret=None, **fields):
    request = AnonymizationRequest(documents=documents, **fields)
    return anonymize(request, policy or RedactionPolicy(), TODAY, secret=secret)


@pytest.mark.parametrize(
    ("action", "text", "kept"),
    [
        (Action.ALLOW, TEXT.replace("ann@example.com", "<EMAIL_1>"), {"<EMAIL_1>"}),
        (Action.MASK, "Write to <EMAIL_1>, card <CREDIT_CARD_1>", {"<EMAIL_1>", "<CREDIT_CARD_1>"}),
        (Action.ROUTE_PRIVATE, "Write to <EMAIL_1>, card <CREDIT_CARD_1>", {"<EMAIL_1>", "<CREDIT_CARD_1>"}),
        (Action.MASK_IRREVERSIBLY, "Write to <EMAIL_1>, card <CREDIT_CARD_1>", {"<EMAIL_1>"}),
        (Action.BLOCK, "Write to <EMAIL_1>, card <CREDIT_CARD_1>", {"<EMAIL_1>"}),
    ],
)
def test_each_action_says_what_stands_there_and_what_comes_back(action, text, kept):
    policy = RedactionPolicy(actions={"CREDIT_CARD": action})
    done, pseudonyms, _ = run(TEXT, policy=policy, restorable=True)
    assert done.documents[0].text == text
    assert set(pseudonyms.to_dict()) == kept


def test_what_is_hashed_is_hashed_here_too():
    policy = RedactionPolicy(actions={"CREDIT_CARD": Action.HASH})
    done, pseudonyms, _ = run(TEXT, policy=policy, restorable=True, secret=lambda: b"s" * 32)
    assert "<CREDIT_CARD#" in done.documents[0].text
    assert set(pseudonyms.to_dict()) == {"<EMAIL_1>"}


def test_nothing_is_kept_unless_it_is_asked_for():
    assert run(TEXT)[1].to_dict() == {}
    assert run(TEXT, mode="hiring")[1].to_dict() == {}


def test_the_decision_is_by_the_policy_itself():
    _, _, decision = run(TEXT, policy=RedactionPolicy(actions={"CREDIT_CARD": Action.BLOCK}))
    assert (decision.findings, decision.masked) == ({"CREDIT_CARD": 1, "EMAIL": 1}, 2)
    assert decision.sensitivity is Sensitivity.CONFIDENTIAL


def test_what_looks_like_a_placeholder_is_replaced_so_that_it_fetches_nothing():
    done, pseudonyms, _ = run("<EMAIL_1> and ann@example.com", restorable=True)
    assert done.documents[0].text == "<LITERAL_1> and <EMAIL_1>"
    assert pseudonyms.to_dict()["<LITERAL_1>"] == "<EMAIL_1>"


@pytest.mark.parametrize(("mode", "most"), [("default", MOST_CHARACTERS), ("hiring", MOST_HIRING_CHARACTERS)])
def test_more_than_can_be_searched_is_refused(mode, most):
    with pytest.raises(RequestTooLargeError) as refused:
        run("a" * most, "b", mode=mode)
    assert refused.value.details == {"param": "input"}


@pytest.mark.parametrize("content", [b"{}", CANARY.encode(), b'{"documents": "x"}', b'{"documents": [], "turns": []}'])
def test_what_is_no_request_is_refused_without_its_content(content):
    with pytest.raises(ValidationError) as refused:
        read_content(content)
    assert CANARY not in str(refused.value)


def test_each_request_is_read_as_what_it_is():
    request = AnonymizationRequest(documents=("a",))
    assert read_content(request.model_dump_json().encode()) == request
