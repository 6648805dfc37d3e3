import pytest

from sallyport_local.emulation.errors import TemplateError
from sallyport_local.emulation.iam import Need, authorize, permissions_of

KEY = "arn:aws:kms:eu-west-1:123456789012:key/one"
PURPOSE = "kms:EncryptionContext:purpose"
LEADING = "dynamodb:LeadingKeys"


def permissions(*statements):
    return list(permissions_of("policy", {"Statement": list(statements)}))


def statement(action="kms:Decrypt", resource=KEY, effect="Allow", **rest):
    return {"Effect": effect, "Action": action, "Resource": resource, **rest}


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("kms:Decrypt", KEY, True),
        ("KMS:decrypt", KEY, True),
        ("kms:De*", KEY, True),
        ("*", KEY, True),
        ("kms:Decrypt", "*", True),
        ("kms:Decrypt", "arn:aws:kms:*:123456789012:key/*", True),
        ("kms:Decrypt", "arn:aws:kms:eu-west-?:123456789012:key/on?", True),
        (["kms:Encrypt", "kms:Decrypt"], ["arn:aws:kms:::key/two", KEY], True),
        ("kms:Decryp", KEY, False),
        ("kms:Encrypt", KEY, False),
        ("kms.Decrypt", KEY, False),
        ("kms:Decrypt", KEY.upper(), False),
        ("kms:Decrypt", KEY + "x", False),
        ("kms:Decrypt", "arn:aws:kms:*:key/one", False),
        ("kms:Decrypt", "arn:aws:kms:*", False),
    ],
)
def test_matches_actions_without_case_and_resources_part_by_part(action, resource, allowed):
    assert bool(authorize(permissions(statement(action, resource)), Need("kms:Decrypt", KEY))) is allowed


@pytest.mark.parametrize(
    ("condition", "context", "allowed"),
    [
        ({"StringEquals": {PURPOSE: "content"}}, {PURPOSE: "content"}, True),
        ({"StringEquals": {PURPOSE: ["answer", "content"]}}, {PURPOSE: "content", "other": "x"}, True),
        ({"StringLike": {PURPOSE: "con*"}}, {PURPOSE: "content"}, True),
        ({"StringEquals": {PURPOSE: "content", "tenant": "acme"}}, {PURPOSE: "content", "tenant": "acme"}, True),
        ({"StringEquals": {PURPOSE: "con*"}}, {PURPOSE: "content"}, False),
        ({"StringEquals": {PURPOSE: "content"}}, {PURPOSE: "Content"}, False),
        ({"StringEquals": {PURPOSE: "content"}}, {}, False),
        ({"StringLike": {PURPOSE: "*"}}, {}, False),
        ({"StringEquals": {PURPOSE: "content", "tenant": "acme"}}, {PURPOSE: "content", "tenant": "evil"}, False),
        ({"ForAllValues:StringEquals": {LEADING: ["routing", "trial"]}}, {LEADING: "trial"}, True),
        ({"ForAllValues:StringEquals": {LEADING: ["routing", "trial"]}}, {LEADING: "policy"}, False),
        ({"ForAllValues:StringEquals": {LEADING: ["routing", "trial"]}}, {}, True),
        ({"ForAllValues:StringEquals": {LEADING: ["|*"]}}, {LEADING: "|2026-11-21"}, False),
        ({"ForAllValues:StringLike": {LEADING: ["|*"]}}, {LEADING: "|2026-11-21"}, True),
        ({"ForAllValues:StringLike": {LEADING: ["|*"]}}, {LEADING: "acme|2026-11-21"}, False),
        ({"ForAllValues:StringLike": {LEADING: ["|*"]}}, {}, True),
    ],
)
def test_every_key_of_a_condition_must_have_one_of_its_values(condition, context, allowed):
    granted = authorize(permissions(statement(Condition=condition)), Need("kms:Decrypt", KEY, context))
    assert bool(granted) is allowed


def test_a_denial_wins_over_whatever_allows():
    both = permissions(statement("kms:*"), statement(effect="Deny", Condition={"StringEquals": {PURPOSE: "audit"}}))
    assert authorize(both, Need("kms:Decrypt", KEY, {PURPOSE: "content"}))
    assert not authorize(both, Need("kms:Decrypt", KEY, {PURPOSE: "audit"}))


def test_nothing_is_allowed_without_a_statement():
    assert not authorize([], Need("kms:Decrypt", KEY))


def test_tells_which_of_a_statements_permissions_allowed():
    both = permissions(statement(Condition={"StringEquals": {PURPOSE: ["answer", "pseudonyms"]}}))
    (granted,) = authorize(both, Need("kms:Decrypt", KEY, {PURPOSE: "answer"}))
    assert [condition.value for condition in granted.conditions] == ["answer"]


@pytest.mark.parametrize(
    "unknown",
    [
        {"Condition": {"ForAnyValue:StringEquals": {PURPOSE: "content"}}},
        {"Condition": {"StringNotEquals": {PURPOSE: "content"}}},
        {"NotAction": "kms:Encrypt"},
        {"Resource": "arn:aws:s3:::bucket/${aws:PrincipalTag/tenant}/*"},
    ],
)
def test_refuses_what_it_would_have_to_guess(unknown):
    with pytest.raises(TemplateError, match=r"(is|are) not emulated"):
        permissions(statement() | unknown)
