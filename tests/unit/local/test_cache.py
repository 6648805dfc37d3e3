"""Answers for as long as they are good."""

import pytest

from sallyport_local.cache import SqliteCache


@pytest.fixture
def cache(database):
    return SqliteCache(database, clock=lambda: 2000.0)


def test_gets_the_latest_answer(cache):
    cache.put("key", b"\x00first", expires_at=1010)
    cache.put("key", b"\x00second", expires_at=1020)
    assert cache.get("key", now=1015) == b"\x00second"
    assert cache.get("other", now=1015) is None


@pytest.mark.parametrize(("now", "answer"), [(1009.9, b"answer"), (1010, None), (1011, None)])
def test_an_answer_ends_on_time(cache, now, answer):
    cache.put("key", b"answer", expires_at=1010)
    assert cache.get("key", now=now) == answer


def test_ended_answers_go_as_new_ones_come(cache, database):
    for number in range(20):
        cache.put(f"old{number}", b"", expires_at=1990)
    for number in range(20):
        cache.put(f"new{number}", b"", expires_at=2010)
    with database.read() as connection:
        keys = {key for (key,) in connection.execute("SELECT key FROM cache").fetchall()}
    assert keys == {f"new{number}" for number in range(20)}
