"""sallyport.configuration: fresh for 15 seconds, stale for five minutes, and never 'no limits'."""

import pytest

from sallyport.canary import gets
from sallyport.configuration import BACK_OFF_SECONDS, FRESH_SECONDS, POLICIES, STALE_SECONDS, Configuration
from sallyport.errors import StoreUnavailableError
from sallyport.policy import Policy, allowed_models
from sallyport.registry import promote, publish, roll_back
from sallyport.routing import packaged_table, parse_table
from sallyport.shares import SHARES, Askers, Seen
from sallyport.table_versions import CURRENT, ROUTING, version_sort
from tests.unit.doubles import CALLER, CANARY, MemoryRecords

TENANT = "tenant/acme"
TABLE = {
    "version": "2",
    "targets": {"one": {"provider": "simulated", "model": "simulated-1", "privacy": "private"}},
    "routes": {"mine": {"targets": ["one"]}},
}


@pytest.fixture
def records():
    return MemoryRecords()


@pytest.fixture
def configuration(records, clock):
    return Configuration(records, clock=clock)


def models(configuration):
    return configuration.policies(CALLER)[0].policy.models


def test_a_tenant_that_nobody_knows_may_use_no_model(configuration):
    levels = configuration.policies(CALLER)
    assert [level.scope for level in levels] == [
        "tenant/acme",
        "tenant/acme/project/fraud",
        "tenant/acme/project/fraud/key/abcdefghijkl",
    ]
    assert allowed_models(levels, ["demo", "claude"]) == []


def test_a_project_and_a_key_need_no_policy(configuration, records):
    records.put(POLICIES, TENANT, {})
    assert allowed_models(configuration.policies(CALLER), ["demo"]) == ["demo"]


def test_a_project_without_its_tenant_may_still_use_no_model(configuration, records):
    records.put(POLICIES, f"{TENANT}/project/fraud", {"models": ["demo"]})
    assert allowed_models(configuration.policies(CALLER), ["demo"]) == []


def test_a_policy_is_read_again_after_fifteen_seconds(configuration, records, clock):
    records.put(POLICIES, TENANT, {"models": ["demo"]})
    assert models(configuration) == ("demo",)
    reads = records.reads

    records.put(POLICIES, TENANT, {"models": []})
    clock.now += FRESH_SECONDS - 0.001
    assert models(configuration) == ("demo",)
    assert records.reads == reads

    clock.now += 0.001
    assert models(configuration) == ()
    assert records.reads == reads + 3


def test_what_was_known_serves_for_five_minutes_while_the_store_is_away(configuration, records, clock):
    records.put(POLICIES, TENANT, {"models": ["demo"]})
    assert models(configuration) == ("demo",)
    records.down = True

    clock.now += STALE_SECONDS - 0.001
    assert models(configuration) == ("demo",)
    clock.now += 0.001
    with pytest.raises(StoreUnavailableError) as raised:
        configuration.policies(CALLER)
    assert raised.value.retry_after == 2.0

    records.down = False
    assert models(configuration) == ("demo",)


def test_a_store_that_is_away_is_asked_again_but_not_by_everybody(configuration, records, clock):
    records.put(POLICIES, TENANT, {"models": ["demo"]})
    models(configuration)
    records.down = True
    clock.now += FRESH_SECONDS
    models(configuration)
    reads = records.reads
    clock.now += BACK_OFF_SECONDS - 0.001
    assert models(configuration) == ("demo",)
    assert records.reads == reads

    records.down = False
    records.put(POLICIES, TENANT, {"models": []})
    clock.now += 0.001
    assert models(configuration) == ()


def test_a_request_waits_once_for_a_store_that_is_away_whatever_it_reads(configuration, records, clock):
    configuration.policies(CALLER), configuration.routing_table()
    records.down = True
    clock.now += FRESH_SECONDS
    reads = records.reads
    configuration.policies(CALLER), configuration.routing_table()
    assert records.reads == reads + 1


