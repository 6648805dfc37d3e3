"""A counter that many want at once: it is divided, and counts as if it were not."""

import pytest

from bench.contended_dynamo import ContendedDynamo
from sallyport.aws.counters import SLICES
from sallyport.aws.ledger import HOT_SECONDS, DynamoLedger
from sallyport.contracts import Hold, Reservation
from sallyport.ports import Granted, Refused

NOW = 1_795_198_920
SCOPE = "tenant/acme|tokens|day|2026-11-20"


def reservation(name, *, limit=300, amount=1):
    hold = Hold(scope=SCOPE, amount=amount, limit=limit)
    return Reservation(request_id=f"request-{name}", holds=(hold,), expires_at=NOW + 60)


@pytest.fixture
def dynamo():
    return ContendedDynamo(0.002)


@pytest.fixture
def contended(dynamo, at_once):
    """A ledger that has seen sixteen at once, each for one of a limit of 300."""
    ledger = DynamoLedger(dynamo, "ledger")
    crowd = [reservation(f"first-{number}") for number in range(16)]
    assert at_once(lambda each: ledger.reserve(each, now=NOW), crowd) == [Granted()] * 16
    assert open_slices(dynamo), "nothing was divided, and what follows shows nothing"
    return ledger


def open_slices(dynamo):
    return [place for place in dynamo.places() if place.startswith("slice#")]


def test_who_meets_nobody_leaves_a_counter_whole(dynamo):
    ledger = DynamoLedger(dynamo, "ledger")
    for number in range(20):
        ledger.reserve(reservation(number), now=NOW)
        ledger.settle(reservation(number), [1], now=NOW)
    assert dynamo.places() == [f"scope#{SCOPE}|-"]


def test_small_limits_are_never_divided(dynamo, at_once):
    ledger = DynamoLedger(dynamo, "ledger")
    crowd = [reservation(number, limit=100) for number in range(32)]
    assert at_once(lambda each: ledger.reserve(each, now=NOW), crowd) == [Granted()] * 32
    assert open_slices(dynamo) == []


@pytest.mark.parametrize(("limit", "granted"), [(10, 10), (200, 200), (256, 256), (1_000_000, 256)])
def test_a_crowd_of_containers_that_know_nothing_of_each_other_gets_what_there_is(limit, granted, dynamo, at_once):
    crowd = [reservation(number, limit=limit) for number in range(256)]
    answers = at_once(lambda each: DynamoLedger(dynamo, "ledger").reserve(each, now=NOW), crowd)
    assert answers.count(Granted()) == granted
    assert answers.count(Refused(SCOPE, limit, limit)) == 256 - granted
    assert DynamoLedger(dynamo, "ledger").taken(SCOPE) == granted


def test_what_slices_were_lent_is_there_for_everybody(contended, dynamo):
    answers = [contended.reserve(reservation(number), now=NOW) for number in range(285)]
    assert answers == [Granted()] * 284 + [Refused(SCOPE, 300, 300)]
    assert open_slices(dynamo) == []


def test_one_request_gets_all_that_is_left_wherever_it_lies(contended, dynamo):
    assert contended.reserve(reservation("large", amount=285), now=NOW) == Refused(SCOPE, 300, 16)
    assert contended.reserve(reservation("large", amount=284), now=NOW) == Granted()
    assert contended.taken(SCOPE) == 300


def test_a_crowd_settles_what_it_was_granted_and_each_counts_once(contended, at_once):
    crowd = [reservation(f"first-{number}") for number in range(16)]
    settled = at_once(lambda each: contended.settle(each, [3], now=NOW), [*crowd, *crowd])
    assert settled.count(True) == 16
    assert contended.taken(SCOPE) == 48


def test_what_expired_in_a_crowd_comes_back_whole(contended):
    assert contended.expire(now=NOW + 60) == 16
    assert contended.taken(SCOPE) == 0


def test_when_more_was_spent_than_there_is_no_slice_lets_anybody_in(contended, dynamo):
    assert contended.settle(reservation("first-0"), [400], now=NOW) is True
    assert contended.taken(SCOPE) == 415
    assert contended.reserve(reservation("next"), now=NOW) == Refused(SCOPE, 300, 415)
    for number in range(1, 16):
        contended.settle(reservation(f"first-{number}"), [0], now=NOW)
    assert contended.reserve(reservation("next"), now=NOW) == Refused(SCOPE, 300, 400)
    assert open_slices(dynamo) == []


def test_what_was_lent_under_a_higher_limit_is_not_there_under_a_lower_one(contended):
    assert contended.reserve(reservation("next", limit=16), now=NOW) == Refused(SCOPE, 16, 16)
    assert contended.reserve(reservation("next", limit=17), now=NOW) == Granted()


def test_a_request_of_a_crowd_that_comes_again_counts_once(contended, at_once):
    again = [reservation("first-0")] * 16
    assert at_once(lambda each: contended.reserve(each, now=NOW), again) == [Granted()] * 16
    assert contended.taken(SCOPE) == 16


