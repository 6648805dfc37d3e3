import contextvars
import json
import logging
import stat
import threading

import pytest

from sallyport.observability import logger
from sallyport_local.observability import LOST_SECONDS, LostLines, PerRequestFormatter, ProcessMetrics, log_to


def formatted(message="decided", **extra):
    record = logging.LogRecord("sallyport", logging.INFO, "handler.py", 7, message, None, None, func="lambda_handler")
    record.__dict__.update(extra)
    return json.loads(PerRequestFormatter(service="sallyport").format(record))


def test_a_line_has_the_keys_that_it_has_on_lambda():
    line = formatted(reason="1 EMAIL masked")

    assert (line["level"], line["message"], line["location"]) == ("INFO", "decided", "lambda_handler:7")
    assert (line["service"], line["reason"]) == ("sallyport", "1 EMAIL masked")
    assert line["timestamp"]


def test_keys_of_one_request_do_not_show_in_anothers_lines():
    def request(name):
        PerRequestFormatter(service="sallyport").append_keys(correlation_id=name)
        return formatted()["correlation_id"]

    contexts = {name: contextvars.copy_context() for name in ("one", "two")}

    assert {name: context.run(request, name) for name, context in contexts.items()} == {"one": "one", "two": "two"}
    assert "correlation_id" not in formatted()


def test_lines_that_cannot_be_written_are_told_once_a_minute(capsys):
    times = [0.0, LOST_SECONDS - 1, LOST_SECONDS]
    lost = LostLines(iter(times).__next__)
    record = logging.LogRecord("sallyport", logging.INFO, "handler.py", 7, "canary", None, None)
    for _ in times:
        try:
            raise OSError(28, "canary")
        except OSError:
            lost(record)
    told = capsys.readouterr().err
    assert (told.count("log lines are lost: OSError"), "canary" in told) == (2, False)


def test_metrics_are_summed_whoever_adds_them():
    metrics = ProcessMetrics()

    def add():
        for _ in range(1000):
            metrics.add_metric(name="Authorized", unit="Count", value=1)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert metrics.serialize_metric_set() == {"Authorized": 8000}


@pytest.fixture
def _same_stream():
    handler = logger.registered_handler
    before = handler.stream
    yield
    handler.setStream(before).close()


@pytest.mark.usefixtures("_same_stream")
def test_lines_go_to_a_file_that_its_owner_alone_reads(tmp_path):
    path = tmp_path / "logs" / "functions.jsonl"
    log_to(path)
    logger.info("written")

    assert '"written"' in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
