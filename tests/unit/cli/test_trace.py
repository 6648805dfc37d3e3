"""sallyport trace: the path of a request, as the engine's traces keep it."""

import pytest

from sallyport.attempts import Attempt
from sallyport.redaction_decision import Opinion
from sallyport_local.engine import Execution, Visit
from sallyport_local.traces import Traces

NOON = 1_795_176_000.0


@pytest.fixture
def traced(backend):
    """Keep the trace of a ticket that took this path; `!` marks a state that failed."""

    def keep(ticket, path):
        states = [name.rstrip("!") for name in path]
        visits = tuple(
            Visit(state, "Task", NOON, 1.25, 0, "ProviderUnavailableError" if name.endswith("!") else None, None, None)
            for name, state in zip(path, states, strict=True)
        )
        status = "FAILED" if ticket.failure else "SUCCEEDED"
        traces = Traces(backend.records("traces"))
        traces.record(Execution(ticket.request_id, status, None, None, None, NOON, 17.5, visits), ticket.to_json())
        traces.close()

    return keep


def rows(output):
    return [line.split(maxsplit=2) for line in output.splitlines()[4:]]


def test_shows_the_path_with_the_reasons(run, traced, ticket):
    traced(ticket(1), ["Authorize", "Redact", "CacheLookup", "Answered?", "Infer", "Publish", "Done"])
    shown = run("trace", "request-1").stdout
    assert "SUCCEEDED in 17.5 ms" in shown
    assert "acme/fraud" in shown
    assert [row[0] for row in rows(shown)] == [
        "Authorize",
        "Redact",
        "CacheLookup",
        "Answered?",
        "Infer",
        "Publish",
        "Done",
    ]
    reasons = {row[0]: row[2].lstrip("- ") for row in rows(shown)}
    assert "allowed by tenant/acme" in reasons["Authorize"]
    assert reasons["Redact"].strip() == "internal: 1 EMAIL masked"
    assert reasons["CacheLookup"].strip() == "miss: not asked before"
    assert "simulated answered: first target of demo; 10 + 5 tokens, $0.001500" in reasons["Infer"]


@pytest.mark.parametrize(
    ("opinion", "said"),
    [
        (
            Opinion(service="comprehend", reason="comprehend was asked", confirmed=2, dismissed=1, units=4, cost=400),
            "second opinion: comprehend was asked, 2 confirmed, 1 dismissed, $0.000400",
        ),
        (
            Opinion(reason="no second opinion is set up", unasked=3, as_found=True),
            "no second opinion is set up, 3 taken as found, $0.00",
        ),
        (Opinion(reason="comprehend failed: X", unasked=3), "comprehend failed: X, 3 left in doubt, $0.00"),
    ],
)
def test_shows_a_second_opinion_and_its_cost(opinion, said, run, traced, ticket):
    asked = ticket(1)
    redaction = asked.redaction.model_copy(update={"opinion": opinion})
    traced(asked.model_copy(update={"redaction": redaction}), ["Authorize", "Redact"])
    assert said in run("trace", "request-1").stdout


def test_shows_why_the_targets_were_asked_in_their_order(run, traced, ticket):
    known = ticket(1)
    route = known.authorization.route.model_copy(update={"reason": "weighted: b, a"})
    chosen = known.authorization.model_copy(update={"route": route})
    traced(known.model_copy(update={"authorization": chosen}), ["Authorize", "Infer"])
    assert "allowed by tenant/acme; weighted: b, a" in " ".join(run("trace", "request-1").stdout.split())


def test_shows_each_attempt_where_it_was_made(run, traced, ticket):
    attempts = (
        Attempt(target="primary", error="ProviderUnavailableError", status=500),
        Attempt(target="second", error="ProviderThrottledError", status=429),
    )
    traced(ticket(1, attempts=attempts), ["Infer!", "Fallback", "Infer!", "Fallback", "Infer"])
    shown = [" ".join(row) for row in rows(run("trace", "request-1").stdout)]
    for line, said in zip(
        shown,
        [
            "primary failed: ProviderUnavailableError (HTTP 500)",
            "second is next",
            "second failed: ProviderThrottledError (HTTP 429)",
            "simulated is next",
            "simulated answered",
        ],
        strict=True,
    ):
        assert said in line


def test_shows_where_a_request_ended_without_an_answer(run, traced, ticket):
    path = ["Authorize", "Infer!", "Fallback!", "PublishFailure", "Failed"]
    traced(ticket(1, failure="NoTargetLeftError"), path)
    shown = run("trace", "request-1").stdout
    assert "FAILED" in shown.splitlines()[0]
    assert "NoTargetLeftError: Every target failed." in shown.splitlines()[-1]


def test_json_has_every_state(run_json, traced, ticket):
    traced(ticket(1), ["Authorize", "Redact"])
    told = run_json("trace", "chatcmpl-request-1")
    assert (told["request_id"], told["status"], told["duration_ms"]) == ("request-1", "SUCCEEDED", 17.5)
    assert [(state["state"], state["duration_ms"], state["retries"]) for state in told["states"]] == [
        ("Authorize", 1.25, 0),
        ("Redact", 1.25, 0),
    ]
    assert told["ticket"] == ticket(1).to_json()


def test_says_where_else_to_look(run):
    result = run("trace", "request-1")
    assert result.exit_code == 1
    assert "sallyport audit show request-1" in result.stderr
    assert result.stdout == ""
