"""sallyport.watch: what a process knows of its targets, and what it shares."""

import threading

from sallyport.errors import StoreUnavailableError
from sallyport.health import LEAST_FAILURES, Outcome
from sallyport.retry_budget import MOST_SAVED
from sallyport.watch import PARTITION, READ_SECONDS, SAMPLE_SECONDS
from tests.unit.doubles import MemoryRecords, a_watch


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Slow(MemoryRecords):
    """Answers when it may."""

    def __init__(self):
        super().__init__()
        self.go_on = threading.Event()

    def query(self, partition, **bounds):
        self.reads += 1
        self.go_on.wait(5)
        return super().query(partition, **bounds)


class Down(MemoryRecords):
    def query(self, partition, **bounds):
        raise StoreUnavailableError("Out of reach.")

    def put(self, *args, **fields):
        raise StoreUnavailableError("Out of reach.")


def opened(watch, target="gpt", *, clock=lambda: 1000.0):
    for _ in range(LEAST_FAILURES):
        watch.note(target, Outcome(clock(), None, "Down"))


def written():
    """Wait for what is read and written aside."""
    for thread in threading.enumerate():
        if thread.name == "watch":
            thread.join(1)


def test_what_one_process_opens_another_avoids():
    records = MemoryRecords()
    opened(a_watch(records))
    assert a_watch(records).avoid(["gpt", "claude"]) == {"gpt": 0.0}


def test_a_restart_knows_what_was_asked_for():
    records = MemoryRecords()
    a_watch(records).note("gpt", Outcome(1000.0, None, "Throttled", 30.0))
    assert a_watch(records, clock=lambda: 1010.0).avoid(["gpt"]) == {"gpt": 20.0}


def test_the_latest_change_is_right():
    records, clock = MemoryRecords(), Clock()
    mine, theirs = a_watch(records, clock=clock), a_watch(records, clock=clock)
    opened(mine, clock=clock)
    assert theirs.avoid(["gpt"])
    clock.now += 3
    began = mine.begin("gpt", "demo", first=True)
    mine.note("gpt", Outcome(began, 100))
    assert mine.avoid(["gpt"]) == {}
    clock.now += READ_SECONDS
    theirs.avoid(["gpt"])
    assert theirs.avoid(["gpt"]) == {}


def test_one_call_probes_and_others_wait():
    clock = Clock()
    watch = a_watch(clock=clock)
    opened(watch, clock=clock)
    clock.now += 3
    assert watch.avoid(["gpt"]) == {}
    watch.begin("gpt", "demo", first=True)
    assert watch.avoid(["gpt"]) == {"gpt": 0.0}


def test_records_are_read_every_few_seconds():
    records, clock = Slow(), Clock()
    records.go_on.set()
    watch = a_watch(records, clock=clock)
    for _ in range(100):
        watch.avoid(["gpt"])
    assert records.reads == 1
    clock.now += READ_SECONDS
    watch.avoid(["gpt"])
    watch.avoid(["gpt"])
    assert records.reads == 2


def test_nobody_waits_for_records_that_do_not_answer():
    records, clock = Slow(), Clock()
    watch = a_watch(records, clock=clock)
    assert watch.avoid(["gpt"]) == {}
    clock.now += READ_SECONDS
    assert watch.avoid(["gpt"]) == {}
    assert records.reads == 1, "one read at a time"
    records.go_on.set()


def test_records_that_are_down_mean_healthy_as_far_as_this_process_knows():
    watch = a_watch(Down())
    assert watch.avoid(["gpt"]) == {}
    opened(watch)
    assert watch.avoid(["gpt"]) == {"gpt": 0.0}


def test_what_is_no_health_is_not_believed():
    records = MemoryRecords()
    records.put(PARTITION, "gpt", {"open": "maybe"})
    assert a_watch(records).avoid(["gpt"]) == {}


def test_a_healthy_target_is_written_down_now_and_then():
    records, clock = MemoryRecords(), Clock()
    watch = a_watch(records, clock=clock)
    for _ in range(10):
        watch.note("gpt", Outcome(clock.now, 120))
        written()
    assert records.get(PARTITION, "gpt").version == 1
    clock.now += SAMPLE_SECONDS
    watch.avoid(["gpt"])
    watch.note("gpt", Outcome(clock.now, 900))
    written()
    known = records.get(PARTITION, "gpt")
    assert (known.version, known.body["latency_ms"]) == (2, 900)


