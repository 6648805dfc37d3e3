"""sallyport_local.schedule: again and again, whatever goes wrong."""

import logging
import threading

import pytest

from sallyport.errors import StoreUnavailableError
from sallyport_local.schedule import EVERY, Schedule
from sallyport_local.template import read_template
from tests.unit.doubles import CANARY


class Work:
    def __init__(self, wanted, *failures):
        self.done, self.failures, self.wanted = 0, list(failures), wanted
        self.reached = threading.Event()

    def __call__(self):
        self.done += 1
        if self.done >= self.wanted:
            self.reached.set()
        if self.failures:
            raise self.failures.pop()


def test_it_is_done_at_once_and_again():
    work = Work(3)
    schedule = Schedule("work", 0.001, work)
    schedule.start()
    assert work.reached.wait(5)
    schedule.stop(5)
    done = work.done
    assert not any(thread.name == "work" for thread in threading.enumerate())
    assert work.done == done


def test_what_stops_waits_for_no_next_time():
    work = Work(1)
    schedule = Schedule("work", 3600, work)
    schedule.start()
    assert work.reached.wait(5)
    schedule.stop(5)
    assert (work.done, any(thread.name == "work" for thread in threading.enumerate())) == (1, False)


def test_one_that_was_never_started_can_be_stopped():
    Schedule("work", 1, lambda: None).stop(1)


@pytest.mark.parametrize(
    ("failure", "told"),
    [(StoreUnavailableError("Out of reach."), "Out of reach."), (ValueError(CANARY), "ValueError")],
    ids=["ours", "foreign"],
)
def test_what_fails_is_told_without_content_and_done_again(failure, told, caplog):
    work = Work(2, failure)
    schedule = Schedule("work", 0.001, work)
    with caplog.at_level(logging.WARNING):
        schedule.start()
        assert work.reached.wait(5)
        schedule.stop(5)
    assert f"work failed and is tried again: {told}" in caplog.text
    assert CANARY not in caplog.text


def test_it_can_be_as_often_as_on_aws():
    assert list(EVERY) == read_template()["Parameters"]["ProbeEvery"]["AllowedValues"]
