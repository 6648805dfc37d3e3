"""sallyport.policy: each level may only narrow, and limits are counted in calendar windows of UTC."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sallyport.contracts import Caller, Hold
from sallyport.errors import (
    InvalidRequestError,
    ModelNotFoundError,
    RequestTooLargeError,
)
from sallyport.limits import Demand, Limit, Window, user_of
from sallyport.policy import (
    DEFAULT_MAX_TOKENS,
    Policy,
    Scoped,
    alert_at,
    allowed_media_hosts,
    allowed_models,
    allowed_regions,
    bound_max_tokens,
    check_model,
    check_size,
    holds,
    scope_of,
    scopes_of,
)
from sallyport.ports import Refused
from sallyport.redaction.finding import LITERAL, TYPES
from sallyport.regions import stays_within

MODELS = ("demo", "claude", "gpt")
HOSTS = ("img.example.com", "*.example.com", "img.example.com:8443")


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
)


def passes(check, *arguments):
    try:
        check(*arguments)
    except (ModelNotFoundError, RequestTooLargeError, InvalidRequestError):
        return False
    return True


@given(st.lists(POLICIES, min_size=1, max_size=3), POLICIES)
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


@given(POLICIES, st.lists(POLICIES, min_size=2, max_size=3))
def test_the_order_of_the_levels_below_a_tenant_does_not_matter(tenant, below):
    orders = [levels(tenant, *order) for order in itertools.permutations(below)]
    for other in orders[1:]:
        assert allowed_models(other, MODELS) == allowed_models(orders[0], MODELS)
        assert bound_max_tokens(other, None) == bound_max_tokens(orders[0], None)


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
        {"cheaper_model": "small"},
        {"on_exceeded": "refuse", "cheaper_model": "small"},
        {"on_exceeded": "cheaper_model"},
        {"on_exceeded": "cheaper_model", "cheaper_model": "small", "models": ["demo"]},
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
    assert holds(limited, Demand(tokens=120, cost=77), now, "/user/amy") == (
        Hold(scope="tenant/1|requests|minute|2026-11-20T18:02", limit=3, amount=1),
        Hold(scope="tenant/1|tokens|minute|2026-11-20T18:02", limit=500, amount=120),
        Hold(scope="tenant/0|dollars|month|2026-11", limit=1_500_000, amount=77, alert_at=(50, 80, 100)),
        Hold(scope="tenant/0|requests|day|2026-11-20", limit=9, amount=1, alert_at=(50, 80, 100)),
    )


@pytest.mark.parametrize("chosen", [(), (90,), (1, 100)])
def test_a_level_says_at_which_parts_of_its_own_budgets_an_operator_is_told(chosen):
    budget = (Limit(per=Window.DAY, requests=9),)
    limited = levels(Policy(limits=budget, alert_at=chosen), Policy(limits=budget))
    told = [each.alert_at for each in holds(limited, Demand(tokens=1, cost=1), at("2026-11-20"), "/user/amy")]
    assert told == [(50, 80, 100), chosen]
    assert alert_at(limited, Refused("tenant/0/user/amy|requests|day|2026-11-20", 9, 9)) == chosen
    assert alert_at(limited, Refused("tenant/0|requests|minute|2026-11-20T18:02", 9, 9)) == ()


@pytest.mark.parametrize("chosen", [[0], [101], [50.5], ["half"], list(range(1, 12))])
def test_a_part_that_is_no_percent_is_refused(chosen):
    with pytest.raises(ValidationError, match="alert_at"):
        Policy.model_validate({"alert_at": chosen})


AMY, ANOTHER_KEY_OF_AMY = (Caller(tenant="acme", project="fraud", key_id=key, user="amy") for key in ("k1", "k2"))
BEN, NOBODY, NOBODY_ELSE = (
    Caller(tenant="acme", project="fraud", key_id=key, user=user)
    for key, user in (("k3", "ben"), ("k4", None), ("k5", None))
)
NAMED_AS_A_KEY = Caller(tenant="acme", project="fraud", key_id="k6", user="k4")


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (AMY, AMY, True),
        (AMY, ANOTHER_KEY_OF_AMY, True),
        (AMY, BEN, False),
        (NOBODY, NOBODY, True),
        (NOBODY, NOBODY_ELSE, False),
        (NOBODY, NAMED_AS_A_KEY, False),
    ],
)
def test_a_limit_of_each_user_is_counted_by_user_and_where_there_is_none_by_key(one, other, together):
    limited = levels(Policy(limits=(Limit(per=Window.DAY, requests=9, each="user"),)))
    held = [holds(limited, Demand(tokens=1, cost=1), 0.0, user_of(caller)) for caller in (one, other)]
    assert (held[0] == held[1]) is together


def test_a_limit_of_all_and_one_of_each_are_two_counters():
    limits = tuple(Limit(per=Window.DAY, requests=9, each=each) for each in (None, "user"))
    held = holds(levels(Policy(limits=limits)), Demand(tokens=1, cost=1), 0.0, user_of(AMY))
    assert [hold.scope.split("|")[0] for hold in held] == ["tenant/0", "tenant/0/user/amy"]


def test_without_limits_nothing_is_held():
    assert holds(levels(Policy(), Policy()), Demand(tokens=1, cost=1), 0.0, "/user/amy") == ()


def test_a_host_that_is_none_is_no_policy():
    with pytest.raises(ValidationError, match=r"media_hosts\.1.*\n.*a host is written like img\.example\.com"):
        Policy(media_hosts=("img.example.com", "10.0.0.1"))


def test_nothing_is_fetched_where_the_tenant_says_nothing():
    assert not allowed_media_hosts(levels(Policy(), Policy(media_hosts=HOSTS)))
    assert allowed_media_hosts(levels(Policy(media_hosts=HOSTS), Policy()))