def test_a_counter_is_asked_as_a_whole_again_when_the_crowd_is_gone(contended, dynamo):
    before = dynamo.transactions
    later = NOW + HOT_SECONDS + 1
    contended.reserve(reservation("later").model_copy(update={"expires_at": later + 60}), now=later)
    assert dynamo.transactions == before + 1


def test_every_slice_is_in_a_partition_of_its_own(dynamo, at_once):
    ledger = DynamoLedger(dynamo, "ledger")
    crowd = [reservation(number, limit=10_000) for number in range(256)]
    at_once(lambda each: ledger.reserve(each, now=NOW), crowd)
    slices = {place.partition("|")[0].split("#")[1] for place in open_slices(dynamo)}
    assert slices == {str(number) for number in range(SLICES)}


class MetOnce:
    """moto's client, whose first transaction meets another at its last item."""

    def __init__(self, dynamodb):
        self._dynamodb = dynamodb
        self.met = False

    def __getattr__(self, name):
        return getattr(self._dynamodb, name)

    def transact_write_items(self, *, TransactItems):
        if self.met:
            return self._dynamodb.transact_write_items(TransactItems=TransactItems)
        self.met = True
        reasons = [{"Code": "None"}] * (len(TransactItems) - 1) + [{"Code": "TransactionConflict"}]
        told = {"Error": {"Code": "TransactionCanceledException", "Message": "x"}, "CancellationReasons": reasons}
        raise self._dynamodb.exceptions.TransactionCanceledException(told, "TransactWriteItems")


def test_slices_are_written_in_words_that_dynamodb_knows(aws_settings, moto_session):
    """The double knows no reserved words and takes any expression; moto reads them as DynamoDB does."""
    dynamodb = moto_session.client("dynamodb")
    ledger = DynamoLedger(MetOnce(dynamodb), "sallyport-ledger")
    assert ledger.reserve(reservation("first"), now=NOW) == Granted()
    assert ledger.reserve(reservation("second", amount=2), now=NOW) == Granted()
    lent = [item for item in items_of(dynamodb) if item["partition"]["S"].startswith("slice#")]
    assert lent
    assert {item["lent_under"]["N"] for item in lent} == {"300"}
    assert ledger.taken(SCOPE) == 3
    assert ledger.settle(reservation("second", amount=2), [1], now=NOW) is True
    assert ledger.reserve(reservation("all", amount=299), now=NOW) == Refused(SCOPE, 300, 2)
    assert ledger.reserve(reservation("rest", amount=298), now=NOW) == Granted()
    assert [item for item in items_of(dynamodb) if item["partition"]["S"].startswith("slice#")] == []
    assert ledger.settle(reservation("rest", amount=298), [400], now=NOW) is True
    assert ledger.taken(SCOPE) == 402


def items_of(dynamodb):
    return dynamodb.scan(TableName="sallyport-ledger")["Items"]


class Watched(ContendedDynamo):
    """Looks at the counter after every transaction, in one piece."""

    def __init__(self, prepare):
        super().__init__(prepare)
        self.most, self.astray = 0, []

    def transact_write_items(self, **arguments):
        super().transact_write_items(**arguments)
        with self._lock:
            whole = self._items.get(f"scope#{SCOPE}|-", {})
            slices = {
                place.split("#")[1]: int(item["credit"]["N"])
                for place, item in self._items.items()
                if place.startswith("slice#")
            }
        self.most = max(self.most, int(whole.get("taken", {"N": "0"})["N"]) - sum(slices.values()))
        if set(whole.get("slices", {}).get("NS", ())) != set(slices) or min(slices.values(), default=0) < 0:
            self.astray.append((whole, slices))


@pytest.mark.parametrize("limit", [50, 300, 2_000])
def test_at_no_moment_more_is_taken_than_there_is_and_nothing_is_lost(limit, at_once):
    """Requests of all sizes come, settle for less, come again and are left behind, from containers of their own."""
    dynamo = Watched(0.001)

    def one(number):
        ledger, mine = DynamoLedger(dynamo, "ledger"), reservation(number, limit=limit, amount=number % 12)
        if ledger.reserve(mine, now=NOW) != Granted():
            return 0
        if number % 3 == 0:
            return mine.holds[0].amount
        came_to = number % 5 % (mine.holds[0].amount + 1)
        assert [ledger.settle(mine, [came_to], now=NOW) for _ in range(2)] == [True, False]
        return came_to

    came_to = at_once(one, range(160))
    assert (dynamo.astray, dynamo.most <= limit) == ([], True)
    assert None not in came_to, "somebody was told to come again"
    ledger = DynamoLedger(dynamo, "ledger")
    assert ledger.taken(SCOPE) == sum(came_to)
    ledger.expire(now=NOW + 60)
    left_behind = sum(amount for number, amount in enumerate(came_to) if number % 3 == 0)
    assert ledger.taken(SCOPE) == sum(came_to) - left_behind