def test_what_is_stored_wrong_for_one_keeps_nobody_else_from_what_is_new(configuration, records, clock):
    other = CALLER.model_copy(update={"tenant": "globex"})
    records.put(POLICIES, TENANT, {"models": ["demo"]})
    records.put(POLICIES, "tenant/globex", {"models": ["demo"]})
    configuration.policies(CALLER), configuration.policies(other)
    records.put(POLICIES, TENANT, {"max_tokens": 0})
    records.put(POLICIES, "tenant/globex", {"models": []})
    clock.now += FRESH_SECONDS
    assert models(configuration) == ("demo",)
    assert configuration.policies(other)[0].policy.models == ()


@pytest.mark.parametrize("ask", [lambda c: c.policies(CALLER), lambda c: c.routing_table()], ids=["policy", "table"])
def test_nothing_ever_read_is_an_error(ask, configuration, records):
    records.down = True
    with pytest.raises(StoreUnavailableError):
        ask(configuration)


BAD = [
    {"limit": []},
    {"models": CANARY},
    {"limits": [{"per": "day", "requests": CANARY}]},
    {"redaction": {CANARY: "block"}},
    {"max_tokens": 0},
]


@pytest.mark.parametrize("scope", ["tenant/acme", "tenant/acme/project/fraud"])
@pytest.mark.parametrize("body", BAD)
def test_what_is_no_policy_is_neither_no_limits_nor_a_bug_and_is_not_repeated(body, scope, configuration, records):
    records.put(POLICIES, TENANT, {"models": ["demo"]})
    records.put(POLICIES, scope, body)
    with pytest.raises(StoreUnavailableError, match=f"stored policy {scope} is wrong in 1 places") as raised:
        configuration.policies(CALLER)
    assert CANARY not in str(raised.value)
    assert raised.value.__suppress_context__
    assert raised.value.retry_after == FRESH_SECONDS


def test_a_policy_that_goes_bad_is_replaced_by_what_was_known_for_five_minutes(configuration, records, clock):
    records.put(POLICIES, TENANT, {"models": ["demo"], "max_tokens": 5})
    known = configuration.policies(CALLER)
    records.put(POLICIES, TENANT, {"modles": ["demo"]})
    clock.now += FRESH_SECONDS
    assert configuration.policies(CALLER) == known
    clock.now += STALE_SECONDS
    with pytest.raises(StoreUnavailableError):
        configuration.policies(CALLER)


def test_without_a_published_table_the_packaged_one_holds(configuration):
    assert configuration.routing_table() is packaged_table()


def test_a_published_table_replaces_the_packaged_one(configuration, records, clock):
    configuration.routing_table()
    records.put(ROUTING, "current", TABLE)
    clock.now += FRESH_SECONDS
    assert list(configuration.routing_table().routes) == ["mine"]


@pytest.mark.parametrize("bad", [{"version": "3"}, TABLE | {"routes": {"mine": {"targets": ["two"]}}}])
def test_a_bad_table_does_not_bring_the_packaged_one_back(bad, configuration, records, clock):
    records.put(ROUTING, "current", TABLE)
    configuration.routing_table()
    records.put(ROUTING, "current", bad)
    clock.now += FRESH_SECONDS
    assert configuration.routing_table().version == "2"
    clock.now += STALE_SECONDS
    with pytest.raises(StoreUnavailableError, match="routing current"):
        configuration.routing_table()


def test_a_policy_is_validated_once_for_many_requests(configuration, records):
    records.put(POLICIES, TENANT, Policy(models=("demo",)).to_json())
    assert configuration.policies(CALLER)[0] is configuration.policies(CALLER)[0]


def put(records, alias, percent=None):
    table = parse_table(TABLE | {"routes": {alias: {"targets": ["one"]}}})
    return publish(records, table, author="ann", comment="", now=1.0, percent=percent)


