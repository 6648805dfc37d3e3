"""A second opinion by either service, on either backend: asked for by policy, followed, paid for, and done without."""

import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sallyport.administration import put_policy
from sallyport.limits import Limit, Window
from sallyport.policy import Policy
from sallyport_local.assembly import EmbeddedGateway
from sallyport_local.emulation import EmulatedGateway
from tests.e2e.conftest import SECRET
from tests.e2e.running import Running, serving
from tests.e2e.upstream import Upstream

ANN, UNKNOWN = "ann@opinion.example", "info@opinion.example"
POLICIES = {
    # Unsure of every address, so that what is asked does not hang on how well names are found.
    None: Policy(redaction_thresholds={"EMAIL": 1.0}, limits=(Limit(per=Window.MONTH, dollars=1000),)),
    "web": Policy(second_opinion="on"),
    "masking": Policy(second_opinion="if_available", doubtful="route_private"),
    "blocking": Policy(),
    "european": Policy(second_opinion="on", allowed_regions=("eu-central-1",)),
    "fraud": Policy(second_opinion="on", redaction={"AGE": "block"}),
}
KINDS = ("comprehend, embedded", "comprehend, emulated", "guardrail, emulated")


class Service:
    """Comprehend or a guardrail that knows one address and one age; keeps what it was shown; fails while `down`."""

    words: Mapping[str, str] = {ANN: "EMAIL", "a score": "AGE"}

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.down = False

    def comprehend(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        text = self._see(parameters["Text"])
        entities = [
            {"Type": type_, "Score": 0.99, "BeginOffset": text.index(word), "EndOffset": text.index(word) + len(word)}
            for word, type_ in self.words.items()
            if word in text
        ]
        return {"Entities": entities}

    def guardrail(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        assert parameters["guardrailVersion"] == "1"
        text = self._see(parameters["content"][0]["text"]["text"])
        found = [{"type": type_, "match": word, "action": "ANONYMIZED"} for word, type_ in self.words.items()]
        policy = {"piiEntities": [each for each in found if each["match"] in text], "regexes": []}
        usage = {"sensitiveInformationPolicyUnits": 3, "sensitiveInformationPolicyFreeUnits": 0}
        return {
            "usage": usage,
            "action": "NONE",
            "outputs": [],
            "assessments": [{"sensitiveInformationPolicy": policy}],
        }

    def _see(self, text: str) -> str:
        self.shown.append(text)
        if self.down:
            response: Any = {
                "Error": {"Code": "ThrottlingException", "Message": f"not {text}"},
                "ResponseMetadata": {"HTTPStatusCode": 429},
            }
            raise ClientError(response, "Any")
        return text


class Advised:
    """A gateway with a second opinion, and the service that gives it."""

    def __init__(self, running: Running, service: Service) -> None:
        self.running = running
        self.service = service
        for project, policy in POLICIES.items():
            put_policy(running.gateway.backend.records("configuration"), policy, tenant="acme", project=project)

    def ask(self, text: str, key: str = "app", model: str = "uncached", **fields: Any) -> Any:
        self.service.shown.clear()
        return self.running.ask(text, model, key, **fields)

    def ticket(self, answer: Any) -> Any:
        self.running.settle()
        return self.running.audited(answer.headers["x-request-id"])

    def bill(self, answer: Any) -> Any:
        return self.running.billed(answer.headers["x-request-id"], self.ticket(answer))

    def spent(self) -> int:
        self.running.settle()
        month = datetime.now(UTC).strftime("%Y-%m")
        return int(self.running.gateway.backend.ledger.taken(f"tenant/acme|dollars|month|{month}"))


@pytest.fixture(scope="module", params=KINDS)
def advised(
    request: pytest.FixtureRequest, upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Advised]:
    service = Service()
    name, backend = request.param.split(", ")
    if backend == "emulated":
        gateway = EmulatedGateway.open(secrets={"openai/main": SECRET}, parameters={"SecondOpinion": name})
        gateway.detect_pii_entities = service.comprehend
        gateway.apply_guardrail = service.guardrail
        with serving(backend, gateway, upstream.url, None) as running:
            yield Advised(running, service)
        assert not gateway.recorder.denied
        return
    folder = Path(tmp_path_factory.mktemp("advised")) / "data"
    with pytest.MonkeyPatch.context() as patch, _comprehend_on_http(service) as url:
        for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(variable, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        patch.setenv("AWS_ENDPOINT_URL_COMPREHEND", url)
        patch.setenv("SECOND_OPINION", name)
        patch.setenv("SALLYPORT_SECRET_OPENAI_MAIN", SECRET)
        gateway = EmbeddedGateway.open(folder, os.environ)
        with serving(backend, gateway, upstream.url, folder) as running:
            yield Advised(running, service)


class _comprehend_on_http:
    """botocore's own client asks it."""

    def __init__(self, service: Service) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                parameters = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status = 200
                try:
                    body: Any = service.comprehend(parameters)
                except ClientError as error:
                    status, body = 429, {"__type": error.response["Error"]["Code"], "message": str(error)}
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/x-amz-json-1.1")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(autouse=True)
def _up(advised: Advised) -> Iterator[None]:
    yield
    advised.service.down = False


def last(upstream: Upstream) -> str:
    return json.dumps(upstream.requests[-1])


def test_what_is_confirmed_is_masked_restored_and_paid_for(advised, upstream):
    before = advised.spent()
    answer = advised.ask(f"Write to {ANN} about card 4111 1111 1111 1111 soon.")
    assert answer.status_code == 200, answer.text
    assert ANN not in last(upstream)
    assert "<EMAIL_1>" in last(upstream)
    assert ANN in answer.text, "its own words come back to the caller"
    assert advised.service.shown == [f"Write to {ANN} about card **** **** **** **** soon."]

    ticket, bill = advised.ticket(answer), advised.bill(answer)
    opinion = ticket.redaction.opinion
    assert (opinion.confirmed, opinion.dismissed, opinion.unasked, opinion.cost) == (1, 0, 0, 300)
    assert ticket.redaction.findings == {"CREDIT_CARD": 1, "EMAIL": 1}
    assert bill.opinion_cost == 300
    assert bill.cost == ticket.inference.cost + 300
    assert float(answer.headers["x-sallyport-cost-usd"]) == bill.cost / 1_000_000
    assert advised.spent() - before == bill.cost


def test_what_is_dismissed_goes_as_it_is(advised, upstream):
    answer = advised.ask(f"Write to {UNKNOWN}.")
    assert UNKNOWN in last(upstream)
    assert advised.ticket(answer).redaction.opinion.dismissed == 1


def test_a_dismissed_doubt_keeps_nothing_on_private_models(advised):
    answer = advised.ask(f"Write to {UNKNOWN}.", "masking")
    assert answer.status_code == 200
    assert answer.headers["x-sallyport-sensitivity"] == "public"


def test_a_stream_is_paid_for_too(advised, upstream):
    before = advised.spent()
    answer = advised.ask(f"Stream to {ANN}.", stream=True)
    assert answer.text.endswith("data: [DONE]\n\n")
    assert ANN not in last(upstream)
    bill = advised.bill(answer)
    assert (bill.opinion_cost, advised.spent() - before) == (300, bill.cost)


def test_a_cached_answer_costs_its_opinion(advised):
    first = advised.ask(f"Write one line to {ANN}, please.", model="echo")
    advised.bill(first)
    again = advised.ask(f"Write one line to {ANN}, please.", model="echo")
    assert again.headers["x-sallyport-cache"] == "hit"
    bill = advised.bill(again)
    assert (bill.cost, bill.opinion_cost) == (300, 300)
    assert again.headers["x-sallyport-cost-usd"] == "0.000300"


def test_a_request_that_is_refused_for_it_pays_for_it(advised):
    before = advised.spent()
    answer = advised.ask(f"{UNKNOWN} is a score old.", "fraud")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "content_blocked")
    assert "opinion" not in answer.text
    bill = advised.bill(answer)
    assert (bill.outcome, bill.cost, bill.opinion_cost) == ("ContentBlockedError", 300, 300)
    assert advised.spent() - before == 300


def test_without_an_opinion_it_fails_closed(advised, upstream):
    advised.service.down = True
    answer = advised.ask(f"Write to {UNKNOWN} now.")
    assert answer.status_code == 200
    assert UNKNOWN not in last(upstream)
    assert UNKNOWN in answer.text
    assert len(advised.service.shown) == 1, "one try"
    opinion = advised.ticket(answer).redaction.opinion
    assert (opinion.unasked, opinion.as_found, opinion.cost) == (1, True, 0)
    assert opinion.reason.endswith("failed: ThrottlingException")


def test_without_an_opinion_a_policy_may_go_on_with_the_engines(advised):
    advised.service.down = True
    answer = advised.ask(f"Write to {UNKNOWN} now.", "masking", model="house")
    assert answer.headers["x-sallyport-sensitivity"] == "confidential", "as doubtful says"
    decision = advised.ticket(answer).redaction
    assert (decision.doubtful, decision.opinion.as_found) == ({"EMAIL": 1}, False)


def test_who_wants_none_and_who_has_no_doubt_asks_nobody(advised):
    for answer in (advised.ask(f"Write to {ANN}.", "blocking"), advised.ask("What is a sallyport?")):
        assert answer.status_code == 200
        assert advised.service.shown == []
        assert advised.ticket(answer).redaction.opinion is None


def test_nothing_is_shown_outside_the_regions_of_the_policy(advised, upstream):
    answer = advised.ask(f"Write to {UNKNOWN} today.", "european", model="resident")
    assert answer.status_code == 200, answer.text
    assert advised.service.shown == []
    assert UNKNOWN not in last(upstream)
    assert "Regions" in advised.ticket(answer).redaction.opinion.reason


def test_many_at_once_are_charged_what_they_cost_and_no_more_than_was_reserved(advised):
    before = advised.spent()
    with ThreadPoolExecutor(16) as pool:
        texts = [f"Write {nth} times to {ANN if nth % 2 else UNKNOWN}." for nth in range(24)]
        answers = list(pool.map(lambda text: advised.running.ask(text, "uncached"), texts))
    bills = [advised.bill(answer) for answer in answers]
    assert all(bill.opinion_cost == 300 for bill in bills)
    assert advised.spent() - before == sum(bill.cost for bill in bills)
    held = [hold for each in answers for hold in advised.ticket(each).authorization.reservation.holds]
    dollars = [hold.amount for hold in held if "|dollars|" in hold.scope]
    assert all(bill.cost <= amount for bill, amount in zip(bills, dollars, strict=True))


def test_no_word_of_it_is_written_anywhere(advised, caplog, capfd):
    canary = "canary-opinion-9d1e@example.com"
    for down in (False, True):
        advised.service.down = down
        advised.ticket(advised.ask(f"Write to {canary} beside CANARY-BESIDE-77.", model="echo"))
    written = caplog.text + "".join(capfd.readouterr())
    written += json.dumps([record.__dict__ for record in caplog.records], default=str)
    if advised.running.folder is not None:
        files = [each for each in advised.running.folder.rglob("*") if each.is_file()]
        written += "".join(each.read_bytes().decode("latin-1") for each in files)
    assert "second opinion" in written
    assert "canary-opinion" not in written
    assert "CANARY-BESIDE" not in written


@pytest.mark.parametrize("advised", KINDS[1:], indirect=True)
def test_it_is_one_call_more_under_a_permission_of_its_own(advised):
    gateway = advised.running.gateway
    advised.ask(f"Write to {ANN}.")
    before = gateway.recorder.operations.copy()
    advised.ask(f"Write to {ANN} again.")
    calls = {name: count for (who, name), count in (gateway.recorder.operations - before).items() if who == "redact"}
    assert calls in ({"DetectPiiEntities": 1}, {"ApplyGuardrail": 1})

    asking = {"comprehend:DetectPiiEntities", "bedrock:ApplyGuardrail"}
    granted = [each for each in gateway.principal("redact").permissions if each.action in asking]
    assert len(granted) == 1
    assert set(granted) <= gateway.recorder.indispensable("redact")
