"""Reserve, then settle: never more than the limit, never counted twice, never held for ever."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sallyport.contracts import Hold, Reservation
from sallyport.ports import Granted, Refused
from sallyport_local.ledger import SqliteLedger
from sallyport_local.schema import open_database

NOW = 1_000_000.0
EXPIRES = 1_000_060

_RESERVE_UNTIL_REFUSED = """
import sys
from pathlib import Path
from sallyport.contracts import Hold, Reservation
from sallyport.ports import Granted
from sallyport_local.folder import DataFolder
from sallyport_local.ledger import SqliteLedger
from sallyport_local.schema import open_database
database = open_database(DataFolder(Path(sys.argv[1])), thoroughly=False)
ledger = SqliteLedger(database)
print("ready", flush=True)
sys.stdin.readline()
granted = 0
for number in range(200):
    hold = Hold(scope="rpm", limit=150, amount=1)
    reservation = Reservation(request_id=f"{sys.argv[2]}-request-{number}", holds=(hold,), expires_at=1_000_060)
    granted += ledger.reserve(reservation, now=1_000_000.0) == Granted()
print(granted)
database.close()
"""


@pytest.fixture
def ledger(database):
    return SqliteLedger(database)


def reservation(name, *holds, expires_at=EXPIRES):
    return Reservation(
        request_id=f"request-{name}",
        holds=tuple(Hold(scope=scope, limit=limit, amount=amount) for scope, limit, amount in holds),
        expires_at=expires_at,
    )


def test_takes_up_to_the_limit_and_not_one_more(ledger):
    assert ledger.reserve(reservation(1, ("rpm", 10, 6)), now=NOW) == Granted()
    assert ledger.reserve(reservation(2, ("rpm", 10, 5)), now=NOW) == Refused("rpm", 10, 6)
    assert ledger.reserve(reservation(3, ("rpm", 10, 4)), now=NOW) == Granted()
    assert ledger.taken("rpm") == 10


def test_takes_every_hold_or_none_and_names_the_first_without_room(ledger):
    ledger.reserve(reservation(1, ("tokens", 100, 90), ("dollars", 5, 5)), now=NOW)
    refused = ledger.reserve(reservation(2, ("rpm", 10, 1), ("dollars", 5, 1), ("tokens", 100, 90)), now=NOW)
    assert refused == Refused("dollars", 5, 5)
    assert (ledger.taken("rpm"), ledger.taken("tokens"), ledger.taken("dollars")) == (0, 90, 5)


def test_an_amount_above_its_limit_is_refused_before_anything_is_written(ledger):
    assert ledger.reserve(reservation(1, ("rpm", 10, 1), ("tokens", 100, 101)), now=NOW) == Refused("tokens", 100, 0)
    assert ledger.taken("rpm") == 0


def test_two_holds_on_one_scope_count_together(ledger):
    assert ledger.reserve(reservation(1, ("rpm", 10, 6), ("rpm", 10, 5)), now=NOW) == Refused("rpm", 10, 6)
    assert ledger.reserve(reservation(2, ("rpm", 10, 6), ("rpm", 10, 4)), now=NOW) == Granted()
    assert ledger.taken("rpm") == 10


def test_a_lower_limit_counts_what_was_taken_under_a_higher_one(ledger):
    ledger.reserve(reservation(1, ("rpm", 10, 8)), now=NOW)
    assert ledger.reserve(reservation(2, ("rpm", 5, 1)), now=NOW) == Refused("rpm", 5, 8)


def test_the_same_request_again_is_granted_and_takes_nothing(ledger):
    for _ in range(3):
        assert ledger.reserve(reservation(1, ("rpm", 10, 10)), now=NOW) == Granted()
    assert ledger.taken("rpm") == 10


@pytest.mark.parametrize("actual", [0, 3, 6, 25])
def test_settling_replaces_the_hold_by_the_actual_amount(ledger, actual):
    ledger.reserve(reservation(1, ("tokens", 10, 6), ("rpm", 10, 1)), now=NOW)
    assert ledger.settle(reservation(1, ("tokens", 10, 6), ("rpm", 10, 1)), [actual, 1], now=NOW)
    assert (ledger.taken("tokens"), ledger.taken("rpm")) == (actual, 1)


def test_settles_once(ledger):
    ledger.reserve(reservation(1, ("tokens", 10, 6)), now=NOW)
    assert ledger.settle(reservation(1, ("tokens", 10, 6)), [2], now=NOW)
    assert not ledger.settle(reservation(1, ("tokens", 10, 6)), [2], now=NOW)
    assert ledger.taken("tokens") == 2


def test_what_was_never_reserved_is_not_settled(ledger):
    assert not ledger.settle(reservation(1, ("tokens", 10, 6)), [2], now=NOW)
    assert ledger.taken("tokens") == 0


def test_without_limits_everything_is_granted_and_settled(ledger):
    assert ledger.reserve(reservation(1), now=NOW) == Granted()
    assert ledger.settle(reservation(1), [], now=NOW)


@pytest.mark.parametrize(("now", "expired", "taken"), [(EXPIRES - 0.1, 0, 6), (EXPIRES, 1, 0)])
def test_an_unsettled_reservation_is_given_back_when_it_expires(ledger, now, expired, taken):
    ledger.reserve(reservation(1, ("tokens", 10, 6)), now=NOW)
    assert ledger.expire(now=now) == expired
    assert ledger.taken("tokens") == taken


def test_an_expired_reservation_is_charged_when_it_is_settled_after_all(ledger):
    ledger.reserve(reservation(1, ("tokens", 10, 6)), now=NOW)
    ledger.expire(now=EXPIRES)
    assert ledger.settle(reservation(1, ("tokens", 10, 6)), [12], now=EXPIRES)
    assert not ledger.settle(reservation(1, ("tokens", 10, 6)), [12], now=EXPIRES)
    assert ledger.taken("tokens") == 12


def test_room_that_was_given_back_is_taken_anew_by_the_same_request_if_it_is_still_there(ledger):
    ledger.reserve(reservation(1, ("tokens", 10, 6)), now=NOW)
    ledger.expire(now=EXPIRES)
    ledger.reserve(reservation(2, ("tokens", 10, 5), expires_at=EXPIRES + 60), now=EXPIRES)
    assert ledger.reserve(reservation(1, ("tokens", 10, 6)), now=EXPIRES) == Refused("tokens", 10, 5)
    assert ledger.settle(reservation(1, ("tokens", 10, 6)), [2], now=EXPIRES), "refused anew, it can still be settled"
    assert ledger.taken("tokens") == 7


@pytest.mark.parametrize(("days", "kept"), [(0, 1), (39, 1), (40, 0), (400, 0)])
def test_an_expired_reservation_is_forgotten_when_every_window_is_over(ledger, database, days, kept):
    ledger.reserve(reservation(1, ("tokens", 10, 6)), now=NOW)
    ledger.expire(now=EXPIRES)
    ledger.expire(now=EXPIRES + days * 86_400)
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM reservations").fetchone() == (kept,)
    assert ledger.settle(reservation(1, ("tokens", 10, 6)), [2], now=EXPIRES + days * 86_400) is bool(kept)


def test_a_reservation_that_was_long_left_behind_is_given_back_and_forgotten_at_once(ledger, database):
    ledger.reserve(reservation(1, ("tokens", 10, 6)), now=NOW)
    assert ledger.expire(now=EXPIRES + 40 * 86_400) == 1
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM reservations").fetchone() == (0,)


def test_nothing_is_left_of_a_settled_reservation(ledger, database):
    for number, end in ((1, EXPIRES), (2, EXPIRES + 60)):
        ledger.reserve(reservation(number, ("tokens", 10, 5), expires_at=end), now=NOW)
    ledger.expire(now=EXPIRES)
    for number in (1, 2):
        ledger.settle(reservation(number, ("tokens", 10, 5)), [1], now=EXPIRES)
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM reservations").fetchone() == (0,)


def test_a_settled_reservation_does_not_expire(ledger):
    ledger.reserve(reservation(1, ("tokens", 10, 6)), now=NOW)
    ledger.settle(reservation(1, ("tokens", 10, 6)), [4], now=NOW)
    assert ledger.expire(now=EXPIRES) == 0
    assert ledger.taken("tokens") == 4


def test_a_request_without_room_gets_that_of_expired_ones(ledger):
    ledger.reserve(reservation(1, ("rpm", 10, 10)), now=NOW)
    assert ledger.reserve(reservation(2, ("rpm", 10, 1)), now=EXPIRES - 1) != Granted()
    assert ledger.reserve(reservation(3, ("rpm", 10, 1)), now=EXPIRES) == Granted()
    assert ledger.taken("rpm") == 1


def test_more_expired_reservations_than_fit_one_transaction_are_all_given_back(ledger):
    for number in range(1100):
        ledger.reserve(reservation(number, ("rpm", 2000, 1)), now=NOW)
    assert ledger.expire(now=EXPIRES) == 1100
    assert ledger.taken("rpm") == 0


@pytest.mark.parametrize(
    ("scope", "gone_after_days"),
    [("t|requests|minute|2026-11-20T18:02", 1), ("t|requests|day|2026-11-20", 3), ("t|dollars|month|2026-11", 41)],
)
def test_counters_go_when_their_window_is_long_over_and_not_before(ledger, scope, gone_after_days):
    held = reservation(1, (scope, 10, 1))
    ledger.reserve(held, now=NOW)
    ledger.settle(held, [1], now=NOW)
    ledger.expire(now=NOW + {"minute": 120, "day": 86_400, "month": 31 * 86_400}[scope.split("|")[2]])
    assert ledger.taken(scope) == 1
    ledger.expire(now=NOW + gone_after_days * 86_400)
    assert ledger.taken(scope) == 0


def test_64_threads_get_exactly_what_a_limit_of_ten_allows(ledger):
    together = threading.Barrier(64)

    def reserve(number):
        together.wait(30)
        return ledger.reserve(reservation(number, ("rpm", 10, 1), ("tokens", 1000, 20)), now=NOW)

    with ThreadPoolExecutor(64) as threads:
        outcomes = list(threads.map(reserve, range(64)))
    assert outcomes.count(Granted()) == 10
    assert set(outcomes) == {Granted(), Refused("rpm", 10, 10)}
    assert (ledger.taken("rpm"), ledger.taken("tokens")) == (10, 200)


def test_two_processes_get_exactly_what_one_limit_allows(folder):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _RESERVE_UNTIL_REFUSED, folder.path, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    granted = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(granted) == 150
    database = open_database(folder, thoroughly=True)
    assert SqliteLedger(database).taken("rpm") == 150
    database.close()
