"""sallyport.authorization: policy first, then limits."""

import pytest

from sallyport.authorization import EXPIRY_MARGIN_SECONDS, authorize
from sallyport.configuration import POLICIES, Configuration
from sallyport.errors import (
    BudgetExhaustedError,
    InvalidRequestError,
    ModelNotFoundError,
    RateLimitedError,
    RequestTooLargeError,
)
from sallyport.limits import user_of
from sallyport.ports import Refused
from sallyport.redaction.judge import Action
from sallyport.table_versions import ROUTING
from tests.unit.doubles import CALLER, MemoryLedger, MemoryRecords, a_ticket

TENANT, PROJECT = "tenant/acme", "tenant/acme/project/fraud"
TABLE = {
    "version": "7",
    "targets": {
        "cheap": {"provider": "simulated", "model": "s", "privacy": "private", "price": {"input": 1, "output": 2}},
        "dear": {"provider": "simulated", "model": "s", "privacy": "cloud", "price": {"input": 3, "output": 5}},
    },
    "routes": {"demo": {"targets": ["cheap", "dear"], "cache_ttl_seconds": 60}},
}


@pytest.fixture
def records():
    records = MemoryRecords()
    records.put(ROUTING, "current", TABLE)
    records.put(POLICIES, TENANT, {"models": ["demo"], "limits": [{"per": "minute", "requests": 9, "tokens": 10_000}]})
    return records


@pytest.fixture
def ledger():
    return MemoryLedger()


@pytest.fixture
def authorized(records, ledger, clock):
    def authorized(**ticket):
        return authorize(a_ticket(**ticket), Configuration(records, clock=clock), ledger, clock.now)

    return authorized


def test_an_authorization_says_all_that_later_states_need(authorized, records, ledger, clock):
    records.put(POLICIES, PROJECT, {"max_tokens": 50, "redaction": {"IBAN": "block"}})
    authorization = authorized(input_tokens=10)
    assert authorization.max_tokens == 50
    assert [target.name for target in authorization.route.targets] == ["cheap", "dear"]
    assert authorization.route.table_version == "7"
    assert authorization.redaction.action_of("IBAN") is Action.BLOCK
    assert authorization.reason == "demo is allowed; 2 limits reserved for 50 output tokens"
    assert [(hold.limit, hold.amount) for hold in authorization.reservation.holds] == [(9, 1), (10_000, 60)]
    assert ledger.reserved == [authorization.reservation]


def test_a_limit_of_each_user_is_reserved_for_the_caller(authorized, records):
    records.put(POLICIES, PROJECT, {"limits": [{"per": "day", "requests": 2, "each": "user"}]})
    scopes = [hold.scope.split("|")[0] for hold in authorized().reservation.holds]
    assert scopes == [f"{PROJECT}{user_of(CALLER)}", TENANT, TENANT]


def test_a_reservation_outlives_the_deadline(authorized, clock):
    assert authorized(deadline=clock.now + 100.5).reservation.expires_at == clock.now + 100 + EXPIRY_MARGIN_SECONDS


def test_the_same_request_again_is_the_same_reservation(authorized, ledger, clock):
    authorized()
    clock.now += 61
    authorized()
    assert ledger.reserved[0] == ledger.reserved[1]


def test_the_dearest_target_is_reserved_for(authorized, records):
    records.put(POLICIES, TENANT, {"limits": [{"per": "month", "dollars": 1}]})
    [hold] = authorized(input_tokens=10, max_tokens=100).reservation.holds
    assert (hold.limit, hold.amount) == (1_000_000, 10 * 3 + 100 * 5)


