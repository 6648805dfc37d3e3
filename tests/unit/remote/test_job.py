"""sallyport.remote.job: an end in time and in bytes, for all of one request's fetches together."""

import pytest

from sallyport.remote.hosts import AllowedHosts
from sallyport.remote.job import Job
from sallyport.remote.unfetchable import Reason, Unfetchable


def job(seconds=60.0, most_bytes=10):
    return Job(AllowedHosts.of([None]), seconds=seconds, most_bytes=most_bytes)


def test_time_runs_out():
    assert 0 < job().seconds_left() <= 60
    with pytest.raises(Unfetchable) as late:
        job(seconds=0.0).seconds_left()
    assert late.value.reason is Reason.TIMEOUT


def test_whoever_ends_it_ends_it_for_all():
    ended = job()
    ended.end()
    with pytest.raises(Unfetchable) as late:
        ended.seconds_left()
    assert late.value.reason is Reason.TIMEOUT


def test_bytes_are_counted_together():
    shared = job(most_bytes=10)
    shared.take(6)
    shared.take(4)
    with pytest.raises(Unfetchable) as large:
        shared.take(1)
    assert large.value.reason is Reason.TOO_LARGE
