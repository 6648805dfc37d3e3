"""The cache on Redis when Redis is not well: never an answer of somebody else's making, never more than a moment."""

import time

import pytest

from sallyport.errors import StoreUnavailableError
from sallyport.redis_cache import CONNECT_SECONDS, READ_SECONDS, SKIP_SECONDS, RedisCache

NOW = time.time()
LATER = int(NOW) + 86_400  # the whole run ends before


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cache(redis_server, clock):
    cache = RedisCache(redis_server.url, clock=clock)
    cache.put("acme/1", b"answer", expires_at=LATER)
    return cache


@pytest.mark.parametrize("warm", [True, False], ids=["connected", "not yet connected"])
def test_a_frozen_server_costs_a_tenth_of_a_second_once(warm, cache, redis_server, clock):
    cache = cache if warm else RedisCache(redis_server.url, clock=clock)
    redis_server.freeze()
    started = time.perf_counter()
    with pytest.raises(StoreUnavailableError):
        cache.get("acme/1", now=NOW)
    assert time.perf_counter() - started < CONNECT_SECONDS + READ_SECONDS + 0.1, "0.1 s for a busy machine"

    redis_server.thaw()
    for _ in range(100):
        with pytest.raises(StoreUnavailableError) as raised:
            cache.get("acme/1", now=NOW)
        assert raised.value.__cause__ is None, "nobody asked the server"
    assert raised.value.retry_after == SKIP_SECONDS


def test_a_server_that_is_well_again_is_used_again(cache, redis_server, clock):
    redis_server.kill()
    with pytest.raises(StoreUnavailableError):
        cache.get("acme/1", now=NOW)
    redis_server.start()
    clock.now += SKIP_SECONDS
    cache.put("acme/1", b"answer", expires_at=LATER)
    assert cache.get("acme/1", now=NOW) == b"answer"


def test_one_call_tries_a_failed_server_and_the_others_go_on_skipping(cache, redis_server, clock, at_once):
    redis_server.freeze()
    with pytest.raises(StoreUnavailableError):
        cache.get("acme/1", now=NOW)
    clock.now += SKIP_SECONDS

    def cause(_):
        with pytest.raises(StoreUnavailableError) as raised:
            cache.get("acme/1", now=NOW)
        return raised.value.__cause__

    causes = at_once(cause, range(16))
    assert len([each for each in causes if each is not None]) == 1


@pytest.mark.parametrize("operation", ["get", "put"])
def test_a_server_that_is_gone_is_unavailable(operation, redis_server):
    cache = RedisCache(redis_server.url)
    redis_server.kill()
    with pytest.raises(StoreUnavailableError):
        cache.get("acme/1", now=NOW) if operation == "get" else cache.put("acme/1", b"", expires_at=LATER)


@pytest.mark.parametrize("garbage", [b"", b"short", b"garbage of any length", b"\xff" * 7])
def test_a_value_that_nobody_put_there_is_a_miss(garbage, cache, redis_server):
    assert redis_server.command(b"SET", b"sallyport/cache/acme/1", garbage).startswith(b"+OK")
    assert cache.get("acme/1", now=NOW) is None


def test_a_key_of_another_type_spoils_no_other(cache, redis_server):
    redis_server.command(b"LPUSH", b"sallyport/cache/acme/2", b"x")
    with pytest.raises(StoreUnavailableError):
        cache.get("acme/2", now=NOW)
    assert cache.get("acme/1", now=NOW) == b"answer"


def test_leaves_other_keys_of_a_shared_server_alone(cache, redis_server):
    assert redis_server.command(b"KEYS", b"*") == b"*1\r\n$22\r\nsallyport/cache/acme/1\r\n"


def test_the_server_forgets_what_has_ended(cache, redis_server):
    assert redis_server.command(b"EXPIRETIME", b"sallyport/cache/acme/1") == b":%d\r\n" % LATER
