"""The port Ledger: whatever happens at the same time, nothing is taken twice and nothing is lost."""

import itertools

import pytest

from sallyport.aws.ledger import DynamoLedger
from sallyport.contracts import Hold, Reservation
from sallyport.ports import Granted, Refused

NOW = 1_795_198_920.5
REQUESTS = "tenant/acme|requests|minute|2026-11-20T18:02"
TOKENS = "tenant/acme|tokens|day|2026-11-20"
DOLLARS = "tenant/acme|dollars|month|2026-11"

_ids = itertools.count()


def reservation(*holds, lasts=60, request_id=None):
    """A reservation of (scope, amount, limit), by default of a request of its own."""
    return Reservation(
        request_id=request_id or f"request-{next(_ids):04}",
        holds=tuple(Hold(scope=scope, amount=amount, limit=limit) for scope, amount, limit in holds),
        expires_at=int(NOW) + lasts,
    )


def test_takes_every_hold(ledger):
    assert ledger.reserve(reservation((REQUESTS, 1, 10), (TOKENS, 500, 1_000)), now=NOW) == Granted()
    assert (ledger.taken(REQUESTS), ledger.taken(TOKENS)) == (1, 500)


def test_nothing_is_taken_of_what_nobody_asked_for(ledger):
    ledger.reserve(reservation((REQUESTS, 1, 10)), now=NOW)
    assert ledger.taken(REQUESTS.replace("18:02", "18:03")) == 0


@pytest.mark.parametrize(
    ("taken", "amount", "limit", "granted"),
    [
        (0, 10, 10, True),
        (0, 11, 10, False),
        (9, 1, 10, True),
        (9, 2, 10, False),
        (10, 1, 10, False),
        (10, 0, 10, True),
        (10, 0, 9, False),
        (0, 0, 0, True),
        (0, 1, 0, False),
        (2**52, 2**52, 2**53, True),
    ],
)
def test_grants_what_fits_and_not_one_more(taken, amount, limit, granted, ledger):
    if taken:
        ledger.reserve(reservation((DOLLARS, taken, taken)), now=NOW)
    answer = ledger.reserve(reservation((DOLLARS, amount, limit)), now=NOW)
    assert answer == (Granted() if granted else Refused(DOLLARS, limit, taken))
    assert ledger.taken(DOLLARS) == taken + (amount if granted else 0)


@pytest.mark.parametrize("full", [REQUESTS, TOKENS, DOLLARS])
def test_takes_every_hold_or_none(full, ledger):
    ledger.reserve(reservation((full, 10, 10)), now=NOW)
    mine = reservation(*((scope, 1, 10) for scope in (REQUESTS, TOKENS, DOLLARS)))

    assert ledger.reserve(mine, now=NOW) == Refused(full, 10, 10)

    for scope in {REQUESTS, TOKENS, DOLLARS} - {full}:
        assert ledger.taken(scope) == 0
    assert ledger.settle(mine, [5, 5, 5], now=NOW) is False, "a refused request has nothing to settle"


def test_names_the_first_limit_without_room(ledger):
    ledger.reserve(reservation((REQUESTS, 10, 10), (TOKENS, 7, 10), (DOLLARS, 10, 10)), now=NOW)
    mine = reservation((REQUESTS, 0, 10), (TOKENS, 4, 10), (DOLLARS, 1, 10))
    assert ledger.reserve(mine, now=NOW) == Refused(TOKENS, 10, 7)


def test_holds_on_one_scope_add_up(ledger):
    assert ledger.reserve(reservation((REQUESTS, 1, 10), (REQUESTS, 1, 2)), now=NOW) == Granted()
    assert ledger.taken(REQUESTS) == 2
    assert ledger.reserve(reservation((REQUESTS, 1, 10), (REQUESTS, 1, 3)), now=NOW) != Granted()
    assert ledger.reserve(reservation((REQUESTS, 1, 2), (REQUESTS, 1, 10)), now=NOW) != Granted()
    mine = reservation((REQUESTS, 1, 3), (REQUESTS, 1, 4))
    assert ledger.reserve(mine, now=NOW) == Granted()
    assert ledger.settle(mine, [1, 0], now=NOW)
    assert ledger.taken(REQUESTS) == 3


