"""sallyport.observability: no exception's text reaches a log line or the error that is raised."""

import logging
import traceback

import pytest

from sallyport.errors import (
    FACTS,
    InternalError,
    RateLimitedError,
    RedactionFailedError,
    StoreUnavailableError,
    facts,
)
from sallyport.observability import guarded, log_opinion, log_refusal, metrics, place_of
from sallyport.redaction_decision import Opinion
from tests.unit.doubles import CANARY


class CanaryError(Exception):
    def __repr__(self):
        return CANARY


@pytest.fixture(autouse=True)
def _no_metrics_left():
    yield
    metrics.clear_metrics()


def refuse(error, failure=InternalError):
    def handler(event, context):
        raise error

    try:
        guarded(failure)(handler)({"prompt": CANARY}, None)
    except Exception as raised:
        return raised
    return None


def test_an_answer_passes():
    assert guarded()(lambda event, context: {"got": event["x"]})({"x": 1}, None) == {"got": 1}


@pytest.mark.parametrize("failure", [InternalError, RedactionFailedError])
@pytest.mark.parametrize(
    "error", [CanaryError(CANARY), ValueError(CANARY), KeyError(CANARY), RecursionError(CANARY)], ids=repr
)
def test_a_bug_loses_its_text(error, failure, log, capsys, caplog):
    with caplog.at_level(logging.DEBUG):
        raised = refuse(error, failure)
    printed = capsys.readouterr()
    assert type(raised) is failure
    shown = "".join(traceback.format_exception(raised))
    for text in (str(raised), repr(raised), shown, log.text, printed.out, printed.err, caplog.text):
        assert CANARY not in text
    assert raised.details["cause_type"] == type(error).__name__
    [line] = log.lines
    assert (line["message"], line["error"]) == ("bug", type(error).__name__)
    assert line["place"].startswith("test_observability.py:")


def test_a_bug_that_stops_a_request_safely_may_be_tried_again():
    assert refuse(ValueError("x"), RedactionFailedError).retry_after == 5.0
    assert refuse(ValueError("x")).retry_after is None


def test_an_error_of_ours_passes_as_it_is(log):
    error = RateLimitedError("Wait.", retry_after=2.0)
    assert refuse(error) is error
    [line] = log.lines
    assert (line["message"], line["level"], line["error"]) == ("refused", "INFO", "RateLimitedError")
    assert line["reason"] == "Wait."
    assert line["details"] == {"retry_after": 2.0}


def test_the_cause_of_an_error_of_ours_is_not_logged(log, capsys, caplog):
    error = StoreUnavailableError("The store is out of reach.")
    error.__cause__ = ValueError(CANARY)
    refuse(error)
    printed = capsys.readouterr()
    assert log.text
    assert CANARY not in log.text + printed.out + printed.err + caplog.text


@pytest.mark.parametrize("error", FACTS)
def test_every_error_is_logged_at_its_level(error, log):
    log_refusal(error("Why."))
    [line] = log.lines
    assert line["level"].lower() == facts(error("x")).level


def test_what_ends_the_process_is_not_held_up():
    def handler(event, context):
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        guarded()(handler)({}, None)


def test_a_place_is_a_file_and_a_line():
    def deep():
        raise ValueError(CANARY)

    with pytest.raises(ValueError, match="canary") as raised:
        deep()
    assert place_of(raised.value) == f"test_observability.py:{deep.__code__.co_firstlineno + 1}"
    assert place_of(ValueError("never raised")) == "unknown"


@pytest.mark.parametrize(
    ("opinion", "missing"),
    [
        (Opinion(service="comprehend", reason="comprehend was asked", confirmed=2, unasked=1, units=4, cost=400), 0),
        (Opinion(service="comprehend", reason="comprehend was asked", dismissed=1, units=4, cost=400), 0),
        (Opinion(service="comprehend", reason="comprehend failed: X", unasked=1, units=4, cost=400), 1),
    ],
)
def test_a_second_opinion_is_one_line_and_two_counts(opinion, missing, log, monkeypatch):
    counted = {}
    monkeypatch.setattr(metrics, "add_metric", lambda *, name, unit, value: counted.update({name: value}))
    log_opinion(opinion)
    assert "second opinion" in log.text
    assert counted == {"OpinionCost": 400, "OpinionMissing": missing}
