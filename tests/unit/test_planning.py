"""sallyport.planning: who could serve a request, who is asked first, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.choosing import eligible
from sallyport.contracts import Route
from sallyport.errors import InvalidRequestError, ModelNotFoundError
from sallyport.planning import is_allowed_somewhere, plan
from sallyport.redaction.judge import Sensitivity
from sallyport.routing import parse_table
from sallyport.strategies import Strategy
from tests.unit.doubles import a_ticket

TARGET = {"provider": "simulated", "model": "s", "privacy": "cloud"}


def table(targets, **route):
    known = {name: TARGET | fields for name, fields in targets.items()}
    return parse_table({"version": "1", "targets": known, "routes": {"demo": {"targets": list(known)} | route}})


def planned(targets, *, strategy="ordered", max_tokens=100, regions=(), latencies=None, weights=None, **ticket):
    route = {"strategy": strategy} | ({"weights": weights} if weights else {})
    return plan(table(targets, **route), a_ticket(**ticket), max_tokens, regions, latencies or {})


def names(route):
    return [target.name for target in route.targets]


SIZES = {"large": {"context_tokens": 1000}, "small": {"context_tokens": 150}, "middle": {"context_tokens": 500}}
SKILLS = {
    "all": {},
    "sees": {"capabilities": ["vision", "documents"]},
    "acts": {"capabilities": ["tools", "json_schema"]},
    "reads": {"capabilities": []},
}


@pytest.mark.parametrize(
    ("strategy", "input_tokens", "expected"),
    [
        ("ordered", 50, ["large", "small", "middle"]),
        ("ordered", 51, ["large", "middle", "small!"]),
        ("ordered", 401, ["large", "middle!", "small!"]),
        ("ordered", 901, ["large!", "middle!", "small!"]),
        ("by_context_size", 50, ["small", "middle", "large"]),
        ("by_context_size", 51, ["middle", "large", "small!"]),
        ("by_context_size", 400, ["middle", "large", "small!"]),
        ("by_context_size", 9999, ["large!", "middle!", "small!"]),
    ],
)
def test_what_it_is_too_long_for_comes_last(strategy, input_tokens, expected):
    """`!` marks those it does not fit into."""
    route = planned(SIZES, strategy=strategy, input_tokens=input_tokens)
    assert [target.name + "!" * (not target.fits) for target in route.targets] == expected
    assert {target.name: target.context_tokens for target in route.targets} == {
        "large": 1000,
        "small": 150,
        "middle": 500,
    }


def test_an_answer_takes_no_more_room_than_its_target_gives_it():
    sizes = {"one": {"context_tokens": 150, "max_output_tokens": 40}}
    assert planned(sizes, input_tokens=110, max_tokens=4000).targets[0].fits
    assert not planned(sizes, input_tokens=111, max_tokens=4000).targets[0].fits


def test_texts_to_embed_are_not_taken_for_one_long_one():
    vectors = {"one": {"operation": "embed", "context_tokens": 10}}
    assert planned(vectors, operation="embed", input_tokens=5000).targets[0].fits


@pytest.mark.parametrize(
    ("strategy", "needs", "expected"),
    [
        ("ordered", (), ["all", "sees", "acts", "reads"]),
        ("ordered", ("vision",), ["all", "sees"]),
        ("ordered", ("documents", "vision"), ["all", "sees"]),
        ("ordered", ("tools",), ["all", "acts"]),
        ("ordered", ("tools", "vision"), ["all"]),
        ("by_capability", (), ["reads", "sees", "acts", "all"]),
        ("by_capability", ("vision",), ["sees", "all"]),
        ("by_capability", ("audio",), ["all"]),
    ],
)
def test_only_those_are_asked_that_can(strategy, needs, expected):
    assert names(planned(SKILLS, strategy=strategy, needs=needs)) == expected


@pytest.mark.parametrize(
    ("need", "says", "param"),
    [
        ("vision", "takes images", "messages"),
        ("documents", "takes documents", "messages"),
        ("audio", "takes audio", "messages"),
        ("tools", "calls tools", "tools"),
        ("json_schema", "answers by a JSON schema", "response_format"),
    ],
)
def test_what_no_target_can_is_refused_by_the_field_that_asks_for_it(need, says, param):
    with pytest.raises(InvalidRequestError, match=f"No target of the model demo {says}") as refused:
        planned({"reads": {"capabilities": []}}, needs=(need,))
    assert refused.value.details == {"param": param}


def test_what_no_single_target_can_is_refused():
    skills = {name: SKILLS[name] for name in ("sees", "acts")}
    with pytest.raises(InvalidRequestError, match="calls tools and takes images at once"):
        planned(skills, needs=("tools", "vision"))


PLACES = {
    "here": {"region": "eu-west-1"},
    "geography": {"provider": "bedrock", "model": "eu.amazon.nova-lite-v1:0", "region": "eu-west-1"},
    "anywhere": {"provider": "bedrock", "model": "global.amazon.nova-2-lite-v1:0", "region": "eu-west-1"},
    "unknown": {},
}


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ([], ["here", "geography", "anywhere", "unknown"]),
        ([["eu-*"]], ["here", "geography"]),
        ([["eu-west-1", "us-*"]], ["here"]),
        ([["eu-*", "us-*"], ["eu-*"]], ["here", "geography"]),
        ([["eu-*"], ["eu-west-1"]], ["here"]),
    ],
)
def test_only_those_are_asked_that_stay_within_the_regions(regions, expected):
    assert names(planned(PLACES, regions=regions)) == expected


@pytest.mark.parametrize("regions", [[["us-*"]], [["eu-*"], ["us-*"]], [[]]])
def test_without_a_target_within_the_regions_there_is_no_such_model(regions):
    with pytest.raises(ModelNotFoundError, match="No target of the model demo is sure to stay within") as refused:
        planned(PLACES, regions=regions)
    assert refused.value.details == {"param": "model"}
    assert not is_allowed_somewhere(table(PLACES), "demo", regions)
    assert is_allowed_somewhere(table(PLACES), "demo", [["eu-*"]])


def test_a_route_says_where_its_targets_may_send_what_must_stay():
    route = planned(PLACES, regions=[["eu-*"]])
    assert route.targets[0].regions == ("eu-west-1",)
    assert "eu-south-2" in route.targets[1].regions
    assert route.reason == "ordered: here, geography; outside the allowed Regions: anywhere, unknown"
    assert {target.regions for target in planned(PLACES).targets} == {None}


def test_what_cannot_is_told_of_those_that_may_be_asked():
    places = {"here": {"region": "eu-west-1", "capabilities": []}, "there": {"region": "us-east-1"}}
    with pytest.raises(InvalidRequestError, match="takes images"):
        planned(places, regions=[["eu-*"]], needs=("vision",))


def test_the_least_cost_is_that_of_this_request():
    prices = {"reader": {"price": {"input": 1, "output": 9}}, "writer": {"price": {"input": 3, "output": 3}}}
    assert names(planned(prices, strategy="least_cost", input_tokens=10_000, max_tokens=10)) == ["reader", "writer"]
    assert names(planned(prices, strategy="least_cost", input_tokens=10, max_tokens=1000)) == ["writer", "reader"]


def test_a_prompt_that_is_paid_for_each_choice_costs_as_often():
    prices = {
        "repeats": {"provider": "bedrock", "price": {"input": 1}},
        "reads-once": {"price": {"input": 2}},
    }
    assert names(planned(prices, strategy="least_cost", choices=2)) == ["repeats", "reads-once"]
    assert names(planned(prices, strategy="least_cost", choices=3)) == ["reads-once", "repeats"]


def test_without_latencies_the_tables_order_counts():
    both = {"one": {}, "two": {}}
    assert names(planned(both, strategy="least_latency")) == ["one", "two"]
    known = {table(both).targets[name].place(name): latency for name, latency in {"one": 9.0, "two": 8.0}.items()}
    assert names(planned(both, strategy="least_latency", latencies=known)) == ["two", "one"]


def test_a_conversation_stays_where_a_request_does_not():
    several = {name: {} for name in "abcdef"}
    ids = [f"req_{number:08}" for number in range(50)]
    stuck = {tuple(names(planned(several, strategy="sticky", conversation="c1", request_id=each))) for each in ids}
    drawn = {tuple(names(planned(several, strategy="weighted", conversation="c1", request_id=each))) for each in ids}
    unknown = {tuple(names(planned(several, strategy="sticky", request_id=each))) for each in ids}
    assert len(stuck) == 1
    assert unknown == drawn
    assert len(drawn) > 10


def test_a_routes_weights_are_drawn_by():
    both = {"one": {"weight": 5}, "two": {}}
    for number in range(20):
        route = planned(both, strategy="weighted", weights={"one": 0}, request_id=f"req_{number:08}")
        assert names(route) == ["two", "one"]


@pytest.mark.parametrize(
    ("targets", "more", "reason"),
    [
        (SIZES, {}, "ordered: large, small, middle"),
        (SIZES, {"strategy": "by_context_size"}, "by_context_size: small, middle, large"),
        (SIZES, {"input_tokens": 300}, "ordered: large, middle, small; too small by estimate: small"),
        (SKILLS, {"needs": ("tools", "vision")}, "ordered: all; without tools, vision: sees, acts, reads"),
    ],
)
def test_the_reason_says_who_and_why(targets, more, reason):
    assert planned(targets, **more).reason == reason


def test_a_target_that_is_named_twice_is_asked_once():
    twice = parse_table({"version": "1", "targets": {"one": TARGET}, "routes": {"demo": {"targets": ["one", "one"]}}})
    assert names(plan(twice, a_ticket(), 100, [], {})) == ["one"]


@given(
    st.sampled_from(Strategy.__value__.__args__),
    st.dictionaries(
        st.sampled_from("abcdef"),
        st.fixed_dictionaries(
            {
                "context_tokens": st.integers(1, 400),
                "capabilities": st.none() | st.sets(st.sampled_from(["vision", "tools"])).map(list),
                "privacy": st.sampled_from(["private", "cloud"]),
            }
        ),
        min_size=1,
    ),
    st.sets(st.sampled_from(["vision", "tools"])).map(lambda needs: tuple(sorted(needs))),
    st.integers(0, 400),
)
def test_every_strategy_gives_a_permutation_of_those_who_can(strategy, targets, needs, input_tokens):
    can = {
        name
        for name, fields in targets.items()
        if fields["capabilities"] is None or set(needs) <= set(fields["capabilities"])
    }
    try:
        route = planned(targets, strategy=strategy, needs=needs, input_tokens=input_tokens)
    except InvalidRequestError:
        assert not can
        return
    assert sorted(names(route)) == sorted(can)
    fits = {name for name in can if input_tokens + 100 <= targets[name]["context_tokens"]}
    assert set(eligible(route, Sensitivity.PUBLIC)) == (fits or can)


def test_a_route_of_an_earlier_version_is_still_read():
    old = {
        "alias": "demo",
        "targets": [{"name": "one", "privacy": "cloud"}],
        "cache_ttl_seconds": 1,
        "table_version": "1",
    }
    assert eligible(Route.model_validate(old), Sensitivity.PUBLIC) == ("one",)
