"""sallyport.skipping: a store that failed is tried by one, and only after a while."""

import pytest

from sallyport.skipping import Skipping


@pytest.fixture
def store(clock):
    return Skipping(5.0, clock)


def test_what_never_failed_is_asked(store):
    assert not store.skips()


def test_what_failed_is_skipped_until_its_time_is_over(store, clock):
    store.failed()
    clock.now += 4.999
    assert store.skips()
    clock.now += 0.001
    assert not store.skips()


def test_one_tries_and_the_others_go_on_skipping(store, clock):
    store.failed()
    clock.now += 5.0
    assert [store.skips() for _ in range(4)] == [False, True, True, True]


@pytest.mark.parametrize(("tell", "skipped"), [(Skipping.answered, False), (Skipping.failed, True)])
def test_how_the_one_fared_is_how_all_go_on(tell, skipped, store, clock):
    store.failed()
    clock.now += 5.0
    store.skips()
    tell(store)
    assert store.skips() is skipped