def test_one_process_of_many_writes_a_sample():
    records, clock = MemoryRecords(), Clock()
    for _ in range(10):
        watch = a_watch(records, clock=clock)
        watch.avoid(["gpt"])
        watch.note("gpt", Outcome(clock.now, 120))
        written()
    assert records.get(PARTITION, "gpt").version == 1


def test_a_sample_does_not_hide_that_another_process_opened_the_target():
    records, clock = MemoryRecords(), Clock()
    mine, theirs = a_watch(records, clock=clock), a_watch(records, clock=clock)
    assert mine.avoid(["gpt"]) == {}
    opened(theirs, clock=clock)
    mine.note("gpt", Outcome(clock.now, 120))
    written()
    assert records.get(PARTITION, "gpt").body["open"] is True


def test_latencies_come_from_whoever_called():
    records, clock = MemoryRecords(), Clock()
    caller, reader = a_watch(records, clock=clock), a_watch(records, clock=clock)
    caller.note("gpt", Outcome(clock.now, 120))
    written()
    assert reader.latencies() == {"gpt": 120}
    for seen in (800, 3000):
        clock.now += SAMPLE_SECONDS
        caller.avoid(["gpt"])
        caller.note("gpt", Outcome(clock.now, seen))
        written()
        reader.latencies()
        written()
        assert reader.latencies() == {"gpt": seen}


def test_each_change_is_told_once():
    heard, clock = [], Clock()
    watch = a_watch(clock=clock, on_change=lambda target, health: heard.append((target, health.open)))
    opened(watch, clock=clock)
    opened(watch, clock=Clock())
    clock.now += 9
    watch.note("gpt", Outcome(watch.begin("gpt", "demo", first=True), 100))
    watch.note("gpt", Outcome(clock.now, 100))
    assert heard[0] == ("gpt", True)
    assert heard[-1] == ("gpt", False)
    assert [is_open for _, is_open in heard].count(False) == 1


def test_routes_have_budgets_of_their_own():
    watch = a_watch()
    assert sum(watch.may_go_on("demo") for _ in range(20)) == MOST_SAVED
    assert watch.may_go_on("other")
    for _ in range(6):
        watch.begin("gpt", "demo", first=True)
    assert watch.may_go_on("demo")


def test_a_second_call_of_a_request_earns_nothing():
    watch = a_watch()
    while watch.may_go_on("demo"):
        pass
    for _ in range(6):
        watch.begin("gpt", "demo", first=False)
    assert not watch.may_go_on("demo")


def test_sixty_four_threads_probe_once():
    clock = Clock()
    watch = a_watch(clock=clock)
    opened(watch, clock=clock)
    clock.now += 3
    probes, start = [], threading.Barrier(64)

    def ask():
        start.wait()
        if watch.begin("gpt", "demo", first=True) is not None:
            probes.append(1)

    threads = [threading.Thread(target=ask) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(probes) == 1


def test_who_looks_waits_for_what_others_wrote():
    records = MemoryRecords()
    watch = a_watch(records)
    watch.avoid([])
    opened(a_watch(records))
    assert watch.opened(["gpt", "claude"]) == []
    watch.look()
    assert watch.opened(["gpt", "claude"]) == ["gpt"]


def test_who_looks_at_records_that_are_down_knows_what_was_seen_here():
    watch = a_watch(Down())
    opened(watch)
    watch.look()
    assert watch.opened(["gpt"]) == ["gpt"]


def test_one_whose_time_to_be_probed_has_come_is_still_open():
    clock = Clock()
    watch = a_watch(clock=clock)
    opened(watch, clock=clock)
    clock.now += 3600
    assert (watch.avoid(["gpt"]), watch.opened(["gpt"])) == ({}, ["gpt"])


def test_what_was_noted_can_be_waited_for():
    class Slowly(MemoryRecords):
        go_on = threading.Event()

        def put(self, *args, **fields):
            self.go_on.wait(5)
            return super().put(*args, **fields)

    records = Slowly()
    watch = a_watch(records)
    watch.note("gpt", Outcome(1000.0, 100))
    watch.written(0.001)
    assert records.rows == {}
    records.go_on.set()
    watch.written(5)
    assert list(records.rows) == [(PARTITION, "gpt")]
    watch.written(5)