def test_a_version_is_read_once_and_the_change_every_fifteen_seconds(configuration, records, clock):
    put(records, "mine")
    assert configuration.routing_table().version == "v1"
    reads = records.reads
    clock.now += FRESH_SECONDS
    configuration.routing_table()
    assert records.reads == reads + 1

    put(records, "yours")
    assert configuration.routing_table().version == "v1"
    clock.now += FRESH_SECONDS
    assert list(configuration.routing_table().routes) == ["yours"]
    roll_back(records, author="ann", comment="", now=2.0)
    clock.now += FRESH_SECONDS
    assert list(configuration.routing_table().routes) == ["mine"]


REQUESTS = [f"req_{number:08}" for number in range(200)]


def test_a_canary_serves_its_requests_and_no_others(configuration, records, clock):
    put(records, "mine")
    canary = put(records, "yours", percent=30).canary
    assert configuration.canary() == canary
    assert configuration.routing_table().version == "v1"
    for request_id in REQUESTS:
        expected = "v2" if gets(canary, request_id) else "v1"
        assert configuration.table_for(request_id).version == expected
    promote(records, author="ann", comment="", now=2.0)
    clock.now += FRESH_SECONDS
    assert configuration.canary() is None
    assert {configuration.table_for(each).version for each in REQUESTS} == {"v2"}


def test_a_request_finds_its_own_table_after_another_was_published(configuration, records, clock):
    put(records, "mine")
    configuration.routing_table()
    put(records, "yours")
    clock.now += FRESH_SECONDS
    assert configuration.table_named("v1").version == "v1"
    assert configuration.table_named(packaged_table().version) is packaged_table()
    reads = records.reads
    assert configuration.table_named("v1").version == "v1"
    assert records.reads == reads


@pytest.mark.parametrize("name", ["", "e2e", "v7"])
def test_a_table_that_is_not_there_is_the_one_in_force(name, configuration, records):
    put(records, "mine")
    assert configuration.table_named(name).version == "v1"


def test_another_function_reads_a_version_it_never_had_in_force(records, clock):
    put(records, "mine")
    put(records, "yours")
    fresh = Configuration(records, clock=clock)
    assert fresh.table_named("v1").version == "v1"
    fresh.routing_table()
    records.down = True
    assert Configuration.table_named(fresh, "v7").version == "v2"


def test_a_version_that_cannot_be_read_leaves_the_one_before_in_force_for_five_minutes(configuration, records, clock):
    put(records, "mine")
    configuration.routing_table()
    put(records, "yours")
    del records.rows[ROUTING, version_sort(2)]
    clock.now += FRESH_SECONDS
    assert configuration.routing_table().version == "v1"
    clock.now += STALE_SECONDS
    with pytest.raises(StoreUnavailableError, match="v2 is gone"):
        configuration.routing_table()


def test_a_canary_that_cannot_be_read_gets_nothing(configuration, records):
    put(records, "mine")
    put(records, "yours", percent=99)
    records.put(ROUTING, version_sort(2), {"of": "a newer gateway"})
    assert configuration.canary() is None
    assert {configuration.table_for(each).version for each in REQUESTS} == {"v1"}


def test_a_change_that_cannot_be_read_is_an_error_and_not_the_packaged_table(configuration, records):
    records.put(ROUTING, CURRENT, {"number": 3, "of": "a newer gateway"})
    with pytest.raises(StoreUnavailableError, match="routing current"):
        configuration.routing_table()


def test_who_asks_a_target_is_read_again_after_fifteen_seconds(configuration, records, clock):
    assert configuration.askers("gpt") == Askers()
    known = Askers(tenants={"acme": Seen(weight=2.0, at=1.0)})
    records.put(SHARES, "gpt", known.to_json())
    assert configuration.askers("gpt") == Askers()
    clock.now += FRESH_SECONDS
    assert configuration.askers("gpt") == known


@pytest.mark.parametrize("body", [{"tenants": {"acme": 2}}, {"of": "a newer gateway"}])
def test_a_target_is_asked_though_nobody_knows_who_else_asks_it(body, configuration, records):
    """Its own limit holds for all of them together."""
    records.put(SHARES, "gpt", body)
    assert configuration.askers("gpt") == Askers()
    records.down = True
    assert configuration.askers("claude") == Askers()
