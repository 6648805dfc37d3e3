"""Judging findings by policy."""

import pytest

from sallyport.redaction.finding import Finding
from sallyport.redaction.judge import Action, Ground, Sensitivity, judge

_POLICY = {
    "EMAIL": Action.MASK,
    "IBAN": Action.ROUTE_PRIVATE,
    "SECRET": Action.BLOCK,
    "IP_ADDRESS": Action.ALLOW,
    "LITERAL": Action.ALLOW,
}


@pytest.mark.parametrize(
    ("counts", "sensitivity", "rewrite", "blocked", "reason"),
    [
        ({}, "public", set(), (), "nothing found"),
        ({"EMAIL": 0}, "public", set(), (), "nothing found"),
        ({"IP_ADDRESS": 2}, "internal", set(), (), "2 IP_ADDRESS allowed"),
        ({"EMAIL": 2, "IBAN": 1}, "confidential", {"EMAIL"}, (), "2 EMAIL masked, 1 IBAN needs a private model"),
        ({"IBAN": 3}, "confidential", set(), (), "3 IBAN need a private model"),
        ({"SECRET": 1, "PHONE": 1}, "confidential", {"PHONE"}, ("SECRET",), "1 PHONE masked, 1 SECRET blocked"),
        ({"LITERAL": 1}, "public", {"LITERAL"}, (), "1 LITERAL masked"),
    ],
)
def test_judges(counts, sensitivity, rewrite, blocked, reason):
    judgement = judge(counts, _POLICY, Action.MASK)
    assert judgement.sensitivity == sensitivity
    assert judgement.rewrite == rewrite
    assert judgement.blocked == blocked
    assert judgement.reason == reason


def test_counts_findings_itself():
    findings = [Finding("EMAIL", 0, 1, 1.0, "email"), Finding("EMAIL", 2, 3, 1.0, "email")]
    judgement = judge(findings, {}, Action.ROUTE_PRIVATE)
    assert judgement.reason == "2 EMAIL need a private model"
    assert judgement.action_by_type == {"EMAIL": Action.ROUTE_PRIVATE}


def test_a_minimum_raises_the_sensitivity_and_says_so():
    judgement = judge({"EMAIL": 1}, _POLICY, Action.MASK, minimum=Sensitivity.RESTRICTED)
    assert judgement.sensitivity is Sensitivity.RESTRICTED
    assert judgement.reason == "1 EMAIL masked, restricted at least by policy"
    assert judge({"IBAN": 1}, _POLICY, Action.MASK, minimum=Sensitivity.INTERNAL).sensitivity == "confidential"


def test_a_masked_type_may_need_a_private_model_as_well():
    judgement = judge(
        {"EMAIL": 2, "PHONE": 1, "LITERAL": 1}, _POLICY, Action.MASK, private=("EMAIL", "IBAN", "LITERAL")
    )
    assert judgement.sensitivity is Sensitivity.CONFIDENTIAL
    assert judgement.rewrite == {"EMAIL", "PHONE", "LITERAL"}
    assert judgement.reason == "2 EMAIL masked and need a private model, 1 LITERAL masked, 1 PHONE masked"
    assert judge({"PHONE": 1}, _POLICY, Action.MASK, private=("EMAIL",)).sensitivity is Sensitivity.INTERNAL


@pytest.mark.parametrize(
    ("action", "said"), [(Action.HASH, "1 PHONE hashed"), (Action.MASK_IRREVERSIBLY, "1 PHONE masked for good")]
)
def test_what_stands_in_for_a_value_keeps_it_internal(action, said):
    judgement = judge({"PHONE": 1}, {}, action)
    assert (judgement.rewrite, judgement.sensitivity, judgement.reason) == ({"PHONE"}, Sensitivity.INTERNAL, said)


def test_other_grounds_raise_the_sensitivity_and_are_named():
    grounds = [Ground(Sensitivity.INTERNAL, "one reason"), Ground(Sensitivity.CONFIDENTIAL, "another")]
    judgement = judge({}, {}, Action.MASK, grounds=grounds, minimum=Sensitivity.INTERNAL)
    assert (judgement.sensitivity, judgement.reason) == (Sensitivity.CONFIDENTIAL, "one reason, another")


def test_strictness_is_the_order_of_definition_and_not_of_the_alphabet():
    assert sorted(Action, reverse=True)[0] is Action.BLOCK
    assert Action.ALLOW < Action.MASK < Action.HASH < Action.MASK_IRREVERSIBLY < Action.ROUTE_PRIVATE < Action.BLOCK
    assert Action.MASK >= Action.MASK > Action.ALLOW <= Action.ALLOW
    assert Sensitivity.PUBLIC < Sensitivity.INTERNAL < Sensitivity.CONFIDENTIAL < Sensitivity.RESTRICTED