def test_the_same_request_again_changes_nothing_and_is_granted_again(ledger):
    mine = reservation((REQUESTS, 1, 1))
    for _ in range(3):
        assert ledger.reserve(mine, now=NOW) == Granted()
    assert ledger.taken(REQUESTS) == 1


def test_tells_what_is_taken_where_that_is_known(ledger):
    """Not on DynamoDB: a transaction returns nothing that it wrote, and telling would cost another call."""
    ledger.reserve(reservation((TOKENS, 100, 1_000)), now=NOW)
    mine = reservation((REQUESTS, 1, 10), (TOKENS, 500, 1_000), (TOKENS, 50, 1_000))
    for _ in range(2):
        assert list(ledger.reserve(mine, now=NOW).taken) in ([1, 650, 650], [])
    if not isinstance(ledger, DynamoLedger):
        assert ledger.reserve(mine, now=NOW).taken


def test_a_request_that_comes_again_late_is_still_the_same(ledger):
    ledger.reserve(reservation((REQUESTS, 1, 1), request_id="request-same"), now=NOW)
    assert (
        ledger.reserve(reservation((REQUESTS, 1, 1), request_id="request-same", lasts=300), now=NOW + 200) == Granted()
    )
    assert ledger.taken(REQUESTS) == 1


def test_a_request_without_limits_is_granted_and_settled(ledger):
    mine = reservation()
    assert ledger.reserve(mine, now=NOW) == Granted()
    assert ledger.settle(mine, [], now=NOW) is True


@pytest.mark.parametrize("actual", [0, 499, 500, 501, 2_000])
def test_settling_replaces_what_was_held_by_what_it_came_to(actual, ledger):
    ledger.reserve(reservation((TOKENS, 100, 1_000)), now=NOW)
    mine = reservation((REQUESTS, 1, 10), (TOKENS, 500, 1_000))
    ledger.reserve(mine, now=NOW)
    assert ledger.settle(mine, [1, actual], now=NOW) is True
    assert (ledger.taken(REQUESTS), ledger.taken(TOKENS)) == (1, 100 + actual)


def test_settling_twice_counts_once(ledger):
    mine = reservation((TOKENS, 500, 1_000))
    ledger.reserve(mine, now=NOW)
    assert [ledger.settle(mine, [200], now=NOW) for _ in range(3)] == [True, False, False]
    assert ledger.taken(TOKENS) == 200


def test_what_was_never_reserved_cannot_be_settled(ledger):
    assert ledger.settle(reservation((TOKENS, 500, 1_000)), [200], now=NOW) is False
    assert ledger.taken(TOKENS) == 0


@pytest.mark.parametrize("actual", [[], [1], [1, 2, 3]])
def test_every_hold_must_be_settled(actual, ledger):
    mine = reservation((REQUESTS, 1, 10), (TOKENS, 500, 1_000))
    ledger.reserve(mine, now=NOW)
    with pytest.raises(ValueError, match="argument"):
        ledger.settle(mine, actual, now=NOW)
    assert (ledger.taken(REQUESTS), ledger.taken(TOKENS)) == (1, 500)


def test_gives_back_what_expired_unsettled(ledger):
    ledger.reserve(reservation((REQUESTS, 1, 10), (TOKENS, 500, 1_000), lasts=60), now=NOW)
    ledger.reserve(reservation((REQUESTS, 1, 10), lasts=600), now=NOW)
    settled = reservation((TOKENS, 100, 1_000), lasts=60)
    ledger.reserve(settled, now=NOW)
    ledger.settle(settled, [30], now=NOW)

    end = int(NOW) + 60
    assert ledger.expire(now=end - 0.1) == 0
    assert (ledger.taken(REQUESTS), ledger.taken(TOKENS)) == (2, 530)
    assert ledger.expire(now=end) == 1
    assert (ledger.taken(REQUESTS), ledger.taken(TOKENS)) == (1, 30)
    assert ledger.expire(now=end + 1) == 0


