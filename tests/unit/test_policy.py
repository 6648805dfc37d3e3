"""sallyport.policy: each level may only narrow, and limits are counted in calendar windows of UTC."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sallyport.contracts import Caller, Hold
from sallyport.errors import (
    BudgetExhaustedError,
    InvalidRequestError,
    ModelNotFoundError,
    RateLimitedError,
    RequestTooLargeError,
)
from sallyport.policy import (
    DEFAULT_MAX_TOKENS,
    Demand,
    Limit,
    Policy,
    Scoped,
    Window,
    allowed_media_hosts,
    allowed_models,
    allowed_regions,
    bound_max_tokens,
    check_fits,
    check_model,
    check_size,
    holds,
    redaction_policy,
    refusal,
    scope_of,
    scopes_of,
    seconds_left,
    settled_amounts,
    window_at,
)
from sallyport.ports import Refused
from sallyport.redaction.finding import LITERAL, TYPES
from sallyport.redaction.judge import Action, Sensitivity
from sallyport.regions import stays_within

MODELS = ("demo", "claude", "gpt")
HOSTS = ("img.example.com", "*.example.com", "img.example.com:8443")
ENTITIES = ("EMAIL", "IBAN", "PHONE")


def levels(*policies):
    return tuple(Scoped(scope=f"tenant/{number}", policy=policy) for number, policy in enumerate(policies))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def maybe(strategy):
    return st.none() | strategy


POLICIES = st.builds(
    Policy,
    models=maybe(st.lists(st.sampled_from(MODELS), unique=True).map(tuple)),
    max_tokens=maybe(st.integers(1, 5000)),
    max_content_bytes=maybe(st.integers(1, 5000)),
    media_hosts=maybe(st.lists(st.sampled_from(HOSTS), unique=True).map(tuple)),
    allowed_regions=maybe(st.lists(st.sampled_from(("eu-*", "eu-west-1", "us-*")), unique=True).map(tuple)),
    redaction=st.dictionaries(st.sampled_from(ENTITIES), st.sampled_from(Action)),
    redaction_default=maybe(st.sampled_from(Action)),
    minimum_sensitivity=maybe(st.sampled_from(Sensitivity)),
)


def passes(check, *arguments):
    try:
        check(*arguments)
    except (ModelNotFoundError, RequestTooLargeError, InvalidRequestError):
        return False
    return True


def action_for(policy, entity):
    return policy.actions.get(entity, policy.default)


@given(st.lists(POLICIES, min_size=1, max_size=3), POLICIES)
@settings(deadline=None)
def test_another_level_can_only_narrow(above, added):
    wide, narrow = levels(*above), levels(*above, added)
    assert set(allowed_models(narrow, MODELS)) <= set(allowed_models(wide, MODELS))
    for model in MODELS:
        assert passes(check_model, wide, model) or not passes(check_model, narrow, model)
    for size in (0, 1, 100, 5001):
        assert passes(check_size, wide, size) or not passes(check_size, narrow, size)
    for asked in (1, 100, 5001):
        assert passes(bound_max_tokens, wide, asked) or not passes(bound_max_tokens, narrow, asked)
    assert bound_max_tokens(narrow, None) <= bound_max_tokens(wide, None)
    for place in (("img.example.com", 443), ("img.example.com", 8443), ("a.example.com", 443)):
        assert allowed_media_hosts(wide).entry_for(*place) or not allowed_media_hosts(narrow).entry_for(*place)
    for regions in (None, {"eu-west-1"}, {"eu-west-1", "eu-west-3"}, {"us-east-1"}):
        known = None if regions is None else frozenset(regions)
        assert stays_within(known, allowed_regions(wide)) or not stays_within(known, allowed_regions(narrow))
    before, after = redaction_policy(wide), redaction_policy(narrow)
    assert after.minimum >= before.minimum
    for entity in (*ENTITIES, "SECRET"):
        assert action_for(after, entity) >= action_for(before, entity)


@given(POLICIES, st.lists(POLICIES, min_size=2, max_size=3))
@settings(deadline=None)
def test_the_order_of_the_levels_below_a_tenant_does_not_matter(tenant, below):
    orders = [levels(tenant, *order) for order in itertools.permutations(below)]
    for other in orders[1:]:
        assert redaction_policy(other) == redaction_policy(orders[0])
        assert allowed_models(other, MODELS) == allowed_models(orders[0], MODELS)
        assert bound_max_tokens(other, None) == bound_max_tokens(orders[0], None)


@pytest.mark.parametrize(
    ("tenant", "project", "email", "iban"),
    [
        ({}, {}, "mask", "mask"),
        ({"redaction": {"EMAIL": "allow"}}, {}, "allow", "mask"),
        ({"redaction_default": "allow"}, {}, "allow", "allow"),
        ({}, {"redaction": {"EMAIL": "allow"}}, "mask", "mask"),
        ({}, {"redaction_default": "allow"}, "mask", "mask"),
        ({"redaction_default": "block"}, {"redaction": {"EMAIL": "allow"}}, "block", "block"),
        ({"redaction_default": "block"}, {"redaction": {"EMAIL": "mask"}}, "block", "block"),
        ({"redaction": {"EMAIL": "allow"}}, {"redaction_default": "block"}, "block", "block"),
        ({"redaction": {"EMAIL": "allow"}}, {"redaction": {"EMAIL": "route_private"}}, "route_private", "mask"),
        ({"redaction": {"EMAIL": "block"}}, {"redaction": {"EMAIL": "route_private"}}, "block", "mask"),
        ({"redaction_default": "allow"}, {"redaction": {"EMAIL": "mask"}}, "mask", "allow"),
    ],
)
def test_only_a_tenant_may_allow_what_is_masked(tenant, project, email, iban):
    policy = redaction_policy(levels(Policy.model_validate(tenant), Policy.model_validate(project), Policy()))
    assert (action_for(policy, "EMAIL"), action_for(policy, "IBAN")) == (email, iban)


def test_a_model_that_is_not_allowed_looks_like_one_that_does_not_exist():
    with pytest.raises(ModelNotFoundError) as refused:
        check_model(levels(Policy(models=("demo",))), "claude")
    assert refused.value.details == {"param": "model"}
    check_model(levels(Policy(models=("demo",))), "demo")
    assert not passes(check_model, levels(Policy(models=())), "demo")


def test_a_size_may_be_the_cap_and_no_more():
    check_size(levels(Policy(max_content_bytes=100), Policy(max_content_bytes=200)), 100)
    with pytest.raises(RequestTooLargeError, match="101 bytes; this key may send 100"):
        check_size(levels(Policy(max_content_bytes=100), Policy(max_content_bytes=200)), 101)


@pytest.mark.parametrize(
    ("caps", "asked", "bound"),
    [
        ((None, None), None, DEFAULT_MAX_TOKENS),
        ((100, None), None, 100),
        ((9000, 100), None, 100),
        ((9000, None), None, DEFAULT_MAX_TOKENS),
        ((100, 200), 100, 100),
        ((None, None), 100_000, 100_000),
    ],
)
def test_output_is_bounded_by_what_is_asked_and_every_cap(caps, asked, bound):
    assert bound_max_tokens(levels(*(Policy(max_tokens=cap) for cap in caps)), asked) == bound


def test_more_output_than_a_cap_is_refused_rather_than_cut():
    with pytest.raises(InvalidRequestError, match="101; this key may ask for 100") as refused:
        bound_max_tokens(levels(Policy(max_tokens=200), Policy(max_tokens=100)), 101)
    assert refused.value.details["param"] == "max_tokens"


@pytest.mark.parametrize(
    "policy",
    [
        {"budgets": []},
        {"limits": [{"per": "day"}]},
        {"limits": [{"per": "week", "requests": 1}]},
        {"limits": [{"per": "day", "request": 1}]},
        {"limits": [{"per": "day", "requests": -1}]},
        {"limits": [{"per": "day", "dollars": float("inf")}]},
        {"limits": [{"per": "day", "dollars": float("nan")}]},
        {"limits": [{"per": "day", "requests": 1}, {"per": "day", "requests": 2}]},
        {"redaction": {"EMIAL": "block"}},
        {"redaction": {LITERAL: "allow"}},
        {"redaction": {"EMAIL": "hide"}},
        {"max_tokens": 0},
        {"models": ["a|b"]},
    ],
)
def test_a_policy_that_would_not_do_what_it_says_is_refused(policy):
    with pytest.raises(ValidationError):
        Policy.model_validate(policy)


def test_a_policy_may_name_every_type_and_several_limits():
    Policy.model_validate(
        {
            "redaction": dict.fromkeys(TYPES - {LITERAL}, "block"),
            "limits": [{"per": "day", "requests": 0}, {"per": "day", "tokens": 1}, {"per": "month", "requests": 1}],
        }
    )


def test_scopes_are_tenant_project_and_key():
    caller = Caller(tenant="acme", project="fraud", key_id="k1")
    assert scopes_of(caller) == ("tenant/acme", "tenant/acme/project/fraud", "tenant/acme/project/fraud/key/k1")
    assert scope_of("acme") == "tenant/acme"


def test_every_limit_is_held_the_narrowest_first():
    limited = levels(
        Policy(limits=(Limit(per=Window.MONTH, dollars=1.5), Limit(per=Window.DAY, requests=9))),
        Policy(limits=(Limit(per=Window.MINUTE, tokens=500, requests=3),)),
    )
    now = at("2026-11-20T18:02:03")
    assert holds(limited, Demand(tokens=120, cost=77), now) == (
        Hold(scope="tenant/1|requests|minute|2026-11-20T18:02", limit=3, amount=1),
        Hold(scope="tenant/1|tokens|minute|2026-11-20T18:02", limit=500, amount=120),
        Hold(scope="tenant/0|dollars|month|2026-11", limit=1_500_000, amount=77),
        Hold(scope="tenant/0|requests|day|2026-11-20", limit=9, amount=1),
    )


def test_without_limits_nothing_is_held():
    assert holds(levels(Policy(), Policy()), Demand(tokens=1, cost=1), 0.0) == ()


@pytest.mark.parametrize(
    ("answered", "amounts"), [(True, [1, 120, 77]), (False, [0, 120, 77])], ids=["answered", "refused"]
)
def test_each_hold_is_settled_by_its_own_kind(answered, amounts):
    held = [Hold(scope=f"tenant/a|{kind}|day|x", limit=9, amount=9) for kind in ("requests", "tokens", "dollars")]
    assert settled_amounts(held, tokens=120, cost=77, answered=answered) == amounts


@pytest.mark.parametrize(("amount", "fits"), [(499, True), (500, True), (501, False)])
def test_a_request_larger_than_a_whole_limit_is_not_told_to_wait(amount, fits):
    held = [
        Hold(scope="tenant/a|dollars|day|x", limit=1, amount=2),
        Hold(scope="tenant/a|tokens|minute|x", limit=500, amount=amount),
    ]
    if fits:
        check_fits(held)
    else:
        with pytest.raises(InvalidRequestError, match=r"501 tokens .* 500 per minute") as refused:
            check_fits(held)
        assert refused.value.details["param"] == "max_tokens"


@pytest.mark.parametrize(
    ("window", "now", "name", "left"),
    [
        (Window.MINUTE, "2026-11-20T18:02:00", "2026-11-20T18:02", 60),
        (Window.MINUTE, "2026-11-20T18:02:59.5", "2026-11-20T18:02", 0.5),
        (Window.MINUTE, "2026-12-31T23:59:59", "2026-12-31T23:59", 1),
        (Window.DAY, "2026-11-20T00:00:00", "2026-11-20", 86_400),
        (Window.DAY, "2026-11-20T23:59:59", "2026-11-20", 1),
        (Window.DAY, "2028-02-28T12:00:00", "2028-02-28", 43_200),
        (Window.MONTH, "2026-11-01T00:00:00", "2026-11", 30 * 86_400),
        (Window.MONTH, "2026-11-30T23:59:59", "2026-11", 1),
        (Window.MONTH, "2026-12-01T00:00:00", "2026-12", 31 * 86_400),
        (Window.MONTH, "2026-12-31T23:59:59", "2026-12", 1),
        (Window.MONTH, "2028-02-01T00:00:00", "2028-02", 29 * 86_400),
        (Window.MONTH, "2028-02-29T23:59:59", "2028-02", 1),
        (Window.MONTH, "2027-02-28T23:59:59", "2027-02", 1),
        (Window.MONTH, "2100-02-28T23:59:59", "2100-02", 1),
    ],
)
def test_windows_are_of_the_calendar(window, now, name, left):
    assert window_at(window, at(now)) == name
    assert seconds_left(window, at(now)) == pytest.approx(left)


@given(st.floats(0, 4e9), st.sampled_from(Window))
@settings(deadline=None)
def test_a_window_ends_where_the_next_one_starts(now, window):
    end = now + seconds_left(window, now)
    assert window_at(window, now) != window_at(window, end + 0.001)
    assert window_at(window, max(now, end - 0.001)) == window_at(window, now)


@given(st.floats(0, 4e9), st.sampled_from(Window))
@settings(deadline=None)
def test_whoever_waits_as_told_comes_in_another_window(now, window):
    error = refusal(Refused(f"tenant/acme|requests|{window}|x", limit=3, taken=3), now)
    assert window_at(window, now + error.retry_after + 1e-6) != window_at(window, now)
    assert error.retry_after - seconds_left(window, now) <= 0.11


def test_a_refusal_names_the_limit_and_the_wait():
    now = at("2026-11-20T18:02:18.25")
    error = refusal(Refused("tenant/acme|tokens|minute|2026-11-20T18:02", limit=500, taken=480), now)
    assert type(error) is RateLimitedError
    assert error.message == "The limit of tenant/acme is 500 tokens per minute. Try again in 42 s."
    assert error.details == {"limit": "tokens/minute", "retry_after": 41.8}


def test_a_spent_budget_is_not_waited_for():
    error = refusal(Refused("tenant/acme|dollars|month|2026-11", limit=2_000_000, taken=1_990_000), at("2026-11-20"))
    assert type(error) is BudgetExhaustedError
    assert "$2.00, and $1.99 of it is spent or reserved" in error.message
    assert error.retry_after is None


def test_a_host_that_is_none_is_no_policy():
    with pytest.raises(ValidationError, match=r"media_hosts\.1.*\n.*a host is written like img\.example\.com"):
        Policy(media_hosts=("img.example.com", "10.0.0.1"))


def test_nothing_is_fetched_where_the_tenant_says_nothing():
    assert not allowed_media_hosts(levels(Policy(), Policy(media_hosts=HOSTS)))
    assert allowed_media_hosts(levels(Policy(media_hosts=HOSTS), Policy()))