def test_the_route_is_put_in_order_once(records, ledger, clock):
    fastest = TABLE | {"routes": {"demo": {"targets": ["cheap", "dear"], "strategy": "least_latency"}}}
    records.put(ROUTING, "current", fastest)
    configuration = Configuration(records, clock=clock)
    targets = configuration.routing_table().targets
    latencies = {targets["cheap"].place("cheap"): 20.0, targets["dear"].place("dear"): 10.0}
    route = authorize(a_ticket(), configuration, ledger, clock.now, lambda: latencies).route
    assert route.reason == "least_latency: dear, cheap"
    assert authorize(a_ticket(), configuration, ledger, clock.now).route.reason == "least_latency: cheap, dear"


def test_what_no_target_can_do_takes_nothing(authorized, records, ledger):
    blind = {name: target | {"capabilities": ["tools"]} for name, target in TABLE["targets"].items()}
    records.put(ROUTING, "current", TABLE | {"targets": blind})
    with pytest.raises(InvalidRequestError, match="takes images"):
        authorized(needs=("vision",))
    assert ledger.reserved == []


@pytest.mark.parametrize(("content_bytes", "dollars"), [(100, 670), (900, 900), (10**6, 5000)])
def test_a_second_opinion_is_reserved_for_where_the_policy_wants_one(content_bytes, dollars, authorized, records):
    limits = {"limits": [{"per": "month", "dollars": 1}]}
    records.put(POLICIES, TENANT, limits)
    [without] = authorized(content_bytes=content_bytes).reservation.holds
    records.put(POLICIES, TENANT, limits | {"second_opinion": "if_available"})
    [reserved] = authorized(request_id="req_another1", content_bytes=content_bytes).reservation.holds
    assert reserved.amount - without.amount == dollars


def test_a_second_opinion_stays_within_the_regions_of_every_level(authorized, records):
    here = {name: {**target, "region": "eu-west-1"} for name, target in TABLE["targets"].items()}
    records.put(ROUTING, "current", TABLE | {"targets": here})
    records.put(POLICIES, TENANT, {"second_opinion": "on"})
    assert authorized().redaction.opinion_regions == ()
    records.put(POLICIES, TENANT, {"second_opinion": "on", "allowed_regions": ["eu-*"]})
    records.put(POLICIES, PROJECT, {"allowed_regions": ["eu-west-1"]})
    assert authorized().redaction.opinion_regions == (("eu-*",), ("eu-west-1",))


def test_every_choice_is_reserved_for(authorized, records):
    records.put(POLICIES, TENANT, {"limits": [{"per": "month", "dollars": 1, "tokens": 1000}]})
    tokens, dollars = authorized(input_tokens=10, max_tokens=100, choices=3).reservation.holds
    assert (tokens.amount, dollars.amount) == (310, 10 * 3 + 300 * 5)


@pytest.mark.parametrize(
    ("providers", "choices", "times"),
    [
        (("simulated", "openai"), 3, 1),
        (("simulated", "bedrock"), 3, 3),
        (("bedrock", "bedrock"), 20, 8),
        (("bedrock", "bedrock"), 1, 1),
    ],
)
def test_a_prompt_that_may_be_paid_several_times_is_reserved_as_often(authorized, records, providers, choices, times):
    targets = {
        name: TABLE["targets"][name] | {"provider": provider}
        for name, provider in zip(("cheap", "dear"), providers, strict=True)
    }
    records.put(ROUTING, "current", TABLE | {"targets": targets})
    records.put(POLICIES, TENANT, {"limits": [{"per": "month", "dollars": 1, "tokens": 10_000}]})
    tokens, dollars = authorized(input_tokens=10, max_tokens=100, choices=choices).reservation.holds
    assert tokens.amount == times * 10 + choices * 100
    assert dollars.amount == times * 10 * 3 + choices * 100 * 5


def test_without_limits_the_ledger_is_not_asked(authorized, records, ledger):
    records.put(POLICIES, TENANT, {})
    assert authorized().reservation.holds == ()
    assert ledger.reserved == []


