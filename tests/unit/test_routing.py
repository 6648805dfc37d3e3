"""sallyport.routing: the table, and the order of targets."""

import tomllib

import pytest
from pydantic import ValidationError

from sallyport import routing
from sallyport.contracts import Privacy
from sallyport.errors import InvalidRequestError, ModelNotFoundError
from sallyport.prices import Price
from sallyport.providers.registry import _MODULES
from sallyport.routing import (
    check_operation,
    highest_cost,
    packaged_table,
    parse_table,
)
from tests.unit.doubles import a_plan

TARGET = {"provider": "simulated", "model": "simulated-1", "privacy": "cloud"}


def table(price=None, **targets):
    """One route, `demo`, over all of the targets."""
    known = {name: TARGET | fields for name, fields in (targets or {"one": {"price": price or {}}}).items()}
    return parse_table({"version": "1", "targets": known, "routes": {"demo": {"targets": list(known)}}})


def test_the_packaged_table_is_valid_and_needs_nothing_else():
    packaged = packaged_table()
    for alias in packaged.routes:
        assert a_plan(packaged, alias).table_version == packaged.version
    assert {target.provider for target in packaged.targets.values()} <= _MODULES.keys()
    used = {name for alias in packaged.routes.values() for name in alias.targets}
    assert used == packaged.targets.keys(), "a target that no route leads to"


def test_the_packaged_table_is_read_once():
    assert packaged_table() is packaged_table()


def test_the_packaged_demo_never_leaves_the_house():
    demo = a_plan(packaged_table(), "demo")
    assert {target.privacy for target in demo.targets} == {Privacy.PRIVATE}


@pytest.mark.parametrize(
    "change",
    [
        {"budget": 1},
        {"targets": {"one": TARGET | {"modle": "x"}}},
        {"targets": {"one": TARGET | {"privacy": "secret"}}},
        {"targets": {"one": TARGET | {"timeout_seconds": 281}}},
        {"targets": {"one": TARGET | {"timeout_seconds": 0}}},
        {"targets": {"one": TARGET | {"price": {"input": -1}}}},
        {"targets": {"one": TARGET | {"price": {"input": float("inf")}}}},
        {"routes": {"demo": {"targets": []}}},
        {"routes": {"demo": {"targets": ["two"]}}},
        {"routes": {"a|b": {"targets": ["one"]}}},
    ],
)
def test_a_table_that_would_not_do_what_it_says_is_refused(change):
    good = {"version": "1", "targets": {"one": TARGET}, "routes": {"demo": {"targets": ["one"]}}}
    parse_table(good)
    with pytest.raises(ValidationError):
        parse_table(good | change)


@pytest.mark.parametrize(
    ("route", "says"),
    [
        ({"strategy": "fastest"}, "'least_latency'"),
        ({"strategy": "weighted", "weights": {"three": 1}}, "a weight for three, which is none of its targets"),
        ({"strategy": "weighted", "weights": {"one": -1}}, "greater than or equal to 0"),
        ({"strategy": "weighted", "weights": {"one": 0, "two": 0}}, "demo has no target with a weight above 0"),
        ({"strategy": "sticky", "weights": {"one": 0, "two": 0}}, "demo has no target with a weight above 0"),
        ({"weights": {"one": 1}}, "has weights, which its strategy ordered does not ask for"),
        ({"strategy": "least_cost", "weights": {"one": 1}}, "strategy least_cost does not ask for"),
    ],
)
def test_a_strategy_that_could_not_be_followed_is_refused_in_words(route, says):
    known = dict.fromkeys(("one", "two"), TARGET)
    with pytest.raises(ValidationError, match=says):
        parse_table({"version": "1", "targets": known, "routes": {"demo": {"targets": ["one", "two"]} | route}})


def test_a_routes_own_weights_come_before_its_targets():
    known = {"one": TARGET | {"weight": 3}, "two": TARGET}
    routes = {
        "mine": {"targets": ["one", "two"], "strategy": "weighted", "weights": {"one": 0}},
        "theirs": {"targets": ["one", "two"], "strategy": "weighted"},
    }
    both = parse_table({"version": "1", "targets": known, "routes": routes})
    shares = {name: [both.weight_of(alias, each) for each in alias.targets] for name, alias in both.routes.items()}
    assert shares == {"mine": [0, 1], "theirs": [3, 1]}


def test_a_route_to_nowhere_is_named():
    with pytest.raises(ValidationError, match="route demo names the target two"):
        parse_table({"version": "1", "targets": {}, "routes": {"demo": {"targets": ["two"]}}})


def test_a_target_has_another_place_when_it_leads_elsewhere_and_the_same_at_another_price():
    target = table().targets["one"]
    elsewhere = [
        target.model_copy(update={field: "other"})
        for field in ("provider", "model", "region", "account_role", "base_url", "proxy", "secret")
    ]
    assert len({each.place("one") for each in (target, *elsewhere)}) == len(elsewhere) + 1
    dearer = target.model_copy(update={"price": Price(input=9), "weight": 2.0, "timeout_seconds": 5.0})
    assert dearer.place("one") == target.place("one") != target.place("two")


def test_a_secret_is_named_and_never_held():
    packaged = tomllib.loads(routing._PACKAGED.read_text())
    assert {target.get("secret") for target in packaged["targets"].values()} <= {None, "openai/main", "anthropic/main"}


def test_an_unknown_model_looks_like_a_forbidden_one():
    with pytest.raises(ModelNotFoundError) as refused:
        a_plan(table(), "gpt-9")
    assert refused.value.details == {"param": "model"}


