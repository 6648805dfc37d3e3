"""Every role of template.yaml may do what its function does, and nothing that no journey needs."""

import io
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import urllib3
from botocore.eventstream import EventStream
from botocore.parsers import EventStreamJSONParser
from botocore.session import get_session
from starlette.testclient import TestClient

from bench.faults.wires import framed
from sallyport.audit.log import HEAD
from sallyport.contracts import Hold, Reservation
from sallyport.ports import Granted
from sallyport.registry import publish
from sallyport.table_versions import read_state, read_version
from sallyport_local.emulation import EmulatedGateway
from sallyport_local.emulation.iam import Need, Permission, authorize
from sallyport_local.emulation.recorder import Principal
from sallyport_local.seed import read_seed, sow
from sallyport_local.template import read_template
from tests.e2e.upstream import Upstream

SECRET = "sk-of-the-stand-in"
ACCOUNT_ROLE = "arn:aws:iam::210987654321:role/models"
LARGE = 160 * 1024  # characters, more than may lie inside a ticket
MOST_TOKENS = 400_000
DRAIN_SECONDS = 20.0
FRESH = 0.2  # seconds for which a routing table is remembered
LITTLE_PATIENCE = 3  # seconds, after which a stream must have ended

NOT_REHEARSED = {
    "logs:CreateLogStream": "the Lambda runtime's own",
    "logs:PutLogEvents": "the Lambda runtime's own",
    "xray:PutTraceSegments": "the tracer's own",
    "xray:PutTelemetryRecords": "the tracer's own",
    "xray:GetSamplingRules": "Step Functions' tracing's own",
    "xray:GetSamplingTargets": "Step Functions' tracing's own",
    "logs:CreateLogDelivery": "asked when the workflow is created with a log group",
    "logs:GetLogDelivery": "as above",
    "logs:UpdateLogDelivery": "as above",
    "logs:DeleteLogDelivery": "as above",
    "logs:ListLogDeliveries": "as above",
    "logs:PutResourcePolicy": "as above",
    "logs:DescribeResourcePolicies": "as above",
    "logs:DescribeLogGroups": "as above",
}
# Service authorization reference of Amazon Comprehend: it takes no resource.
WITHOUT_RESOURCE = {"comprehend:DetectPiiEntities"}
LOG_DELIVERY_KEY = "kms:EncryptionContext:SourceArn"  # the log delivery's own use of the workflow's key

SEED = """
[tenants.acme]
limits = [{{ per = "minute", requests = 1000 }}]

[tenants.acme.projects.strict]
redaction = {{ EMAIL = "block" }}

[tenants.acme.projects.listed]
redaction = {{ EMAIL = "hash" }}
denied_terms = ["Project Falcon"]

[tenants.unsure]
redaction_thresholds = {{ EMAIL = 1.0 }}
second_opinion = "on"

[tenants.poor]
limits = [{{ per = "month", requests = 1 }}]

[tenants.stingy]
limits = [{{ per = "month", dollars = 0.001 }}]

[[keys]]
name = "fraud"
tenant = "acme"
project = "fraud"

[[keys]]
name = "strict"
tenant = "acme"
project = "strict"

[[keys]]
name = "listed"
tenant = "acme"
project = "listed"

[[keys]]
name = "unsure"
tenant = "unsure"
project = "unsure"

[[keys]]
name = "poor"
tenant = "poor"
project = "poor"

[[keys]]
name = "stingy"
tenant = "stingy"
project = "stingy"

[routing]
version = "least-privilege"

[routing.targets.simulated]
provider = "simulated"
model = "simulated-1"
privacy = "private"
max_output_tokens = {most_tokens}
limits = {{ requests = 1000 }}

[routing.targets.broken]
provider = "simulated"
model = "simulated-fail-503-after-60s"
privacy = "private"

[routing.targets.busy]
provider = "simulated"
model = "simulated-fail-429-after-60s"
privacy = "private"

[routing.targets.failing]
provider = "simulated"
model = "simulated-fail-503"
privacy = "private"

[routing.targets.full]
provider = "simulated"
model = "simulated-1"
privacy = "private"
limits = {{ requests = 1 }}

[routing.targets.narrow]
provider = "simulated"
model = "simulated-1"
privacy = "private"
limits = {{ tokens = 1 }}

[routing.targets.dear]
provider = "simulated"
model = "simulated-1"
privacy = "private"
price = {{ output = 1000.0 }}

[routing.targets.nova-profile]
provider = "bedrock"
model = "us.amazon.nova-lite-v1:0"
region = "us-east-1"
privacy = "cloud"

[routing.targets.nova]
provider = "bedrock"
model = "amazon.nova-lite-v1:0"
region = "us-east-1"
privacy = "cloud"

[routing.targets.tagged]
provider = "bedrock"
model = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
base_model = "us.amazon.nova-lite-v1:0"
region = "us-east-1"
privacy = "cloud"

[routing.targets.elsewhere]
provider = "bedrock"
model = "amazon.nova-lite-v1:0"
account_role = "{account_role}"
region = "us-east-1"
privacy = "cloud"

[routing.targets.titan]
provider = "bedrock"
operation = "embed"
model = "amazon.titan-embed-text-v2:0"
region = "us-east-1"
privacy = "cloud"

[routing.targets.compatible]
provider = "openai"
base_url = "{url}"
model = "echo"
secret = "openai/main"
privacy = "cloud"

[routing.routes.simulated]
targets = ["simulated"]

[routing.routes.dear]
targets = ["dear"]
strategy = "least_latency"

[routing.routes.second]
targets = ["broken", "simulated"]

[routing.routes.third]
targets = ["busy", "simulated"]

[routing.routes.full]
targets = ["full"]

[routing.routes.nowhere]
targets = ["failing", "narrow", "full"]

[routing.routes.none]
targets = ["broken"]

[routing.routes.nova-profile]
targets = ["nova-profile"]

[routing.routes.nova]
targets = ["nova"]

[routing.routes.tagged]
targets = ["tagged"]

[routing.routes.elsewhere]
targets = ["elsewhere"]

[routing.routes.titan]
targets = ["titan"]

[routing.routes.compatible]
targets = ["compatible"]

[routing.routes.sticky]
targets = ["simulated"]
strategy = "sticky"
"""


