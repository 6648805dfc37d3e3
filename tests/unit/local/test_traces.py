from sallyport.errors import StoreUnavailableError
from sallyport_local.engine import Execution, Visit
from sallyport_local.traces import MOST_WAITING, Traces
from tests.unit.doubles import MemoryRecords


def execution(name="req_12345678", status="SUCCEEDED"):
    visit = Visit("Redact", "Task", 100.0, 1.23456, 0, None, "CacheLookup", "redact")
    return Execution(name, status, {}, None, None, 100.0, 2.34567, (visit,))


def test_a_trace_is_found_at_once():
    traces = Traces(MemoryRecords())
    traces.record(execution(), {"model": "demo"})
    trace = traces.find("req_12345678")
    traces.close()

    assert trace is not None
    assert (trace["status"], trace["duration_ms"]) == ("SUCCEEDED", 2.346)
    assert (trace["states"][0]["state"], trace["states"][0]["duration_ms"]) == ("Redact", 1.235)
    assert trace["ticket"] == {"model": "demo"}


def test_what_waits_is_written_at_the_end():
    records = MemoryRecords()
    traces = Traces(records)
    for number in range(50):
        traces.record(execution(f"req_{number:08}"), {})
    traces.close()

    assert all(records.get(f"req_{number:08}") for number in range(50))


def test_a_store_that_fails_costs_its_traces_and_not_the_writer():
    class Failing(MemoryRecords):
        away = True

        def put(self, *args, **options):
            if self.away:
                raise StoreUnavailableError("Away.")
            return super().put(*args, **options)

    records = Failing()
    traces = Traces(records)
    traces.record(execution("req_lost0000"), {})
    assert traces.find("req_lost0000") is None
    records.away = False
    traces.record(execution("req_kept0000"), {})
    traces.close()

    assert records.get("req_kept0000") is not None


def test_what_waits_has_a_bound():
    traces = Traces(MemoryRecords())
    traces._stopping.set()
    traces._thread.join()
    for number in range(MOST_WAITING + 1):
        traces.record(execution(f"req_{number:08}"), {})

    assert len(traces._waiting) == MOST_WAITING
