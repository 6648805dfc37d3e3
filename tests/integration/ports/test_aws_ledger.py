"""The ledger on DynamoDB: what moto cannot show, and what only DynamoDB has."""

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from bench.contended_dynamo import ContendedDynamo
from sallyport.aws.errors import RETRY_AFTER_SECONDS
from sallyport.aws.ledger import ATTEMPTS, EXPIRE_AT_MOST, EXPIRE_EVERY_SECONDS, MOST_WAIT_SECONDS, DynamoLedger
from sallyport.aws.ledger_items import SHARDS
from sallyport.contracts import Hold, Reservation
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Granted, Refused

NOW = 1_795_198_920
DAY = 86_400


def reservation(number=1, *, scopes=("tenant/acme|requests|minute|2026-11-20T18:02",), limit=10, amount=1):
    holds = tuple(Hold(scope=scope, amount=amount, limit=limit) for scope in scopes)
    return Reservation(request_id=f"request-{number:04}", holds=holds, expires_at=NOW + 60)


class Cancelled(ClientError):
    def __init__(self, *reasons):
        response = {"Error": {"Code": "TransactionCanceledException", "Message": "cancelled"}}
        super().__init__(response | {"CancellationReasons": list(reasons)}, "TransactWriteItems")


OK, CONFLICT, THROTTLED = {"Code": "None"}, {"Code": "TransactionConflict"}, {"Code": "ThrottlingError"}
EXISTS = {"Code": "ConditionalCheckFailed", "Item": {}}
GONE = EXISTS  # The same code: the condition on the reservation does not hold.
FULL = {"Code": "ConditionalCheckFailed", "Item": {"taken": {"N": "10"}}}


class CancellingDynamo:
    """What DynamoDB does when transactions meet, as moto's never do: cancels, for the reasons given, then writes."""

    exceptions = SimpleNamespace(TransactionCanceledException=Cancelled)

    def __init__(self, *cancellations):
        self.cancellations = list(cancellations)
        self.calls = 0

    def transact_write_items(self, **_):
        self.calls += 1
        if self.cancellations:
            raise Cancelled(*self.cancellations.pop(0))

    def query(self, **_):
        return {"Items": []}

    def get_item(self, **_):
        return {}


def ledger_on(dynamodb):
    waits = []
    return DynamoLedger(dynamodb, "ledger", wait=waits.append), waits


@pytest.mark.parametrize(
    ("cancellations", "answer"),
    [
        ([], Granted()),
        ([(OK, CONFLICT)], Granted()),
        ([(CONFLICT, OK), (OK, CONFLICT)], Granted()),
        ([(EXISTS, OK)], Granted()),
        ([(EXISTS, FULL)], Granted()),
        ([(EXISTS, CONFLICT)], Granted()),
        ([(OK, CONFLICT), (OK, FULL)], Refused("tenant/acme|requests|minute|2026-11-20T18:02", 10, 10)),
        ([(CONFLICT, FULL)], Granted()),
    ],
)
def test_a_conflict_is_neither_a_refusal_nor_a_grant(cancellations, answer):
    """The last: another call for the same request was about to take what was left, so it is granted after all."""
    dynamodb = CancellingDynamo(*cancellations)
    ledger, waits = ledger_on(dynamodb)
    assert ledger.reserve(reservation(), now=NOW) == answer
    conflicts = [each for each in cancellations if CONFLICT in each and EXISTS not in each]
    assert len(waits) == len(conflicts)


@pytest.mark.parametrize(
    "act",
    [
        lambda ledger: ledger.reserve(reservation(), now=NOW),
        lambda ledger: ledger.settle(reservation(), [3], now=NOW),
    ],
    ids=["reserve", "settle"],
)
def test_gives_up_a_contended_limit_after_a_bounded_wait(act):
    dynamodb = CancellingDynamo(*[(OK, CONFLICT, CONFLICT)] * 100)
    ledger, waits = ledger_on(dynamodb)
    with pytest.raises(StoreUnavailableError) as raised:
        act(ledger)
    assert raised.value.retry_after == RETRY_AFTER_SECONDS
    assert dynamodb.calls == ATTEMPTS
    assert all(0 <= wait <= MOST_WAIT_SECONDS for wait in waits)
    assert len(set(waits)) > 1, "waits of the same length would meet again"