def test_gives_back_many_however_long_ago_they_expired(ledger):
    for _ in range(70):
        ledger.reserve(reservation((DOLLARS, 1, 100)), now=NOW)
    assert ledger.expire(now=NOW + 30 * 86_400) == 70
    assert ledger.taken(DOLLARS) == 0


@pytest.mark.parametrize("days", [0, 14, 39])
@pytest.mark.parametrize("actual", [0, 499, 500, 501, 2_000])
def test_settling_late_charges_what_it_came_to(actual, days, ledger):
    mine = reservation((REQUESTS, 1, 10), (TOKENS, 500, 1_000))
    ledger.reserve(mine, now=NOW)
    assert ledger.expire(now=NOW + 61) == 1
    for day in range(days):
        ledger.expire(now=NOW + 61 + day * 86_400)
    assert ledger.settle(mine, [1, actual], now=NOW + 61 + days * 86_400) is True
    assert (ledger.taken(REQUESTS), ledger.taken(TOKENS)) == (1, actual)


def test_settling_late_adds_up_what_was_held_of_one_scope(ledger):
    mine = reservation((REQUESTS, 1, 10), (REQUESTS, 1, 10))
    ledger.reserve(mine, now=NOW)
    ledger.expire(now=NOW + 61)
    assert ledger.settle(mine, [2, 3], now=NOW + 62) is True
    assert ledger.taken(REQUESTS) == 5


def test_settling_after_the_end_needs_nobody_to_have_given_it_back(ledger):
    mine = reservation((TOKENS, 500, 1_000))
    ledger.reserve(mine, now=NOW)
    assert ledger.settle(mine, [200], now=NOW + 3_600) is True
    assert ledger.expire(now=NOW + 3_600) == 0
    assert ledger.taken(TOKENS) == 200


def test_settling_late_twice_charges_once(ledger):
    mine = reservation((TOKENS, 500, 1_000))
    ledger.reserve(mine, now=NOW)
    ledger.expire(now=NOW + 61)
    assert [ledger.settle(mine, [200], now=NOW + 62) for _ in range(3)] == [True, False, False]
    assert ledger.expire(now=NOW + 63) == 0
    assert ledger.taken(TOKENS) == 200


def test_what_was_settled_in_time_is_not_charged_again_late(ledger):
    mine = reservation((TOKENS, 500, 1_000))
    ledger.reserve(mine, now=NOW)
    ledger.settle(mine, [200], now=NOW)
    ledger.expire(now=NOW + 61)
    assert ledger.settle(mine, [200], now=NOW + 62) is False
    assert ledger.taken(TOKENS) == 200


def test_settling_late_may_pass_the_limit_and_then_nobody_fits(ledger):
    mine = reservation((DOLLARS, 10, 10))
    ledger.reserve(mine, now=NOW)
    assert ledger.reserve(reservation((DOLLARS, 10, 10), lasts=600), now=NOW + 60) == Granted(), (
        "in place of the expired"
    )
    assert ledger.settle(mine, [12], now=NOW + 61) is True
    assert ledger.taken(DOLLARS) == 22
    assert ledger.reserve(reservation((DOLLARS, 1, 10)), now=NOW + 61) == Refused(DOLLARS, 10, 22)


@pytest.mark.parametrize("actual", [[], [1], [1, 2, 3]])
def test_every_hold_must_be_settled_late_too(actual, ledger):
    mine = reservation((REQUESTS, 1, 10), (TOKENS, 500, 1_000))
    ledger.reserve(mine, now=NOW)
    ledger.expire(now=NOW + 61)
    with pytest.raises(ValueError, match="argument"):
        ledger.settle(mine, actual, now=NOW + 62)
    assert ledger.settle(mine, [1, 2], now=NOW + 62) is True