@pytest.mark.parametrize(
    ("policy", "ticket", "error"),
    [
        ({"models": []}, {}, ModelNotFoundError),
        ({}, {"model": "gpt-9"}, ModelNotFoundError),
        ({"max_content_bytes": 99}, {}, RequestTooLargeError),
        ({"max_tokens": 99}, {"max_tokens": 100}, InvalidRequestError),
        ({"limits": [{"per": "minute", "tokens": 109}]}, {"max_tokens": 100}, InvalidRequestError),
    ],
)
def test_what_is_refused_takes_nothing(policy, ticket, error, authorized, records, ledger):
    records.put(POLICIES, TENANT, policy)
    with pytest.raises(error):
        authorized(**ticket)
    assert ledger.reserved == []


@pytest.mark.parametrize(("kind", "error"), [("requests", RateLimitedError), ("dollars", BudgetExhaustedError)])
def test_a_limit_without_room_is_a_refusal(kind, error, authorized, ledger):
    ledger.answer = Refused(f"tenant/acme|{kind}|minute|2026-11-20T18:00", limit=9, taken=9)
    with pytest.raises(error):
        authorized()


CHEAPER = {"on_exceeded": "cheaper_model", "cheaper_model": "small"}
WITH_SMALL = TABLE | {"routes": TABLE["routes"] | {"small": {"targets": ["cheap"]}}}


class Budget(MemoryLedger):
    """Has room for reservations of some amount of money, and notes which it had none for."""

    def __init__(self, room):
        super().__init__()
        self.room = room

    def reserve(self, reservation, *, now):
        granted = super().reserve(reservation, now=now)
        for hold in reservation.holds:
            if "|dollars|" in hold.scope and hold.amount > self.room:
                return Refused(hold.scope, limit=hold.limit, taken=hold.limit - self.room)
        return granted


def spending(records, clock, policy, room, level=TENANT, **ticket):
    """With ten tokens of input and a hundred of output, demo reserves $0.000530 and small $0.000210."""
    records.put(ROUTING, "current", WITH_SMALL)
    records.put(POLICIES, level, {"limits": [{"per": "day", "dollars": 1}]} | policy)
    ledger = Budget(room)
    asked = {"max_tokens": 100} | ticket
    return authorize(a_ticket(**asked), Configuration(records, clock=clock), ledger, clock.now), ledger


@pytest.mark.parametrize(("room", "model"), [(530, "demo"), (529, "small"), (210, "small")])
def test_a_cheaper_model_is_asked_when_the_budget_has_no_room_for_the_dearer(room, model, records, clock):
    authorization, ledger = spending(records, clock, {**CHEAPER, "models": ["demo", "small"]}, room)
    assert authorization.route.alias == model
    assert ledger.reserved[-1] == authorization.reservation
    assert authorization.reservation.holds[0].amount == {"demo": 530, "small": 210}[model]
    told = f"demo has no room in the budget of {TENANT}, so in its place: small is allowed"
    assert authorization.reason.startswith(told if model == "small" else "demo is allowed")


def test_another_model_is_another_reservation(records, clock):
    """Else a retry that finds room for the dearer would be taken for the cheaper, which is open, and never pay."""
    authorization, ledger = spending(records, clock, {**CHEAPER, "models": ["demo", "small"]}, 300)
    assert len({each.request_id for each in ledger.reserved}) == 2
    assert authorization.reservation.request_id == ledger.reserved[1].request_id


@pytest.mark.parametrize(
    ("policy", "room", "level", "ticket"),
    [
        ({}, 300, TENANT, {}),
        ({"on_exceeded": "refuse"}, 300, TENANT, {}),
        (CHEAPER, 209, TENANT, {}),
        (CHEAPER, 100, TENANT, {"model": "small"}),
        (CHEAPER | {"cheaper_model": "nothing"}, 300, TENANT, {}),
        (CHEAPER, 300, PROJECT, {}),
    ],
    ids=["says nothing", "refuses", "no room for it either", "is it already", "there is none", "not allowed above"],
)
def test_a_budget_refuses_where_no_cheaper_model_can_be_asked(policy, room, level, ticket, records, clock):
    with pytest.raises(BudgetExhaustedError):
        spending(records, clock, policy, room, level, **ticket)


