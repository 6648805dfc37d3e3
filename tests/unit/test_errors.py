"""sallyport.errors: one table of facts, and the way through Step Functions and back."""

import inspect
import json
import re

import pytest

from sallyport import errors
from sallyport.errors import FACTS, InternalError, RateLimitedError, SallyportError, facts, from_failure
from tests.unit.doubles import CANARY

CLASSES = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, SallyportError) and each is not SallyportError
]
DETAILS = {"retry_after": 2.5, "target": "claude", "status": 529, "attempts": [{"target": "gpt", "error": "x"}]}


def as_lambda_says(error):
    """`Cause` of a Lambda task that failed: its error's text within JSON."""
    return json.dumps(
        {"errorMessage": str(error), "errorType": type(error).__name__, "requestId": "1", "stackTrace": []}
    )


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_has_facts_and_a_place_in_the_tree(error):
    assert error in FACTS
    assert re.search(rf"\b{error.__name__}\b", errors.__doc__)


def test_facts_and_tree_name_nothing_else():
    assert set(FACTS) == set(CLASSES)
    assert set(re.findall(r"\b\w+Error\b", errors.__doc__)) == {each.__name__ for each in [*CLASSES, SallyportError]}


@pytest.mark.parametrize("error", CLASSES)
def test_facts_are_what_http_and_the_apis_know(error):
    known = facts(error("text"))
    assert 400 <= known.status <= 599
    assert known.anthropic_type in {
        "invalid_request_error", "authentication_error", "billing_error", "not_found_error", "request_too_large",
        "rate_limit_error", "api_error", "timeout_error", "overloaded_error",
    }  # fmt: skip
    assert not (known.retry and known.status in (400, 401, 403, 404, 413)), "the same request would fail again"


@pytest.mark.parametrize("wrap", [as_lambda_says, str], ids=["from a function", "from a Fail state"])
@pytest.mark.parametrize("error", CLASSES)
def test_an_error_comes_back_from_step_functions_as_it_was(error, wrap):
    raised = error("Try 'again' — später.\n", **DETAILS)
    read = from_failure(error.__name__, wrap(raised))
    assert type(read) is error
    assert (read.message, read.details, str(read)) == (raised.message, DETAILS, str(raised))


def test_details_that_nobody_knows_are_left_out():
    error = RateLimitedError("Wait.", retry_after=None, limit="requests/minute")
    assert error.details == {"limit": "requests/minute"}
    assert error.retry_after is None


@pytest.mark.parametrize("name", ["KeyError", "ValidationError", "Lambda.Unknown", "States.Runtime", "SallyportError"])
@pytest.mark.parametrize("cause", [CANARY, json.dumps({"errorMessage": CANARY}), json.dumps({"message": CANARY})])
def test_a_foreign_error_loses_its_text(name, cause):
    error = from_failure(name, cause)
    assert type(error) is InternalError
    assert CANARY not in str(error)
    assert error.details == {"cause_type": name}


@pytest.mark.parametrize(
    "cause", [None, "", CANARY, f'"{CANARY}"', f'["{CANARY}"]', json.dumps({"errorMessage": CANARY}), "null", "3"]
)
def test_our_own_error_without_its_document_keeps_its_class_and_no_text(cause):
    error = from_failure("StoreUnavailableError", cause)
    assert type(error) is errors.StoreUnavailableError
    assert error.message == "The request failed."
    assert error.details == {}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("States.Timeout", errors.DeadlineExceededError),
        ("States.DataLimitExceeded", errors.RequestTooLargeError),
        ("States.TaskFailed", InternalError),
    ],
)
def test_step_functions_own_errors_have_our_words(name, expected):
    error = from_failure(name, CANARY)
    assert type(error) is expected
    assert CANARY not in str(error)
