"""sallyport_local.api_gateway: nobody reaches edge unasked, or as somebody else, and nobody waits for a slow model."""

import json
import threading

import anyio
import pytest

from sallyport.edge.context import CONTEXT_HEADER
from sallyport_local.api_gateway import ApiGateway

CALLER = {"tenant": "acme", "project": "web", "key_id": "k1"}
FORGED = json.dumps({"requestId": "forged-by-me", "authorizer": {**CALLER, "tenant": "other"}}).encode()


class Functions:
    """One key is good; without the store nobody can tell."""

    def invoke(self, name, event):
        assert name == "authenticate"
        match event["headers"].get("authorization"):
            case "Bearer good":
                return {"context": CALLER}
            case "Bearer other":
                return {"context": CALLER | {"tenant": "other"}}
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


GOOD, OTHER = (b"authorization", b"Bearer good"), (b"authorization", b"Bearer other")


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


def crowded(*, places, requests, then):
    """What `then` requests get, one after the other, while the others are under way; and one later."""

    async def run():
        edge = Edge()
        gateway = ApiGateway(Functions(), edge, most_at_once=places)
        async with anyio.create_task_group() as running:
            for headers in requests:
                running.start_soon(status, gateway, "/v1/models", headers)
            with anyio.fail_after(10):
                while len(edge.contexts) < len(requests):
                    await anyio.sleep(0)
            got = [await status(gateway, path, *headers) for path, *headers in then]
            edge.answer.set()
        return got, await status(gateway, "/v1/models", GOOD)

    return anyio.run(run)


def test_more_than_can_run_at_once_are_told_to_come_back_and_a_bad_key_is_still_refused():
    then = [("/v1/models", GOOD), ("/v1/models",)]
    [(busy, headers), (refused, _)], (later, _) = crowded(places=8, requests=[GOOD] * 7, then=then)
    assert (busy, refused, later) == (503, 401, 200)
    assert (headers["retry-after"], headers["x-should-retry"]) == ("2", "true")


@pytest.mark.parametrize(
    ("path", "id_header"), [("/v1/chat/completions", "x-request-id"), ("/v1/messages", "request-id")]
)
def test_whoever_is_turned_away_is_told_so_in_its_dialect(path, id_header):
    sent = []

    async def run():
        async def send(message):
            sent.append(message)

        gateway = ApiGateway(Functions(), None, most_at_once=1)
        assert gateway._shares.take("other")
        await gateway({"type": "http", "method": "POST", "path": path, "headers": [GOOD]}, None, send)

    anyio.run(run)
    body = json.loads(sent[1]["body"])
    assert sent[0]["status"] == 503
    assert body["error"]["type"] == ("overloaded_error" if "messages" in path else "api_error")
    assert dict(sent[0]["headers"])[id_header.encode()].startswith(b"req_")


def test_one_tenants_crowd_leaves_a_place_for_another_and_health_is_always_told():
    async def run():
        edge = Edge()
        gateway = ApiGateway(Functions(), edge, most_at_once=8)
        async with anyio.create_task_group() as running:
            for number, headers in enumerate([GOOD] * 7 + [OTHER]):
                running.start_soon(status, gateway, "/v1/models", headers)
                with anyio.fail_after(10):
                    while len(edge.contexts) <= number:
                        await anyio.sleep(0)
            full = await status(gateway, "/v1/models", OTHER)
            edge.answer.set()
            health = await status(gateway, "/healthz")
        return full[0], health[0], [context[0]["authorizer"]["tenant"] for context in edge.contexts[:8]]

    full, health, tenants = anyio.run(run)
    assert (full, health) == (503, 200)
    assert tenants.count("other") == 1


def test_not_even_the_question_who_asks_is_queued_without_an_end(monkeypatch):
    monkeypatch.setattr("sallyport_local.api_gateway.MOST_UNKNOWN", 0)
    assert statuses(("/v1/models", GOOD), ("/v1/models",), ("/healthz",))[0] == [503, 503, 200]


@pytest.mark.parametrize("key", [b"Bearer good", b"Bearer bad", b"Bearer unknowable"])
def test_a_caller_that_no_store_is_asked_for_is_told_apart_without_a_thread(key):
    places, asked = [], []

    class Noting(Functions):
        def invoke(self, name, event):
            places.append(threading.current_thread() is threading.main_thread())
            return super().invoke(name, event)

    def remembers(headers):
        asked.append(headers["authorization"])
        return len(asked) == 2

    async def run():
        edge = Edge()
        edge.answer.set()
        gateway = ApiGateway(Noting(), edge, remembers=remembers)
        return [(await status(gateway, "/v1/models", (b"authorization", key)))[0] for _ in range(3)]

    assert len(set(anyio.run(run))) == 1
    assert (places, asked) == ([False, True, False], [key.decode()] * 3)