def test_a_limit_of_requests_asks_no_cheaper_model(records, clock):
    records.put(ROUTING, "current", WITH_SMALL)
    records.put(POLICIES, TENANT, CHEAPER | {"limits": [{"per": "day", "requests": 1}]})
    ledger = MemoryLedger(Refused(f"{TENANT}|requests|day|2026-11-20", limit=1, taken=1))
    with pytest.raises(RateLimitedError):
        authorize(a_ticket(), Configuration(records, clock=clock), ledger, clock.now)
    assert len(ledger.reserved) == 1


def test_a_limit_of_each_user_asks_the_model_of_the_policy_that_it_stands_in(records, clock):
    limits = [{"per": "day", "dollars": 1, "each": "user"}]
    authorization, _ = spending(records, clock, CHEAPER | {"models": ["demo", "small"], "limits": limits}, 300)
    assert authorization.route.alias == "small"


@pytest.fixture
def embeds(records):
    """The same caller with a model that embeds, besides the other."""
    targets = TABLE["targets"] | {"vectors": TABLE["targets"]["cheap"] | {"operation": "embed", "price": {"input": 2}}}
    records.put(
        ROUTING, "current", TABLE | {"targets": targets, "routes": TABLE["routes"] | {"v": {"targets": ["vectors"]}}}
    )
    records.put(POLICIES, TENANT, {"models": ["demo", "v"], "limits": [{"per": "day", "tokens": 500, "dollars": 1}]})


def test_vectors_take_their_input_alone(authorized, embeds):
    authorization = authorized(model="v", operation="embed", input_tokens=300)
    assert [hold.amount for hold in authorization.reservation.holds] == [300, 600]
    assert authorization.reason == "v is allowed; 2 limits reserved for 0 output tokens"


@pytest.mark.parametrize(
    ("ticket", "says", "param"),
    [
        ({"model": "demo", "operation": "embed"}, "Models for embeddings: v", "model"),
        ({"model": "v"}, "Models for chat: demo", "model"),
        ({"model": "v", "operation": "embed", "input_tokens": 501}, "Send fewer at once", "input"),
    ],
)
def test_what_no_model_does_or_no_limit_ever_has_takes_nothing(ticket, says, param, authorized, embeds, ledger):
    with pytest.raises(InvalidRequestError, match=says) as refused:
        authorized(**ticket)
    assert refused.value.details["param"] == param
    assert ledger.reserved == []


@pytest.mark.parametrize("operation", ["anonymize", "restore"])
def test_what_asks_no_model_takes_one_request_of_its_limits_and_nothing_else(operation, authorized, records):
    records.put(POLICIES, PROJECT, {"models": [], "limits": [{"per": "day", "dollars": 0, "tokens": 0}]})
    authorization = authorized(operation=operation, model="anonymize", input_tokens=0)
    assert authorization.route.targets == ()
    assert [(hold.limit, hold.amount) for hold in authorization.reservation.holds] == [(9, 1)]
    assert authorization.reason == "no model is asked; 1 limits of requests reserved"


def test_what_asks_no_model_is_refused_beyond_its_limits(records, clock):
    ledger = MemoryLedger(Refused(f"{TENANT}|requests|minute|x", limit=9, taken=9))
    with pytest.raises(RateLimitedError):
        authorize(
            a_ticket(operation="anonymize", model="anonymize"), Configuration(records, clock=clock), ledger, clock.now
        )


def test_what_asks_no_model_is_refused_beyond_its_size(authorized, records, ledger):
    records.put(POLICIES, PROJECT, {"max_content_bytes": 10})
    with pytest.raises(RequestTooLargeError):
        authorized(operation="anonymize", model="anonymize", content_bytes=11)
    assert ledger.reserved == []
