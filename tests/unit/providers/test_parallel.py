"""providers/parallel: all of the parts, or the first failure."""

import threading

import pytest

from sallyport.errors import ProviderThrottledError, ProviderTimeoutError
from sallyport.presence import Client, client_waiting, waiting
from sallyport.providers.parallel import AT_ONCE, in_parallel

PARTS = list(range(3 * AT_ONCE))


def test_what_is_said_comes_in_the_order_of_the_parts():
    first_may_end = threading.Event()

    def call(part, seconds):
        assert 0 < seconds <= 30
        if part == 0:
            assert first_may_end.wait(10)
        if part == AT_ONCE:
            first_may_end.set()
        return part * 10

    assert in_parallel(call, PARTS, 30) == [part * 10 for part in PARTS]


def test_each_knows_who_waits():
    client = Client()
    with waiting(client):
        assert in_parallel(lambda *_: client_waiting() is client, PARTS, 30) == [True] * len(PARTS)


def test_no_more_than_so_many_are_under_way():
    lock, under_way, most = threading.Lock(), 0, 0
    together = threading.Barrier(AT_ONCE)

    def call(part, seconds):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait(10)
        with lock:
            under_way -= 1

    in_parallel(call, PARTS, 30)
    assert most == AT_ONCE


def test_one_part_needs_no_thread():
    assert in_parallel(lambda part, seconds: threading.current_thread(), [1], 5) == [threading.current_thread()]


def test_the_first_failure_ends_it_and_nothing_more_is_begun():
    begun = []
    go_on = threading.Event()

    def call(part, seconds):
        begun.append(part)
        if part == 3:
            raise ProviderThrottledError("Wait.", retry_after=7)
        go_on.wait(10)

    with pytest.raises(ProviderThrottledError) as failed:
        in_parallel(call, PARTS, 30)
    assert failed.value.retry_after == 7
    # The thread that failed may have taken one more before the others were called off.
    assert len(begun) <= AT_ONCE + 1
    go_on.set()


def test_the_end_of_the_time_is_a_timeout_though_calls_are_under_way():
    go_on = threading.Event()
    with pytest.raises(ProviderTimeoutError):
        in_parallel(lambda part, seconds: go_on.wait(10), PARTS, 0.05)
    go_on.set()


@pytest.mark.parametrize("parts", [[1], [1, 2]])
def test_without_time_nothing_is_asked(parts):
    asked = []
    with pytest.raises(ProviderTimeoutError):
        in_parallel(lambda part, seconds: asked.append(part), parts, 0)
    assert asked == []
