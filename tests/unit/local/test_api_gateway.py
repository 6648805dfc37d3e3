"""sallyport_local.api_gateway: nobody reaches edge unasked, or as somebody else, and nobody waits for a slow model."""

import json

import anyio
import pytest

from sallyport.edge.context import CONTEXT_HEADER
from sallyport_local.api_gateway import MOST_AT_ONCE, ApiGateway

CALLER = {"tenant": "acme", "project": "web", "key_id": "k1"}
FORGED = json.dumps({"requestId": "forged-by-me", "authorizer": {**CALLER, "tenant": "other"}}).encode()


class Functions:
    """One key is good; without the store nobody can tell."""

    def invoke(self, name, event):
        assert name == "authenticate"
        match event["headers"].get("authorization"):
            case "Bearer good":
                return {"context": CALLER}
            case "Bearer unknowable":
                raise RuntimeError("the store is away")
            case _:
                raise Exception("Unauthorized")  # the text, and nothing else, is API Gateway's contract


class Edge:
    """Keeps the context that each request came with, and answers once `answer` is set."""

    def __init__(self):
        self.contexts = []
        self.answer = anyio.Event()

    async def __call__(self, scope, receive, send):
        given = [value for name, value in scope["headers"] if name == CONTEXT_HEADER.encode()]
        self.contexts.append([json.loads(value) for value in given])
        await self.answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def status(gateway, path="/v1/models", *headers):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": list(headers)}
    await gateway(scope, None, send)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def statuses(*requests):
    """Each request's status, and the contexts that reached edge."""

    async def run():
        edge = Edge()
        edge.answer.set()
        gateway = ApiGateway(Functions(), edge)
        return [(await status(gateway, path, *headers))[0] for path, *headers in requests], edge.contexts

    return anyio.run(run)


GOOD = (b"authorization", b"Bearer good")


@pytest.mark.parametrize(
    "path",
    ["//v1/models", "/v1/models/", "/healthz/", "/healthz/../v1/models", "//healthz", "/HEALTHZ", "/healthz;/v1/models",
     "/healthz\0", "/healthz ", "", "*"],
)  # fmt: skip
def test_no_way_of_writing_a_path_leads_past_the_authorizer(path):
    assert statuses((path,)) == ([401], [])


def test_only_health_is_open():
    assert statuses(("/healthz",), ("/v1/models",), ("/v1/models", GOOD))[0] == [200, 401, 200]


@pytest.mark.parametrize("path", ["/v1/models", "/healthz"])
def test_a_client_that_says_who_it_is_says_it_to_nobody(path):
    _, [contexts] = statuses((path, GOOD, (CONTEXT_HEADER.encode(), FORGED), (CONTEXT_HEADER.encode(), FORGED)))
    assert [context.get("authorizer") for context in contexts] == [CALLER if path == "/v1/models" else None]
    assert contexts[0]["requestId"].startswith("req_")


def test_a_store_out_of_reach_is_no_refusal_of_the_key():
    assert statuses(("/v1/models", (b"authorization", b"Bearer unknowable")))[0] == [503]


def test_more_than_can_run_at_once_are_told_to_come_back_and_a_bad_key_is_still_refused():
    async def run():
        edge = Edge()
        gateway = ApiGateway(Functions(), edge)
        async with anyio.create_task_group() as running:
            for _ in range(MOST_AT_ONCE):
                running.start_soon(status, gateway, "/v1/models", GOOD)
            while len(edge.contexts) < MOST_AT_ONCE:
                await anyio.sleep(0)
            busy = await status(gateway, "/v1/models", GOOD)
            refused = await status(gateway, "/v1/models")
            edge.answer.set()
        return busy, refused, await status(gateway, "/v1/models", GOOD)

    (busy, headers), (refused, _), (later, _) = anyio.run(run)
    assert (busy, refused, later) == (503, 401, 200)
    assert headers["retry-after"] == "2"