def at_work():
    """The ledger, with the conflicts of DynamoDB's own."""
    return DynamoLedger(ContendedDynamo(0.004), "sallyport-ledger")


@pytest.mark.parametrize("crowd", [64, 256])
def test_of_a_crowd_in_conflict_ten_get_what_is_there_for_ten(crowd, at_once):
    ledger = at_work()
    answers = at_once(lambda number: ledger.reserve(reservation(number), now=NOW), range(crowd))
    assert answers.count(Granted()) == 10
    assert {each.taken for each in answers if each != Granted()} == {10}
    assert ledger.taken(reservation().holds[0].scope) == 10


def test_a_crowd_in_conflict_for_which_there_is_room_is_let_in_whole(at_once):
    ledger = at_work()
    answers = at_once(lambda number: ledger.reserve(reservation(number, limit=64), now=NOW), range(64))
    assert answers == [Granted()] * 64


def test_who_was_granted_what_was_left_is_not_refused_for_it(at_once):
    """The same request from everywhere: whoever finds the counter full finds that it was itself that filled it."""
    ledger = at_work()
    assert at_once(lambda _: ledger.reserve(reservation(limit=1), now=NOW), range(16)) == [Granted()] * 16


def test_what_is_no_conflict_is_not_tried_again():
    dynamodb = CancellingDynamo((OK, THROTTLED))
    ledger, waits = ledger_on(dynamodb)
    with pytest.raises(StoreUnavailableError):
        ledger.reserve(reservation(), now=NOW)
    assert (dynamodb.calls, waits) == (1, [])


@pytest.mark.parametrize(
    ("cancellations", "settled"),
    [
        ([(CONFLICT, OK, OK)], True),
        ([(CONFLICT, OK, OK), (GONE, OK, OK)], True),
        ([(GONE, OK, CONFLICT), (CONFLICT, OK)], True),
        ([(CONFLICT, OK, OK), (GONE, OK, OK), (GONE, OK)], False),
        ([(GONE, OK, OK), (CONFLICT, OK), (GONE, OK)], False),
    ],
    ids=["open", "expired meanwhile", "expired and contended", "settled meanwhile", "settled late meanwhile"],
)
def test_a_conflict_while_settling_settles_once(cancellations, settled):
    """First the reservation is looked for where it is open, then where it is when it has expired."""
    dynamodb = CancellingDynamo(*cancellations)
    ledger, _ = ledger_on(dynamodb)
    assert ledger.settle(reservation(), [3], now=NOW) is settled
    assert dynamodb.calls == len(cancellations) + settled


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        ("tenant/acme|requests|minute|2026-11-20T18:02", 3_600),
        ("tenant/acme|tokens|day|2026-11-20", 2 * DAY),
        ("tenant/acme|dollars|month|2026-11", 40 * DAY),
        ("anything else", 40 * DAY),
    ],
)
def test_counters_outlive_their_window(scope, kept, aws, moto_session):
    aws.ledger.reserve(reservation(scopes=[scope]), now=NOW)
    [counter] = [item for item in items(moto_session) if item["partition"]["S"].startswith("scope#")]
    assert int(counter["expires_at"]["N"]) == NOW + kept


def test_the_time_to_live_takes_no_reservation_before_it_is_given_back(aws, moto_session):
    aws.ledger.reserve(reservation(), now=NOW)
    [opened] = [item for item in items(moto_session) if item["partition"]["S"].startswith("open#")]
    assert int(opened["ends_at"]["N"]) == NOW + 60
    assert int(opened["expires_at"]["N"]) > NOW + 31 * DAY


def test_nothing_is_left_of_a_settled_reservation_but_its_count(aws, moto_session):
    aws.ledger.reserve(reservation(), now=NOW)
    aws.ledger.settle(reservation(), [1], now=NOW)
    assert [item["partition"]["S"] for item in items(moto_session)] == [f"scope#{reservation().holds[0].scope}"]


