"""sallyport.redaction_rules: presets, actions and lists of several levels, each of which may only narrow."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sallyport.contracts import RedactionPolicy
from sallyport.redaction.custom import DENIED
from sallyport.redaction.finding import LITERAL, TYPES
from sallyport.redaction.judge import Action, Handling
from sallyport.redaction.presets import PRESETS
from sallyport.redaction_rules import RedactionRules, lists_of, redaction_policy

ENTITIES = ("EMAIL", "IBAN", "PHONE")
BADGE = {"type": "BADGE", "patterns": ["B-[0-9]{6}"]}


def rules(**said):
    return RedactionRules.model_validate(said)


def said(kinds):
    return st.fixed_dictionaries(
        {},
        optional={
            "redaction": st.dictionaries(st.sampled_from(ENTITIES), st.sampled_from(Action)),
            "redaction_thresholds": st.dictionaries(st.sampled_from(ENTITIES), st.sampled_from((0.2, 0.5, 0.9))),
            "minimum_sensitivity": st.sampled_from(("public", "internal", "restricted")),
            "doubtful": st.sampled_from(Handling),
            "uninspected": st.sampled_from(Handling),
            "unfamiliar_script": st.sampled_from(Handling),
            "denied_terms": st.sampled_from((("falcon",), ("eagle", "falcon"))),
            "detectors": st.just((BADGE,)),
            **kinds,
        },
    ).map(RedactionRules.model_validate)


RULES = said({"redaction_preset": st.sampled_from(list(PRESETS))}) | said(
    {"redaction_default": st.sampled_from(Action)}
)


def hides(policy, type_):
    """A private model may see what is masked for others: that hides as much."""
    action = policy.action_of(type_)
    return 1 if action is Action.ROUTE_PRIVATE else list(Action).index(action)


def is_private(policy, type_):
    return policy.action_of(type_) >= Action.ROUTE_PRIVATE or type_ in policy.private


@given(st.lists(RULES, min_size=1, max_size=3), RULES)
def test_another_level_can_only_narrow(above, added):
    before, after = redaction_policy(above), redaction_policy([*above, added])
    assert after.minimum >= before.minimum
    assert after.doubtful >= before.doubtful
    assert after.uninspected >= before.uninspected
    assert after.unfamiliar_script >= before.unfamiliar_script
    for type_ in TYPES - {LITERAL}:
        assert hides(after, type_) >= hides(before, type_), type_
        assert is_private(after, type_) or not is_private(before, type_), type_
        assert after.threshold_of(type_) <= before.threshold_of(type_), type_
    wide, narrow = lists_of(above), lists_of([*above, added])
    assert (narrow.allowed_terms, narrow.allowed_patterns) == (wide.allowed_terms, wide.allowed_patterns)
    assert set(narrow.denied_terms) >= set(wide.denied_terms)
    assert set(narrow.detectors) >= set(wide.detectors)


@given(RULES, st.lists(RULES, min_size=2, max_size=3))
def test_the_order_of_the_levels_below_a_tenant_does_not_matter(tenant, below):
    orders = [redaction_policy([tenant, *order]) for order in itertools.permutations(below)]
    assert all(other == orders[0] for other in orders[1:])


@pytest.mark.parametrize(
    ("tenant", "project", "email", "iban"),
    [
        ({}, {}, "mask", "mask"),
        ({"redaction": {"EMAIL": "allow"}}, {}, "allow", "mask"),
        ({"redaction_default": "allow"}, {}, "allow", "allow"),
        ({}, {"redaction": {"EMAIL": "allow"}}, "mask", "mask"),
        ({}, {"redaction_default": "allow"}, "mask", "mask"),
        ({}, {"redaction_preset": "off"}, "mask", "mask"),
        ({"redaction_preset": "off"}, {}, "allow", "allow"),
        ({"redaction_preset": "off", "redaction": {"IBAN": "block"}}, {}, "allow", "block"),
        ({"redaction_preset": "off"}, {"redaction_preset": "strict"}, "mask", "mask"),
        ({"redaction_preset": "hiring"}, {"redaction": {"EMAIL": "mask"}}, "mask_irreversibly", "mask_irreversibly"),
        ({"redaction": {"EMAIL": "hash"}}, {"redaction": {"EMAIL": "mask"}}, "hash", "mask"),
        ({"redaction_default": "block"}, {"redaction": {"EMAIL": "allow"}}, "block", "block"),
        ({"redaction": {"EMAIL": "allow"}}, {"redaction_default": "block"}, "block", "block"),
        ({"redaction": {"EMAIL": "allow"}}, {"redaction": {"EMAIL": "route_private"}}, "route_private", "mask"),
        ({"redaction": {"EMAIL": "block"}}, {"redaction": {"EMAIL": "route_private"}}, "block", "mask"),
        ({"redaction_default": "allow"}, {"redaction": {"EMAIL": "mask"}}, "mask", "allow"),
    ],
)
def test_only_a_tenant_may_allow_what_is_masked(tenant, project, email, iban):
    policy = redaction_policy([rules(**tenant), rules(**project), rules()])
    assert (policy.action_of("EMAIL"), policy.action_of("IBAN")) == (email, iban)


@pytest.mark.parametrize(
    ("one", "other", "action", "private"),
    [
        ("mask", "allow", "mask", False),
        ("mask", "route_private", "route_private", False),
        ("hash", "route_private", "hash", True),
        ("mask_irreversibly", "route_private", "mask_irreversibly", True),
        (["mask", "route_private"], "allow", "mask", True),
        (["mask", "route_private"], "route_private", "mask", True),
        (["route_private", "hash"], "mask_irreversibly", "mask_irreversibly", True),
        (["mask", "route_private"], "block", "block", False),
    ],
)
def test_what_hides_for_good_and_a_private_model_add_up(one, other, action, private):
    for tenant, project in ((one, other), (other, one)):
        policy = redaction_policy([rules(redaction={"IBAN": tenant}), rules(redaction={"IBAN": project})])
        assert (policy.action_of("IBAN"), policy.private) == (action, ("IBAN",) if private else ())


def test_a_tenant_that_says_nothing_gets_answers_that_are_of_use():
    policy = redaction_policy([rules()])
    left = {type_ for type_ in TYPES if policy.action_of(type_) is Action.ALLOW}
    assert left == {"AGE", "DATE", "LOCATION", "NRP", "ORG", "TITLE", "URL"}
    assert {policy.action_of(type_) for type_ in TYPES - left} == {Action.MASK}
    assert (policy.private, policy.lists) == ((), False)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_what_it_says_of_every_type(preset):
    policy = redaction_policy([rules(redaction_preset=preset)])
    for type_ in TYPES - {LITERAL}:
        wanted = set(PRESETS[preset].of(type_))
        assert is_private(policy, type_) == bool(wanted & {Action.ROUTE_PRIVATE, Action.BLOCK})
        assert policy.action_of(type_) in wanted
    assert policy.action_of(LITERAL) is Action.MASK


def test_a_threshold_may_be_lowered_below_a_tenant_and_not_raised():
    tenant = rules(redaction_thresholds={"EMAIL": 0.7, "IBAN": 0.7})
    policy = redaction_policy([tenant, rules(redaction_thresholds={"EMAIL": 0.9, "IBAN": 0.2, "PHONE": 0.6})])
    assert policy.thresholds == {"EMAIL": 0.7, "IBAN": 0.2}
    hiring = redaction_policy([tenant, rules(redaction_preset="hiring")])
    assert {hiring.threshold_of(type_) for type_ in TYPES - {LITERAL}} == {0.0}


def test_lists_of_all_levels_count_but_what_is_allowed_is_the_tenants():
    tenant = rules(allowed_terms=["acme"], denied_terms=["falcon"], detectors=[BADGE])
    project = rules(allowed_terms=["globex"], denied_terms=["eagle", "falcon"], detectors=[BADGE])
    lists = lists_of([tenant, project])
    assert (lists.allowed_terms, lists.denied_terms) == (("acme",), ("falcon", "eagle"))
    assert lists.types == {"BADGE", DENIED}
    policy = redaction_policy([tenant, project])
    assert policy.lists
    assert "falcon" not in policy.model_dump_json()
    assert policy.action_of("BADGE") is policy.action_of(DENIED) is Action.MASK


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"redaction": {"EMIAL": "block"}}, "EMIAL is no type that is looked for; there are ADDRESS"),
        ({"redaction": {LITERAL: "allow"}}, "LITERAL is no type"),
        ({"redaction": {"BADGE": "block"}}, "BADGE is no type"),
        ({"redaction_thresholds": {"EMIAL": 0.2}}, "EMIAL is no type"),
        ({"redaction_thresholds": {"EMAIL": 1.1}}, "less than or equal to 1"),
        ({"redaction_preset": "gdpr", "redaction_default": "mask"}, "leave out redaction_default"),
        ({"redaction_preset": "gpdr"}, "'default', 'strict', 'hipaa'"),
        ({"redaction": {"EMAIL": ["mask", "hash"]}}, "several actions for one type"),
        ({"redaction": {"EMAIL": ["mask", "block"]}}, "several actions for one type"),
        ({"redaction": {"EMAIL": ["allow", "route_private"]}}, "several actions for one type"),
        ({"redaction_default": ["mask", "mask"]}, "several actions for one type"),
        ({"redaction": {"EMAIL": []}}, "several actions for one type"),
        ({"denied_patterns": ["(a{1,20}){1,20}b"]}, "steps at one place"),
        ({"denied_patterns": ["[a-c]{1,200}x"] * 3}, "the patterns may take"),
        ({"detectors": [BADGE | {"type": "EMAIL"}]}, "EMAIL is a type that is there already"),
        ({"detectors": [BADGE | {"type": DENIED}]}, "DENIED is a type that is there already"),
        ({"detectors": [BADGE | {"type": "SEVENTEEN_LETTERS"}]}, "at most 16 characters"),
        ({"detectors": [BADGE | {"type": "badge"}]}, "should match pattern"),
        ({"detectors": [BADGE | {"checksum": "crc"}]}, "'luhn', 'verhoeff', 'mod11_10' or 'mod97'"),
        ({"denied_terms": ["x"]}, "at least 2 characters"),
        ({"denied_terms": [f"term {number}" for number in range(201)]}, "at most 200 items"),
    ],
)
def test_a_rule_that_could_not_be_followed_is_none(said, why):
    with pytest.raises(ValidationError) as wrong:
        rules(**said)
    assert why in str(wrong.value)


def test_a_policy_with_types_of_its_own_may_have_rules_for_them():
    policy = redaction_policy(
        [rules(detectors=[BADGE], denied_terms=["falcon"], redaction={"BADGE": "block", DENIED: "hash"})]
    )
    assert (policy.action_of("BADGE"), policy.action_of(DENIED)) == (Action.BLOCK, Action.HASH)


def test_without_any_level_saying_anything_every_type_is_masked():
    """The contract itself is the strict one: what reads an older ticket finds no permission in it."""
    assert {RedactionPolicy().action_of(type_) for type_ in TYPES} == {Action.MASK}


def test_the_narrowest_level_knows_best_whether_its_models_take_a_note():
    said = [rules(), rules(explain_placeholders=False), rules(explain_placeholders=True), rules()]
    assert [redaction_policy(said[:count]).explained for count in range(1, 5)] == [True, False, True, True]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([{}], "off"),
        *(([{"redaction_preset": preset}], "off") for preset in PRESETS),
        ([{"second_opinion": "if_available"}], "if_available"),
        ([{"second_opinion": "on"}, {"second_opinion": "off"}], "on"),
        ([{"second_opinion": "off"}, {}, {"second_opinion": "if_available"}], "if_available"),
        ([{"second_opinion": "if_available"}, {"second_opinion": "on"}], "on"),
    ],
)
def test_a_second_opinion_is_off_until_a_level_wants_one(said, wanted):
    assert redaction_policy([RedactionRules(**each) for each in said]).second_opinion == wanted


MASKED = dict.fromkeys(("PASSWORD", "SECRET", "URL_CREDENTIALS"), "mask")


@pytest.mark.parametrize(
    ("said", "answers", "by_type"),
    [
        ([{}], "allow", {}),
        ([{"answers": "mask"}], "mask", {}),
        ([{"redaction_preset": "gdpr"}], "report", {}),
        ([{"redaction_preset": "gdpr", "answers": "allow"}], "allow", {}),
        ([{"redaction_preset": "gdpr", "answers": "block"}], "block", {}),
        ([{}, {"answers": "mask"}], "mask", {}),
        ([{}, {"redaction_preset": "gdpr"}], "report", {}),
        ([{}, {"redaction_preset": "gdpr", "answers": "allow"}], "report", {}),
        ([{"answers": "block"}, {"answers": "mask"}], "block", {}),
        # by type; LOCATION is allowed in requests by default
        ([{"answers": {"default": "report", "LOCATION": "mask", "PERSON": "allow", "SECRET": "block"}}], "report",
         {"LOCATION": "mask", "PERSON": "allow", "SECRET": "block"}),
        ([{"answers": {"SECRET": "block"}}], "allow", {"SECRET": "block"}),
        ([{"answers": {"default": "mask", "SECRET": "mask"}}], "mask", {}),
        # a default replaces all that the preset says, a type only that of its name
        ([{"redaction_preset": "strict"}], "report", MASKED),
        ([{"redaction_preset": "strict", "answers": "report"}], "report", {}),
        ([{"redaction_preset": "strict", "answers": {"SECRET": "allow"}}], "report", {**MASKED, "SECRET": "allow"}),
        # below a tenant only more
        ([{"answers": {"EMAIL": "block", "IBAN": "report"}}, {"answers": {"EMAIL": "report", "IBAN": "mask"}}], "allow",
         {"EMAIL": "block", "IBAN": "mask"}),
        ([{"answers": {"default": "report", "IBAN": "allow"}}, {"answers": "mask"}], "mask", {}),
        ([{"answers": {"LOCATION": "report"}}, {"answers": "mask"}], "mask", {"LOCATION": "report"}),
        ([{"answers": "report"}, {"answers": {"default": "block", "IBAN": "allow"}}], "block", {"IBAN": "report"}),
        ([{}, {"redaction_preset": "strict", "answers": {"SECRET": "allow"}}], "report", MASKED),
        ([{}, {"answers": {"DENIED": "block", "BADGE": "mask"}, "denied_terms": ["falcon"], "detectors": [BADGE]}],
         "allow", {"DENIED": "block", "BADGE": "mask"}),
    ],
)  # fmt: skip
def test_a_level_may_do_more_about_answers_and_never_less(said, answers, by_type):
    policy = redaction_policy([rules(**each) for each in said])
    assert (policy.answers, policy.answer_actions) == (answers, by_type)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ("route_private", "answers: Value error, route_private is for requests: an answer is there already"),
        ({"EMAIL": "route_private"}, "EMAIL: route_private is for requests"),
        ({"EMAIL": "hash"}, "EMAIL: hash is for requests. Of answers there are allow, report, mask, block"),
        ("mask_irreversibly", "masked for good: write mask"),
        ({"EMAIL": "hide"}, "EMAIL: is one of allow, report, mask, block"),
        ({"EMAIL": ["mask"]}, "EMAIL: is one of allow, report, mask, block"),
        ({}, "is one of allow, report, mask, block, or a table of them by type"),
        ({"E_MAIL": "mask"}, "E_MAIL is no type that is looked for; there are ADDRESS"),
        ({"LITERAL": "mask"}, "LITERAL is no type that is looked for"),
        ({"Default": "mask"}, "Default is no type that is looked for"),
        ({"BADGE": "mask"}, "BADGE is no type that is looked for"),
    ],
)
def test_what_makes_no_sense_of_answers_is_refused_with_its_reason(answers, reason):
    with pytest.raises(ValidationError) as refused:
        rules(answers=answers)
    [error] = refused.value.errors()
    assert reason in f"{error['loc'][0]}: {error['msg']}"


@pytest.mark.parametrize("answers", ["mask", {"default": "report", "SECRET": "block"}, {"SECRET": "block"}])
def test_what_is_said_of_answers_is_shown_as_it_was_said(answers):
    assert rules(answers=answers).model_dump(mode="json", exclude_defaults=True) == {"answers": answers}
    assert rules(answers={"default": "mask"}).model_dump(mode="json")["answers"] == "mask"