def test_a_request_that_comes_again_after_it_expired_takes_its_holds_again_and_is_charged_once(ledger):
    first = reservation((TOKENS, 500, 1_000), request_id="request-revived")
    again = reservation((TOKENS, 500, 1_000), request_id="request-revived", lasts=600)
    ledger.reserve(first, now=NOW)
    ledger.expire(now=NOW + 61)
    assert ledger.reserve(again, now=NOW + 62) == Granted()
    assert ledger.taken(TOKENS) == 500
    assert [ledger.settle(again, [200], now=NOW + 63) for _ in range(3)] == [True, False, False]
    assert ledger.taken(TOKENS) == 200


def test_a_request_may_expire_twice_and_is_charged_once(ledger):
    mine = reservation((TOKENS, 500, 1_000))
    for second in (61, 63):
        ledger.reserve(mine, now=NOW)
        assert ledger.expire(now=NOW + second) == 1
    assert ledger.taken(TOKENS) == 0
    assert [ledger.settle(mine, [200], now=NOW + 64) for _ in range(3)] == [True, False, False]
    assert ledger.taken(TOKENS) == 200


def test_a_crash_blocks_a_budget_no_longer_than_its_reservation(ledger):
    ledger.reserve(reservation((DOLLARS, 10, 10), lasts=60), now=NOW)
    assert ledger.reserve(reservation((DOLLARS, 10, 10)), now=NOW + 50) == Refused(DOLLARS, 10, 10)
    assert ledger.reserve(reservation((DOLLARS, 10, 10)), now=NOW + 60) == Granted()
    assert ledger.taken(DOLLARS) == 10


@pytest.mark.parametrize("crowd", [64, 256])
def test_of_a_crowd_at_once_ten_get_what_is_there_for_ten(crowd, ledger, at_once):
    """`python -m bench.limits` does the same fifty times."""
    wanted = [reservation((REQUESTS, 1, 1_000), (DOLLARS, 3, 30)) for _ in range(crowd)]
    answers = at_once(lambda each: ledger.reserve(each, now=NOW), wanted)
    assert answers.count(Granted()) == 10
    assert set(answers) == {Granted(), Refused(DOLLARS, 30, 30)}
    assert (ledger.taken(REQUESTS), ledger.taken(DOLLARS)) == (10, 30)


def test_one_request_at_once_from_everywhere_counts_once(ledger, at_once):
    mine = reservation((REQUESTS, 1, 1))
    assert at_once(lambda _: ledger.reserve(mine, now=NOW), range(16)) == [Granted()] * 16
    assert ledger.taken(REQUESTS) == 1
    assert at_once(lambda _: ledger.settle(mine, [0], now=NOW), range(16)).count(True) == 1
    assert ledger.taken(REQUESTS) == 0


def test_settling_and_expiring_at_once_charge_every_request_once(ledger, at_once):
    """Each is settled twice: whichever comes first, before it expires or after, is the one that counts."""
    reserved = [reservation((DOLLARS, 10, 1_000)) for _ in range(20)]
    for each in reserved:
        ledger.reserve(each, now=NOW)
    settle = [lambda each=each: ledger.settle(each, [7], now=NOW + 60) for each in reserved]
    expire = [lambda: ledger.expire(now=NOW + 60)] * 4
    results = at_once(lambda act: act(), [*settle, *expire, *settle])
    assert [[first, second].count(True) for first, second in zip(results[:20], results[-20:], strict=True)] == [1] * 20
    assert ledger.expire(now=NOW + 60) == 0
    assert ledger.taken(DOLLARS) == 7 * 20


def test_one_late_request_settled_from_everywhere_is_charged_once(ledger, at_once):
    mine = reservation((DOLLARS, 10, 10))
    ledger.reserve(mine, now=NOW)
    ledger.expire(now=NOW + 60)
    assert at_once(lambda _: ledger.settle(mine, [7], now=NOW + 61), range(16)).count(True) == 1
    assert ledger.taken(DOLLARS) == 7