def test_what_expired_is_kept_apart_until_every_window_is_over(aws, moto_session):
    aws.ledger.reserve(reservation(), now=NOW)
    aws.ledger.expire(now=NOW + 60)
    [kept] = [item for item in items(moto_session) if not item["partition"]["S"].startswith("scope#")]
    assert kept["partition"]["S"] == "expired#request-0001"
    assert int(kept["expires_at"]["N"]) == NOW + 60 + 40 * DAY


def test_nothing_is_left_of_a_reservation_settled_late_but_its_count(aws, moto_session):
    aws.ledger.reserve(reservation(), now=NOW)
    aws.ledger.expire(now=NOW + 60)
    aws.ledger.settle(reservation(), [1], now=NOW + 61)
    assert [item["partition"]["S"] for item in items(moto_session)] == [f"scope#{reservation().holds[0].scope}"]


def test_nothing_is_left_of_a_reservation_made_anew_after_it_expired(aws, moto_session):
    aws.ledger.reserve(reservation(), now=NOW)
    aws.ledger.expire(now=NOW + 60)
    aws.ledger.reserve(reservation(), now=NOW + 61)
    aws.ledger.settle(reservation(), [1], now=NOW + 62)
    assert [item["partition"]["S"] for item in items(moto_session)] == [f"scope#{reservation().holds[0].scope}"]


def test_spreads_reservations_over_its_shards(aws, moto_session):
    for number in range(40):
        aws.ledger.reserve(reservation(number, limit=100), now=NOW)
    shards = {item["partition"]["S"] for item in items(moto_session)} - {f"scope#{reservation().holds[0].scope}"}
    assert shards == {f"open#{shard}" for shard in range(SHARDS)}


def items(session):
    return session.client("dynamodb").scan(TableName="sallyport-ledger")["Items"]


@pytest.fixture
def calls(aws):
    """Names of the operations that the ledger calls."""
    seen = []
    aws.ledger._table._dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: seen.append(model.name))
    return seen


def test_reserving_costs_one_call_and_settling_another(aws, calls):
    scopes = [f"tenant/acme|{kind}|month|2026-11" for kind in ("requests", "tokens", "dollars")]
    aws.ledger.reserve(reservation(scopes=scopes), now=NOW)
    aws.ledger.settle(reservation(scopes=scopes), [1, 2, 3], now=NOW)
    assert calls == ["TransactWriteItems"] * 2


def test_settling_late_or_again_costs_two(aws, calls):
    aws.ledger.reserve(reservation(), now=NOW)
    aws.ledger.expire(now=NOW + 60)
    for _ in range(2):
        calls.clear()
        aws.ledger.settle(reservation(), [1], now=NOW + 61)
        assert calls == ["TransactWriteItems"] * 2


def test_a_request_without_limits_costs_no_call(aws, calls):
    aws.ledger.reserve(reservation(scopes=()), now=NOW)
    aws.ledger.settle(reservation(scopes=()), [], now=NOW)
    assert calls == []


def test_what_can_never_fit_is_refused_without_a_write(aws, calls):
    assert aws.ledger.reserve(reservation(amount=11), now=NOW) == Refused(reservation().holds[0].scope, 10, 0)
    assert calls == ["GetItem"]


def test_refusals_look_for_expired_reservations_only_now_and_then(aws, calls):
    aws.ledger.reserve(reservation(1, amount=10), now=NOW)
    for second in range(3):
        aws.ledger.reserve(reservation(2), now=NOW + second)
    assert calls.count("Query") == SHARDS
    aws.ledger.reserve(reservation(2), now=NOW + EXPIRE_EVERY_SECONDS)
    assert calls.count("Query") == 2 * SHARDS


def test_a_refused_request_does_not_clean_up_after_everybody(aws):
    many = EXPIRE_AT_MOST + 10
    for number in range(many):
        aws.ledger.reserve(reservation(number, limit=many), now=NOW)
    scope = reservation().holds[0].scope
    last = reservation(many, limit=many)
    assert aws.ledger.reserve(last, now=NOW + 61) == Granted()
    assert aws.ledger.taken(scope) == many - EXPIRE_AT_MOST + 1