def test_the_dearest_target_is_reserved_for():
    both = table(cheap={"price": {"input": 1}}, dear={"price": {"output": 10}})
    assert highest_cost(both, "demo", input_tokens=100, output_tokens=5) == 100
    assert highest_cost(both, "demo", input_tokens=100, output_tokens=50) == 500


EMBEDS = {"operation": "embed", "privacy": "private"}


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ({"one": EMBEDS, "two": {}}, "mixes targets that chat with targets that embed"),
        ({"one": EMBEDS | {"model": "a"}, "two": EMBEDS | {"model": "b"}}, "vectors cannot be compared"),
        ({"one": EMBEDS | {"vectors": "a"}, "two": EMBEDS | {"vectors": "b"}}, "vectors cannot be compared"),
        ({"one": EMBEDS | {"vectors": "a"}, "two": EMBEDS}, "vectors cannot be compared"),
        ({"one": EMBEDS | {"price": {"input": 1, "output": 1}}}, "no output tokens"),
        ({"one": {"vectors": "a"}}, 'operation = "embed"'),
        ({"one": {"texts_per_call": 9}}, 'operation = "embed"'),
        ({"one": {"operation": "sing"}}, "chat"),
        ({"one": {"base_model": "us.amazon.nova-lite-v1:0"}}, "are for targets of bedrock"),
        ({"one": {"account_role": "arn:aws:iam::123456789012:role/models"}}, "are for targets of bedrock"),
        ({"one": {"provider": "bedrock", "account_role": "models"}}, "should match pattern"),
        ({"one": {"provider": "bedrock", "account_role": "arn:aws:iam::1234:role/models"}}, "should match pattern"),
    ],
)
def test_targets_that_may_not_stand_in_for_each_other_share_no_route(targets, says):
    with pytest.raises(ValidationError, match=says):
        table(**targets)


@pytest.mark.parametrize(
    ("proxy", "good"),
    [
        ("http://proxy.example.com:3128", True),
        ("https://10.0.0.1", True),
        ("http://[fd00::1]:3128", True),
        ("http://user:password@proxy.example.com:3128", False),
        ("proxy.example.com:3128", False),
        ("socks5://proxy.example.com", False),
        ("http://proxy.example.com/path", False),
    ],
)
def test_a_proxy_is_an_address_without_a_password(proxy, good):
    try:
        assert table(one={"proxy": proxy}).targets["one"].proxy == proxy
        assert good
    except ValidationError:
        assert not good


@pytest.mark.parametrize(
    "targets",
    [
        {"one": EMBEDS, "two": EMBEDS | {"region": "eu-west-1"}},
        {"one": EMBEDS | {"model": "a", "vectors": "x"}, "two": EMBEDS | {"model": "b", "vectors": "x"}},
        {"one": EMBEDS | {"model": "a"}, "two": EMBEDS | {"model": "b", "vectors": "a", "texts_per_call": 32}},
        {"one": {"model": "a"}, "two": {"model": "b"}},
    ],
)
def test_targets_of_one_kind_and_comparable_vectors_share_a_route(targets):
    assert len(table(**targets).routes["demo"].targets) == 2


def test_a_model_that_is_for_something_else_says_which_are_for_it():
    known = {"talks": TARGET, "embeds": TARGET | EMBEDS}
    routes = {name: {"targets": [name]} for name in known} | {"hidden": {"targets": ["embeds"]}}
    both = parse_table({"version": "1", "targets": known, "routes": routes})
    check_operation(both, "talks", "chat", [])
    check_operation(both, "embeds", "embed", [])
    with pytest.raises(InvalidRequestError) as refused:
        check_operation(both, "talks", "embed", ["embeds", "talks"])
    assert refused.value.message == "talks is for chat, not for embeddings. Models for embeddings: embeds."
    assert refused.value.details == {"param": "model"}
    with pytest.raises(InvalidRequestError, match=r"embeds is for embeddings, not for chat\. Models for chat: talks\."):
        check_operation(both, "embeds", "chat", ["talks"])
    with pytest.raises(InvalidRequestError, match="No model of this key is"):
        check_operation(both, "embeds", "chat", ["embeds"])


@pytest.mark.parametrize(("count", "ends"), [(20, "m18, m19."), (21, "m19 and 1 more."), (500, "m19 and 480 more.")])
def test_a_table_of_many_models_makes_no_endless_message(count, ends):
    known = {"talks": TARGET, "embeds": TARGET | EMBEDS}
    names = [f"m{number}" for number in range(count)]
    routes = {name: {"targets": ["talks"]} for name in names} | {"v": {"targets": ["embeds"]}}
    many = parse_table({"version": "1", "targets": known, "routes": routes})
    with pytest.raises(InvalidRequestError) as refused:
        check_operation(many, "v", "chat", names)
    assert refused.value.message.endswith(ends)


@pytest.mark.parametrize(
    "limits", [{}, {"requests": 0}, {"tokens": 1.5}, {"requests": 5, "per": "day"}, {"dollars": 3}]
)
def test_limits_of_a_target_are_requests_or_tokens_per_minute(limits):
    with pytest.raises(ValidationError, match="limits"):
        table(one={"limits": limits})


@pytest.mark.parametrize("limits", [{"requests": 5}, {"tokens": 100}, {"requests": 5, "tokens": 100}])
def test_limits_of_a_target_may_be_of_either_kind_or_of_both(limits):
    assert dict(table(one={"limits": limits}).targets["one"].limits.by_kind()) == limits
