"""The ledger on Redis when Redis is not well: a request whose limits cannot be counted is refused, and at once."""

import time

import pytest

from sallyport.contracts import Hold, Reservation
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Granted, Refused
from sallyport.redis_ledger import CONNECT_SECONDS, READ_SECONDS, SKIP_SECONDS, RedisLedger

NOW = 1_795_198_920
SCOPE = "tenant/acme|requests|minute|2026-11-20T18:02"
MONTH = "tenant/acme|dollars|month|2026-11"


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(redis_server, clock):
    ledger = RedisLedger(redis_server.url, clock=clock)
    assert ledger.reserve(reservation(0), now=NOW) == Granted()
    return ledger


def reservation(number, *, scope=SCOPE, amount=1, limit=10):
    return Reservation(
        request_id=f"request-{number:04}", holds=(Hold(scope=scope, amount=amount, limit=limit),), expires_at=NOW + 60
    )


OPERATIONS = {
    "reserve": lambda ledger: ledger.reserve(reservation(1), now=NOW),
    "settle": lambda ledger: ledger.settle(reservation(0), [1], now=NOW),
    "taken": lambda ledger: ledger.taken(SCOPE),
    "expire": lambda ledger: ledger.expire(now=NOW),
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_nothing_is_granted_or_settled_without_the_server(operation, ledger, redis_server):
    redis_server.kill()
    with pytest.raises(StoreUnavailableError) as raised:
        operation(ledger)
    assert raised.value.retry_after == SKIP_SECONDS


@pytest.mark.parametrize("warm", [True, False], ids=["connected", "not yet connected"])
def test_a_frozen_server_holds_up_one_request_for_a_moment_and_the_others_not_at_all(warm, ledger, redis_server, clock):
    ledger = ledger if warm else RedisLedger(redis_server.url, clock=clock)
    redis_server.freeze()
    started = time.perf_counter()
    with pytest.raises(StoreUnavailableError):
        ledger.reserve(reservation(1), now=NOW)
    assert time.perf_counter() - started < CONNECT_SECONDS + READ_SECONDS + 0.25, "0.25 s for a busy machine"
    redis_server.thaw()
    for _ in range(100):
        with pytest.raises(StoreUnavailableError) as raised:
            ledger.reserve(reservation(1), now=NOW)
        assert raised.value.__cause__ is None, "nobody asked the server"


def test_what_was_reserved_unheard_is_reserved_once(ledger, redis_server, clock):
    """The server takes up after the freeze what was sent before it, and then hears of the same request again."""
    redis_server.freeze()
    with pytest.raises(StoreUnavailableError):
        ledger.reserve(reservation(1), now=NOW)
    redis_server.thaw()
    clock.now += SKIP_SECONDS
    assert ledger.reserve(reservation(1), now=NOW) == Granted()
    assert ledger.taken(SCOPE) == 2


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-random"])
def test_a_server_that_may_forget_what_is_spent_is_refused(policy, redis_server):
    redis_server.command(b"CONFIG", b"SET", b"maxmemory-policy", policy.encode())
    with pytest.raises(StoreUnavailableError, match="must set it to noeviction"):
        RedisLedger(redis_server.url).reserve(reservation(1), now=NOW)


def test_a_server_that_evicts_only_what_has_an_end_forgets_nothing(redis_server):
    redis_server.command(b"CONFIG", b"SET", b"maxmemory-policy", b"volatile-lru")
    assert RedisLedger(redis_server.url).reserve(reservation(1), now=NOW) == Granted()
    for key in (b"open", b"holds", b"ending", b"scope/" + SCOPE.encode()):
        assert redis_server.command(b"TTL", b"{sallyport/ledger}/" + key) == b":-1\r\n"


def test_a_server_that_is_full_grants_nothing(ledger, redis_server):
    redis_server.command(b"CONFIG", b"SET", b"maxmemory", b"1")
    with pytest.raises(StoreUnavailableError):
        ledger.reserve(reservation(1), now=NOW)


def test_a_server_that_lost_its_scripts_is_told_them_again(ledger, redis_server):
    redis_server.command(b"SCRIPT", b"FLUSH")
    assert ledger.settle(reservation(0), [1], now=NOW) is True
    assert ledger.taken(SCOPE) == 1


def test_a_limit_beyond_what_lua_counts_exactly_is_as_good_as_none(ledger):
    assert ledger.reserve(reservation(1, scope=MONTH, amount=2**53, limit=10**30), now=NOW) == Granted()
    assert ledger.reserve(reservation(2, scope=MONTH, amount=1, limit=10**30), now=NOW) == Refused(MONTH, 10**30, 2**53)


def test_counters_and_reservations_go_when_their_windows_are_long_over(ledger, redis_server):
    day = 86_400
    ledger.reserve(reservation(1, scope=MONTH), now=NOW)
    ledger.expire(now=NOW + 61)
    for days in (0, 1, 41, 82):
        ledger.reserve(reservation(100 + days), now=NOW + 62 + days * day)
        ledger.settle(reservation(100 + days), [1], now=NOW + 62 + days * day)
    keys = redis_server.command(b"KEYS", b"*")
    assert SCOPE.encode() in keys
    assert MONTH.encode() not in keys
    assert b"expired" not in keys


def test_leaves_other_keys_of_a_shared_server_alone(ledger, redis_server):
    redis_server.command(b"SET", b"other", b"1")
    ledger.expire(now=NOW + 10**8)
    assert redis_server.command(b"KEYS", b"other") == b"*1\r\n$5\r\nother\r\n"
    assert redis_server.command(b"KEYS", b"[^{o]*") == b"*0\r\n"


@pytest.mark.parametrize("address", ["localhost:6379", "http://cache:6379", ""])
def test_an_address_that_cannot_be_one_is_not_repeated(address):
    with pytest.raises(StoreUnavailableError, match="starts with redis://") as raised:
        RedisLedger(address + "/secret")
    assert "secret" not in str(raised.value)
