"""The port Cache, on three stores."""

import time

import pytest

NOW = time.time()
LATER = int(NOW) + 86_400  # the whole run ends before


@pytest.mark.parametrize("value", [b"", b"\x00\xff", b"sealed answer", bytes(100_000)], ids=len)
def test_keeps_an_answer(value, cache):
    cache.put("acme/1", value, expires_at=LATER)
    assert cache.get("acme/1", now=NOW) == value


@pytest.mark.parametrize("key", ["acme/2", "Acme/1", "acme/1 ", "globex/1"])
def test_has_no_answer_to_another_key(key, cache):
    cache.put("acme/1", b"answer", expires_at=LATER)
    assert cache.get(key, now=NOW) is None


def test_the_last_answer_counts(cache):
    cache.put("acme/1", b"old", expires_at=LATER)
    cache.put("acme/1", b"new", expires_at=LATER + 1)
    assert cache.get("acme/1", now=LATER) == b"new"


@pytest.mark.parametrize(("now", "there"), [(LATER - 0.5, True), (LATER, False), (LATER + 1, False)])
def test_an_answer_ends_at_its_second(now, there, cache):
    cache.put("acme/1", b"answer", expires_at=LATER)
    assert (cache.get("acme/1", now=now) is not None) is there


def test_what_has_ended_may_be_put_and_is_not_there(cache):
    cache.put("acme/1", b"answer", expires_at=LATER)
    cache.put("acme/1", b"answer", expires_at=int(NOW) - 10)
    assert cache.get("acme/1", now=NOW) is None


def test_a_very_large_answer_is_kept_or_not_but_never_an_error(cache):
    value = bytes(2_000_000)
    cache.put("acme/1", value, expires_at=LATER)
    assert cache.get("acme/1", now=NOW) in (value, None)


def test_many_at_once_get_their_own(cache, at_once):
    def put_and_get(number):
        cache.put(f"acme/{number}", str(number).encode(), expires_at=LATER)
        return cache.get(f"acme/{number}", now=NOW)

    assert at_once(put_and_get, range(32)) == [str(number).encode() for number in range(32)]
