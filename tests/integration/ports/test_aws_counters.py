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