def _converse(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """A double of Bedrock, which moto does not have: a valid response, whatever the question."""
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": "From the double."}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7},
        "metrics": {"latencyMs": 1},
        "ResponseMetadata": {"HTTPStatusCode": 200},
    }


def _converse_stream(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same over a connection, as botocore hands it out."""
    said: dict[str, dict[str, Any]] = {
        "messageStart": {"role": "assistant"},
        "contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "From the double."}},
        "contentBlockStop": {"contentBlockIndex": 0},
        "messageStop": {"stopReason": "end_turn"},
        "metadata": {"usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}},
    }
    frames = b"".join(framed(each, {":event-type": name, ":message-type": "event"}) for name, each in said.items())
    raw = urllib3.HTTPResponse(body=io.BytesIO(frames), preload_content=False)
    shape = get_session().get_service_model("bedrock-runtime").operation_model("ConverseStream").output_shape
    events = EventStream(raw, shape.members["stream"], EventStreamJSONParser(), "ConverseStream")
    return {"stream": events, "ResponseMetadata": {"HTTPStatusCode": 200}}


def _invoke_model(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "body": io.BytesIO(b'{"embedding": [0.5, 0.25], "inputTextTokenCount": 3}'),
        "contentType": "application/json",
        "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}},
    }


class Journeys:
    """What callers do, and what happens to the gateway meanwhile."""

    def __init__(self, gateway: EmulatedGateway, keys: Mapping[str, str]) -> None:
        self.gateway = gateway
        self._keys = keys
        self._client = TestClient(gateway.app)

    def chat(self, text: str, *, model: str = "simulated", key: str = "fraud", max_tokens: int = 1000) -> Any:
        body = {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": max_tokens}
        return self._client.post(
            "/v1/chat/completions", json=body, headers={"Authorization": f"Bearer {self._keys[key]}"}
        )

    def converse(self, *texts: str) -> int:
        """In a conversation that the client names; each turn in a container that has no data key yet."""
        headers = {"Authorization": f"Bearer {self._keys['fraud']}", "x-sallyport-conversation": "c1"}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sallyport.vault.MAX_AGE_SECONDS", 0)
            for text in texts:
                body = {"model": "simulated", "messages": [{"role": "user", "content": text}]}
                answer = self._client.post("/v1/chat/completions", json=body, headers=headers)
        return answer.status_code

    def stream(self, text: str, *, model: str = "simulated", max_tokens: int = 1000, seconds: int = 285) -> Any:
        body = {
            "model": model,
            "messages": [{"role": "user", "content": text}],
            "max_tokens": max_tokens,
            "stream": True,
        }
        headers = {"Authorization": f"Bearer {self._keys['fraud']}", "x-stainless-read-timeout": str(seconds)}
        answer = self._client.post("/v1/chat/completions", json=body, headers=headers)
        assert answer.text.endswith("data: [DONE]\n\n"), answer.text[-500:]
        return answer

    def embed(self, *texts: str) -> Any:
        body = {"model": "titan", "input": texts}
        return self._client.post(
            "/v1/embeddings", json=body, headers={"Authorization": f"Bearer {self._keys['fraud']}"}
        )

    def anonymize(self, text: str) -> Any:
        """And get it back."""
        headers = {"Authorization": f"Bearer {self._keys['fraud']}"}
        body = {"text": text, "restorable": True}
        told = self._client.post("/v1/anonymize", json=body, headers=headers).json()
        body = {"text": told["text"], "key": told["restore_key"]}
        back = self._client.post("/v1/anonymize/restore", json=body, headers=headers)
        assert back.json()["text"] == text
        return back

    def keyed(self, text: str) -> Any:
        """Under an Idempotency-Key that is the text's own."""
        body = {"model": "simulated", "messages": [{"role": "user", "content": text}]}
        headers = {"Authorization": f"Bearer {self._keys['fraud']}", "Idempotency-Key": text.replace(" ", "-")}
        return self._client.post("/v1/chat/completions", json=body, headers=headers)

    def models(self) -> Any:
        return self._client.get("/v1/models", headers={"Authorization": f"Bearer {self._keys['fraud']}"})

    def settled(self) -> None:
        """Settle and audit are through with everything; what they may not do keeps a queue full."""
        assert self.gateway.drain(DRAIN_SECONDS), f"a queue did not become empty: {list(self.gateway.recorder.denied)}"

    def lose_a_stream(self) -> None:
        """Its end is published by nobody, as if its edge had died; another of as little patience is recorded."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sallyport.edge.relay.record", lambda *_: None)
            lost = self.stream("a stream that is lost", seconds=LITTLE_PATIENCE).headers["x-request-id"]
        self.stream("a stream that is recorded", seconds=LITTLE_PATIENCE)
        backend = self.gateway.backend
        deadline = time.monotonic() + DRAIN_SECONDS
        while not any(bill.sort == lost for bill in backend.records("usage").scan()):
            assert time.monotonic() < deadline, "the stream that was lost is not recorded"
            self.settled()
        self.settled()

    def fall_back_without_room(self) -> int:
        """One target never has room for the request, the other has none left in this minute."""
        if time.time() % 60 > 55:
            time.sleep(60 - time.time() % 60)
        self.leave_a_reservation_behind()
        assert self.chat("hello", model="full").status_code == 200
        return int(self.chat("hello", model="nowhere").status_code)

    def leave_a_reservation_behind(self) -> None:
        """As a crash would: nobody settles it, and its time is over."""
        left = Reservation(
            request_id="req_left_behind",
            holds=(Hold(scope="tenant/gone|requests|minute|1", limit=10, amount=1),),
            expires_at=1,
        )
        assert self.gateway.backend.ledger.reserve(left, now=0) == Granted()

    def try_out_a_bad_table(self) -> None:
        """A canary none of whose requests is answered, until settle ends it."""
        records = self.gateway.backend.records("configuration")
        table = read_version(records, 1).table
        routes = {**table.routes, "simulated": table.routes["none"]}
        worse = table.model_copy(update={"routes": routes})
        publish(records, worse, author="the test", comment="", now=time.time(), percent=50)
        time.sleep(2 * FRESH)
        for number in range(50):
            self.chat(f"question {number}")
        self.settled()
        assert read_state(records).change.canary is None

    def probe(self) -> set[str]:
        """Each target that takes a permission of its own, as the schedule would have it."""
        names = ["nova-profile", "nova", "tagged", "elsewhere", "titan", "compatible"]
        told = self.gateway.functions.invoke("probe", {"targets": names})
        assert sorted(told) == sorted(names)
        return {each["outcome"] for each in told.values()}

    def die_after_the_batch(self) -> None:
        """Take the audit log's head back by a batch: as if its writer had died before it moved it."""
        index = self.gateway.backend.records("audit_index")
        head = index.get(*HEAD)
        assert head is not None
        self.chat("the batch that is beyond the head")
        self.settled()
        assert index.put(*HEAD, head.body)
        self.chat("whoever comes next finds it")
        self.settled()


@pytest.fixture(scope="module")
def travelled(upstream: Upstream) -> Iterator[Journeys]:
    """A gateway after every journey."""
    template = read_template()
    # What is watched for longer is still there when these tests end.
    template["Resources"]["ChatWorkflow"]["Properties"]["DefinitionSubstitutions"]["OverdueMarginSeconds"] = "0"
    gateway = EmulatedGateway.open(
        secrets={"openai/main": SECRET},
        # Only one service at a time can be asked: the other's permission is held to its call in test_second_opinion.py.
        parameters={"ModelAccountRoles": ACCOUNT_ROLE, "SecondOpinion": "comprehend"},
        template=template,
    )
    gateway.detect_pii_entities = lambda _: {"Entities": []}
    gateway.converse = _converse
    gateway.converse_stream = _converse_stream
    gateway.invoke_model = _invoke_model
    keys = sow(
        read_seed(SEED.format(url=upstream.url, most_tokens=MOST_TOKENS, account_role=ACCOUNT_ROLE), "the test"),
        gateway.backend,
    )
    gateway.start()
    try:
        journeys = Journeys(gateway, keys)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sallyport.configuration.FRESH_SECONDS", FRESH)
            _travel(journeys)
        assert upstream.authorizations == [f"Bearer {SECRET}"] * 3
        yield journeys
    finally:
        gateway.stop()


def _travel(journeys: Journeys) -> None:
    people = " ".join(f"person{number}@customers-of-acme-{number}.com" for number in range(1200))
    large = people + " and then some more" * (LARGE // 19)
    statuses = {
        "an answer": journeys.chat("Write to ann@example.com").status_code,
        "what the key may use": journeys.models().status_code,
    }
    journeys.settled()
    again = journeys.chat("Write to bob@example.com")
    assert again.headers.get("x-sallyport-cache") == "hit", again.text
    large_answer = journeys.chat(large, max_tokens=MOST_TOKENS)
    statuses |= {
        "a cached answer": again.status_code,
        "large content": large_answer.status_code,
        "a profile of Bedrock": journeys.chat("hello", model="nova-profile").status_code,
        "a model of Bedrock": journeys.chat("hello", model="nova").status_code,
        "an application's profile": journeys.chat("hello", model="tagged").status_code,
        "a model in another account": journeys.chat("hello", model="elsewhere").status_code,
        "vectors of Bedrock": journeys.embed("hello", "world").status_code,
        "a text to anonymize": journeys.anonymize("Write to carol@example.com").status_code,
        "a large text to anonymize": journeys.anonymize(large).status_code,
        "a secret": journeys.chat("hello", model="compatible").status_code,
        "the second target": journeys.chat("hello", model="second").status_code,
        "a policy's own lists": journeys.chat("ann@example.com of Project Falcon", key="listed").status_code,
        "a second opinion": journeys.chat("Write to ann@example.com", key="unsure").status_code,
        "a conversation by name": journeys.converse("Write to ann@example.com", "and to dan@example.com"),
        "a conversation": journeys.chat("hello", model="sticky").status_code,
        "a key": journeys.keyed("once and only once").status_code,
        "the same key again": journeys.keyed("once and only once").status_code,
    }
    statuses |= {
        "a stream": journeys.stream("Write to carol@example.com, streamed").status_code,
        "a stream of large content": journeys.stream(f"streamed {large}", max_tokens=MOST_TOKENS).status_code,
        "a stream of a profile of Bedrock": journeys.stream("hello, streamed", model="nova-profile").status_code,
        "a stream of an application's profile": journeys.stream("hello, streamed", model="tagged").status_code,
        "a stream of a model in another account": journeys.stream("hello, streamed", model="elsewhere").status_code,
        "a stream of a model of Bedrock": journeys.stream("hello, streamed", model="nova").status_code,
        "the second target of a stream": journeys.stream("hello, streamed", model="third").status_code,
        "a stream with a secret": journeys.stream("hello, streamed", model="compatible").status_code,
    }
    assert set(statuses.values()) == {200}, statuses
    assert "person7@customers-of-acme-7.com" in large_answer.text
    assert journeys.fall_back_without_room() == 502
    journeys.leave_a_reservation_behind()
    refused = {
        "no target left": journeys.chat("hello", model="none").status_code,
        "no such model": journeys.chat("hello", model="nobody").status_code,
        "blocked": journeys.chat("Write to ann@example.com", key="strict").status_code,
        "never enough": journeys.chat("hello", model="dear", key="stingy").status_code,
        "room once": journeys.chat("hello", key="poor").status_code,
        "room no more": journeys.chat("hello again", key="poor").status_code,
    }
    expected = dict(zip(refused, (503, 404, 400, 429, 200, 429), strict=True))
    assert refused == expected
    assert journeys.probe() == {"answered"}
    journeys.settled()
    journeys.lose_a_stream()
    journeys.try_out_a_bad_table()
    journeys.die_after_the_batch()


def _principals(gateway: EmulatedGateway) -> list[Principal]:
    return [*map(gateway.principal, gateway.stack.functions), *gateway.workflow_principals()]


def test_no_call_is_refused_on_any_journey(travelled):
    assert list(travelled.gateway.recorder.denied) == []


def test_every_permission_is_indispensable_to_some_journey(travelled):
    """A permission that can be taken away unnoticed is one that an intruder would have for nothing."""
    recorder = travelled.gateway.recorder
    spare = [
        f"{principal.name}: {permission}"
        for principal in _principals(travelled.gateway)
        for permission in principal.permissions
        if permission not in recorder.indispensable(principal.name) and not _not_rehearsed(permission)
    ]
    assert spare == []


def _not_rehearsed(permission: Permission) -> bool:
    delivery = any(condition.key == LOG_DELIVERY_KEY for condition in permission.conditions)
    return delivery or permission.action in NOT_REHEARSED


def test_the_list_of_what_is_not_rehearsed_names_nothing_else(travelled):
    """An entry that no role has any more, or that a journey does use, leaves the list."""
    written = {permission.action for each in _principals(travelled.gateway) for permission in each.permissions}
    used = {
        permission.action
        for each in _principals(travelled.gateway)
        for permission in travelled.gateway.recorder.indispensable(each.name)
    }
    assert NOT_REHEARSED.keys() <= written
    assert not NOT_REHEARSED.keys() & used


def test_no_wildcard_but_where_aws_has_no_resource_level(travelled):
    wide = {
        permission.action
        for each in _principals(travelled.gateway)
        for permission in each.permissions
        if permission.resource == "*"
    }
    assert wide - WITHOUT_RESOURCE <= NOT_REHEARSED.keys()


@pytest.mark.parametrize(
    ("partition", "reached"), [("routing", True), ("trial", True), ("shares", True), ("policy", False)]
)
def test_settle_reaches_routing_tables_and_no_policy(partition, reached, travelled):
    settle = next(each for each in _principals(travelled.gateway) if each.name == "settle")
    [table] = {each.resource for each in settle.permissions if each.conditions}
    for action in ("dynamodb:GetItem", "dynamodb:UpdateItem"):
        need = Need(action, table, {"dynamodb:LeadingKeys": partition})
        assert bool(authorize(settle.permissions, need)) is reached


@pytest.mark.parametrize(("partition", "reached"), [("|2026-11-21", True), ("acme|2026-11-21", False)])
def test_probe_writes_into_no_tenants_bill(partition, reached, travelled):
    probe = next(each for each in _principals(travelled.gateway) if each.name == "probe")
    [bills] = {each.resource for each in probe.permissions if each.conditions and each.action == "dynamodb:UpdateItem"}
    need = Need("dynamodb:UpdateItem", bills, {"dynamodb:LeadingKeys": partition})
    assert bool(authorize(probe.permissions, need)) is reached


def test_only_edge_reads_what_leads_back_to_a_person(travelled):
    def opens(principal: Principal) -> set[str]:
        return {
            condition.value
            for permission in principal.permissions
            if permission.action == "kms:Decrypt"
            for condition in permission.conditions
            if condition.key == "kms:EncryptionContext:purpose"
        }

    purposes = {principal.name: opens(principal) for principal in _principals(travelled.gateway)}
    assert [name for name, opened in purposes.items() if "pseudonyms" in opened] == ["edge"]
    assert [name for name, opened in purposes.items() if "audit" in opened] == []
    assert purposes["infer"] == {"redacted"}
    assert [name for name, opened in purposes.items() if "content" in opened] == ["redact"]
