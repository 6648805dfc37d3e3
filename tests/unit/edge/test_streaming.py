"""A stream through edge over ASGI: a scripted provider on one side, a client that may leave on the other."""

import asyncio
import json
import threading
import time
from contextlib import contextmanager

import pytest

from sallyport.attempts import Usage
from sallyport.composition import using
from sallyport.contracts import Completed, Purpose, RedactionPolicy
from sallyport.conversation import ChatAnswer, StopReason, Text
from sallyport.edge import event_stream, recording
from sallyport.edge.app import create_app
from sallyport.errors import ProviderReplyError, ProviderUnavailableError, StoreUnavailableError, VaultUnavailableError
from sallyport.ports import Execution
from sallyport.routing import parse_table
from sallyport.stream import Counted, LogProbs, Started, Stopped, TextDelta
from tests.unit.doubles import CANARY, a_route
from tests.unit.edge.conftest import CONTEXT, REQUEST_ID

LONG = 10.0
"""Seconds that nothing here takes."""

EMAIL = "bob@corp.example.org"
TARGET = {"provider": "scripted", "privacy": "private", "price": {"input": 3, "output": 15}}


def table(**fields):
    return parse_table(
        {
            "version": "1",
            "targets": {name: TARGET | {"model": name} | fields for name in ("first", "second")},
            "routes": {"demo": {"targets": ["first", "second"]}},
        }
    )


TABLE = table()
USAGE = Usage(input_tokens=10, output_tokens=5)
HELLO = (Started("m"), TextDelta("Dear <EMA"), TextDelta("IL_1>"), Stopped(StopReason.END), Counted(USAGE))


class Wait:
    """Says nothing until it is `over`, or the stream is closed."""

    def __init__(self):
        self.over = threading.Event()


class Scripted:
    """Provider and registry in one. A script is what each target says: events, errors to raise, and waits."""

    def __init__(self):
        self.scripts = {"first": HELLO, "second": HELLO}
        self.asked = []
        self.closed = []

    def get(self, name):
        return self

    def unmet(self, request, target):
        return ()

    @contextmanager
    def stream(self, request, target, *, max_tokens, timeout, first):
        self.asked.append(target.model)
        closing = threading.Event()
        try:
            yield self._play(self.scripts[target.model], closing)
        finally:
            closing.set()
            self.closed.append(target.model)

    def _play(self, script, closing):
        for step in script:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, Wait):
                while not step.over.wait(0.001):
                    if closing.is_set():
                        raise ProviderUnavailableError("The stream was closed.")
            else:
                yield step


class Published:
    """Remembers every event; `failures` times it fails first."""

    def __init__(self):
        self.failures = 0
        self.events = []

    def publish(self, message):
        if self.failures:
            self.failures -= 1
            raise StoreUnavailableError("Out of reach.")
        self.events.append(Completed.model_validate_json(message))


class Client:
    """One request over ASGI. `leaves` when it has seen so much; `seen` is called with every body so far."""

    def __init__(self, app, *, leaves=None, seen=lambda body: None, breaks=False, **fields):
        self._app = app
        self._leaves = leaves
        self._seen = seen
        self._breaks = breaks
        body = {"model": "demo", "messages": [{"role": "user", "content": f"I am {EMAIL}"}], "stream": True}
        self._body = json.dumps(body | fields).encode()
        self.status = None
        self.headers = {}
        self.body = b""
        self.ended = False

    async def talk(self):
        self._gone = asyncio.Event()
        self._sent = False
        if self._leaves == b"":
            self._gone.set()
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "path": "/v1/chat/completions",
            "raw_path": b"/v1/chat/completions",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in CONTEXT.items()],
        }
        await self._app(scope, self._receive, self._send)

    def leave(self):
        self._gone.set()

    async def _receive(self):
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        if self._breaks and self.body:
            raise OSError("The connection is gone.")
        self.body += message["body"]
        self.ended = not message.get("more_body", False)
        self._seen(self.body)
        if self._leaves and self._leaves in self.body:
            self._gone.set()

    @property
    def events(self):
        data = [each.removeprefix("data: ") for each in self.body.decode().split("\n\n") if each.startswith("data: ")]
        return [each if each == "[DONE]" else json.loads(each) for each in data]

    @property
    def text(self):
        chunks = [each for each in self.events if each != "[DONE]" and "choices" in each]
        return "".join(choice["delta"].get("content", "") for each in chunks for choice in each["choices"])


@pytest.fixture
def provider(services):
    services.providers = Scripted()
    services.configuration.routing_table = lambda: TABLE
    services.now = time.time
    return services.providers


@pytest.fixture
def published(services, workflow, monkeypatch):
    workflow.plans = True
    monkeypatch.setattr(recording, "WAITS", (0.0, 0.0))
    services.backend.events = Published()
    return services.backend.events


@pytest.fixture
def ask(services, provider, published):
    def ask(**options):
        client = Client(create_app(), **options)

        async def main():
            await asyncio.wait_for(client.talk(), LONG)

        with using(services):
            asyncio.run(main())
        return client

    return ask


def the_only(published):
    [completed] = published.events
    return completed.ticket, completed.answer


def test_a_stream_is_restored_ended_and_recorded_with_placeholders(ask, published, services):
    client = ask()
    ticket, answer = the_only(published)
    sealed = ChatAnswer.model_validate_json(services.vault.open(answer, "acme", Purpose.ANSWER))
    assert (client.status, client.text, client.events[-1]) == (200, f"Dear {EMAIL}", "[DONE]")
    assert client.headers["content-type"] == "text/event-stream"
    assert client.headers["x-request-id"] == REQUEST_ID
    assert client.headers["x-sallyport-target"] == "first"
    assert client.ended
    assert sealed.choices[0].blocks == (Text(text="Dear <EMAIL_1>"),)
    assert (ticket.failure, ticket.inference.stop_reason, ticket.inference.estimated) == (None, "end", False)
    assert ticket.inference.cost == 105


def test_the_record_is_there_before_the_client_is_told_why_the_answer_ended(ask, published):
    told = []

    def seen(body):
        told.append((b'"finish_reason":"stop"' in body or b"[DONE]" in body, len(published.events)))

    ask(seen=seen)
    assert any(ended for ended, _ in told)
    assert all(events == 1 for ended, events in told if ended)


def test_a_cached_answer_is_played_as_a_stream(ask, published, workflow, provider):
    workflow.plans = False
    client = ask(stream_options={"include_usage": True})
    assert client.text == f"You said: I am {EMAIL}"
    assert client.events[-1] == "[DONE]"
    assert client.events[-2]["usage"]["total_tokens"] == 7
    assert client.headers["x-sallyport-cache"] == "miss"  # what the double of the workflow says
    assert (provider.asked, published.events) == ([], [])


def test_tokens_that_nobody_counted_are_estimated(ask, published, provider):
    provider.scripts["first"] = (Started("m"), TextDelta("Hello"), Stopped(StopReason.END))
    assert ask().events[-1] == "[DONE]"
    inference = the_only(published)[0].inference
    assert inference.estimated
    assert inference.usage.output_tokens == 2
    assert inference.usage.input_tokens > 0


def test_several_choices_of_a_provider_that_gives_one(ask, published, provider):
    client = ask(n=3)
    chunks = [choice for each in client.events[:-1] for choice in each["choices"]]
    said = dict.fromkeys(range(3), "")
    for choice in chunks:
        said[choice["index"]] += choice["delta"].get("content", "")
    assert said == dict.fromkeys(range(3), f"Dear {EMAIL}")
    assert provider.asked == provider.closed == ["first"] * 3
    assert the_only(published)[0].inference.usage == Usage(input_tokens=30, output_tokens=15)


def test_a_prompt_that_is_read_several_times_is_estimated_as_often(ask, published, provider):
    provider.scripts["first"] = (Started("m"), TextDelta("Hello"), Stopped(StopReason.END))
    ask()
    ask(n=3)
    once, thrice = (each.ticket.inference.usage for each in published.events)
    assert (thrice.input_tokens, thrice.output_tokens) == (3 * once.input_tokens, 3 * once.output_tokens)


def test_one_choice_that_fails_in_the_middle_fails_all(ask, published, provider):
    provider.scripts["first"] = (*HELLO[:3], ProviderUnavailableError("Gone."))
    client = ask(n=2)
    assert client.events[-1]["error"]["code"] == "provider_unavailable"
    assert provider.closed == ["first"] * 2
    assert the_only(published)[0].inference.stop_reason == "cut"


@pytest.mark.parametrize("began", [(), (Started("m"),)], ids=["at once", "after its first event"])
def test_another_target_is_asked_until_something_was_said(began, ask, published, provider):
    provider.scripts["first"] = (*began, ProviderUnavailableError("Gone."))
    client = ask()
    ticket, _ = the_only(published)
    assert (client.text, client.headers["x-sallyport-attempts"]) == (f"Dear {EMAIL}", "2")
    assert (provider.asked, provider.closed) == (["first", "second"], ["first", "second"])
    assert [each.target for each in ticket.attempts] == ["first"]
    assert ticket.inference.target == "second"


def test_nobody_else_is_asked_once_something_was_said(ask, published, provider):
    provider.scripts["first"] = (*HELLO[:3], ProviderUnavailableError("Gone."))
    client = ask()
    ticket, answer = the_only(published)
    assert provider.asked == ["first"]
    assert client.text == f"Dear {EMAIL}"
    assert client.events[-1]["error"]["code"] == "provider_unavailable"
    assert (ticket.failure.error, ticket.inference.stop_reason) == ("ProviderUnavailableError", "cut")
    assert [(each.target, each.reason) for each in ticket.attempts] == [
        ("first", "ProviderUnavailableError; the answer had begun")
    ]
    assert answer is not None


def test_what_was_held_back_is_said_before_the_error(ask, provider):
    provider.scripts["first"] = (Started("m"), TextDelta("Dear <EMA"), TextDelta("IL"), ProviderReplyError("Odd."))
    provider.scripts["second"] = (ProviderReplyError("Odd."),)
    assert ask().text == "Dear <EMAIL"


def test_before_the_first_word_a_failure_is_a_proper_error(ask, published, provider):
    for name in provider.scripts:
        provider.scripts[name] = (ProviderUnavailableError("Gone."),)
    client = ask()
    ticket, answer = the_only(published)
    assert (client.status, client.headers["content-type"]) == (502, "application/json")
    assert json.loads(client.body)["error"]["code"] == "provider_unavailable"
    assert (ticket.failure.error, ticket.inference, answer) == ("ProviderUnavailableError", None, None)


def test_a_stream_that_just_stops_is_no_answer(ask, published, provider):
    provider.scripts["first"] = HELLO[:3]
    assert ask().events[-1]["error"]["code"] == "provider_reply_invalid"
    assert the_only(published)[0].inference.stop_reason == "cut"


def test_a_bug_is_told_without_its_text(ask, published, provider, log):
    provider.scripts["first"] = (*HELLO[:3], ValueError(CANARY))
    client = ask()
    assert client.events[-1]["error"]["code"] == "internal_error"
    assert the_only(published)[0].failure.error == "InternalError"
    assert CANARY not in client.body.decode() + log.text + published.events[0].model_dump_json()


def test_a_client_that_leaves_in_the_middle_closes_the_provider_and_is_recorded(ask, published, provider):
    provider.scripts["first"] = (*HELLO[:3], Wait(), *HELLO[3:])
    client = ask(leaves=EMAIL.encode())
    ticket, answer = the_only(published)
    assert provider.closed == ["first"]
    assert (ticket.failure.error, ticket.inference.stop_reason) == ("ClientLeftError", "cut")
    assert ticket.inference.estimated
    assert answer is not None
    assert "[DONE]" not in client.events


def test_a_client_that_leaves_before_the_first_word_closes_the_provider_too(services, published, provider):
    provider.scripts["first"] = (Wait(), *HELLO)
    client = Client(create_app())

    async def main():
        talking = asyncio.create_task(client.talk())
        async with asyncio.timeout(LONG):
            while not provider.asked:
                await asyncio.sleep(0.001)
            client.leave()
            await talking

    with using(services):
        asyncio.run(main())
    ticket, answer = the_only(published)
    assert (provider.asked, provider.closed) == (["first"], ["first"])
    assert (ticket.failure.error, ticket.inference, answer) == ("ClientLeftError", None, None)


def test_for_a_client_that_left_before_that_no_provider_is_asked(ask, published, provider):
    ask(leaves=b"")
    ticket, answer = the_only(published)
    assert (provider.asked, provider.closed) == ([], [])
    assert (ticket.failure.error, ticket.inference, answer) == ("ClientLeftError", None, None)


def test_a_connection_that_breaks_while_sending_is_a_client_that_left(ask, published, provider):
    provider.scripts["first"] = (Started("m"), *(TextDelta("word ") for _ in range(50_000)), Wait())
    ask(breaks=True)
    assert the_only(published)[0].failure.error == "ClientLeftError"
    assert provider.closed == ["first"]


def test_a_server_that_stops_closes_the_provider_and_records(services, published, provider):
    provider.scripts["first"] = (*HELLO[:3], Wait())

    async def main():
        said = asyncio.Event()
        client = Client(create_app(), seen=lambda body: said.set())
        task = asyncio.create_task(client.talk())
        await asyncio.wait_for(said.wait(), LONG)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with using(services):
        asyncio.run(main())
    assert the_only(published)[0].failure.error == "ClientLeftError"
    assert provider.closed == ["first"]


def cut(services, *, seen=lambda app, body: None, first=lambda app: None):
    """A client of an application whose streams are cut when one of these says so."""
    app = create_app()
    client = Client(app, seen=lambda body: seen(app, body))

    async def main():
        first(app)
        await asyncio.wait_for(client.talk(), LONG)

    with using(services):
        asyncio.run(main())
    return client


def test_a_stream_that_is_cut_says_so_and_is_recorded_as_far_as_it_came(services, published, provider):
    provider.scripts["first"] = (*HELLO[:3], Wait())

    def seen(app, body):
        if EMAIL.encode() in body:
            app.state.streams.cut()

    client = cut(services, seen=seen)
    ticket, answer = the_only(published)
    assert (client.text, client.events[-1]["error"]["code"]) == (f"Dear {EMAIL}", "stream_lost")
    assert (ticket.failure.error, ticket.inference.stop_reason) == ("StreamLostError", "cut")
    assert ticket.inference.usage.output_tokens > 0
    assert (provider.asked, provider.closed, answer is not None) == (["first"], ["first"], True)


def test_a_stream_that_is_cut_before_its_first_word_is_a_proper_error(services, published, provider):
    client = cut(services, first=lambda app: app.state.streams.cut())
    ticket, answer = the_only(published)
    assert (client.status, json.loads(client.body)["error"]["code"]) == (503, "stream_lost")
    assert client.headers["x-should-retry"] == "true"
    assert (ticket.failure.error, ticket.inference, answer) == ("StreamLostError", None, None)
    assert provider.closed == provider.asked


def test_a_plan_that_cannot_be_opened_is_recorded(ask, published, workflow, services, monkeypatch):
    def gone(*_):
        raise VaultUnavailableError("The key store is out of reach.")

    open_ = services.vault.open
    monkeypatch.setattr(
        services.vault,
        "open",
        lambda sealed, tenant, purpose: (gone if purpose is Purpose.PSEUDONYMS else open_)(sealed, tenant, purpose),
    )
    assert ask().status == 503
    ticket, answer = the_only(published)
    assert (ticket.failure.error, ticket.inference, answer) == ("VaultUnavailableError", None, None)


def test_no_model_is_asked_for_a_stream_that_could_not_be_sealed(ask, published, provider, services, monkeypatch):
    def gone(*_):
        raise VaultUnavailableError("The key store is out of reach.")

    monkeypatch.setattr(services.vault, "prepare", gone)
    assert ask().status == 503
    ticket, answer = the_only(published)
    assert (ticket.failure.error, answer, provider.asked) == ("VaultUnavailableError", None, [])


@pytest.mark.parametrize("before", [HELLO[:1], HELLO[:3]], ids=["before its first word", "in the middle"])
def test_a_comment_breaks_the_silence_of_a_provider_that_has_begun(before, ask, published, provider, monkeypatch):
    """The provider goes on only when the client has seen one."""
    monkeypatch.setattr(event_stream, "SILENCE_SECONDS", 0.005)
    wait = Wait()
    provider.scripts["first"] = (*before, wait, *HELLO[len(before) :])

    def seen(body):
        if b": keep-alive\n\n" in body:
            wait.over.set()

    client = ask(seen=seen)
    assert client.text == f"Dear {EMAIL}"
    assert client.events[-1] == "[DONE]"


@pytest.fixture
def masking(workflow, services, provider):
    """The targets are a cloud's, and what they bring up is masked."""
    workflow.policy, workflow.route = RedactionPolicy(answers="mask"), a_route("first", "second")
    services.configuration.routing_table = lambda: table(privacy="cloud")


@pytest.mark.usefixtures("masking")
def test_while_words_are_held_back_a_comment_breaks_the_silence(ask, published, provider, services, monkeypatch):
    """The provider goes on only when the client has seen one."""
    monkeypatch.setattr(event_stream, "SILENCE_SECONDS", 0.005)
    wait = Wait()
    said = (TextDelta("Ask eve@corp.example.org or <EMAIL_1>"), wait, TextDelta(" now."))
    provider.scripts["first"] = (Started("m"), *said, Stopped(StopReason.END), Counted(USAGE))

    def seen(body):
        if b": keep-alive\n\n" in body:
            wait.over.set()

    client = ask(seen=seen)
    ticket, answer = the_only(published)
    sealed = ChatAnswer.model_validate_json(services.vault.open(answer, "acme", Purpose.ANSWER))
    assert client.text == f"Ask [EMAIL] or {EMAIL} now."
    assert client.events[-2]["sallyport"]["warnings"][-1]["field"] == "answer"
    assert ticket.inference.found == {"EMAIL": 1}
    assert ticket.inference.cost == 105
    assert sealed.choices[0].blocks == (Text(text="Ask eve@corp.example.org or <EMAIL_1> now."),)


@pytest.mark.usefixtures("masking")
def test_a_long_piece_is_masked_wherever_it_is_said(ask, published, provider):
    long = "So be it. " * 180 + "Ask eve@corp.example.org. "
    said = (TextDelta(long), TextDelta("Well. "), TextDelta(long))
    provider.scripts["first"] = (Started("m"), *said, Stopped(StopReason.END), Counted(USAGE))
    masked = long.replace("eve@corp.example.org", "[EMAIL]")
    assert ask().text == f"{masked}Well. {masked}"
    assert the_only(published)[0].inference.found == {"EMAIL": 2}


@pytest.mark.usefixtures("masking")
def test_what_was_held_back_is_said_masked_before_the_error(ask, published, provider):
    provider.scripts["first"] = (Started("m"), TextDelta("So be it. " * 40), TextDelta("Ask eve@corp.example.org"))
    provider.scripts["first"] += (ProviderReplyError("Broken."),)
    client = ask()
    assert client.text == "So be it. " * 40 + "Ask [EMAIL]"
    assert "error" in client.events[-1]


@pytest.mark.usefixtures("masking")
def test_while_everything_is_held_back_another_target_may_be_asked(ask, published, provider):
    provider.scripts["first"] = (Started("m"), TextDelta("Ask"), ProviderReplyError("Broken."))
    assert ask().text == f"Dear {EMAIL}"
    assert provider.asked == ["first", "second"]


def test_words_are_relayed_as_they_come(ask, provider):
    """The provider says the next word only when the client has the one before."""
    waits = [Wait() for _ in range(20)]
    script = [Started("m")]
    for number, wait in enumerate(waits):
        script += [TextDelta(f"word{number} "), wait]
    provider.scripts["first"] = (*script, Stopped(StopReason.END))

    def seen(body):
        for number, wait in enumerate(waits):
            if b"word%d " % number in body:
                wait.over.set()

    assert ask(seen=seen).text == "".join(f"word{number} " for number in range(20))


@pytest.mark.parametrize(("failures", "recorded"), [(0, True), (2, True), (3, False)])
def test_what_cannot_be_recorded_in_three_tries_is_no_answer(failures, recorded, ask, published):
    published.failures = failures
    client = ask()
    assert (client.events[-1] == "[DONE]") is recorded
    assert len(published.events) == recorded
    if not recorded:
        assert client.events[-1]["error"]["code"] == "audit_unavailable"
        assert b'"finish_reason":"stop"' not in client.body


def test_how_likely_tokens_were_is_told_of_the_placeholders(ask, provider):
    token = {"token": "<EMAIL_1>", "logprob": -0.5, "bytes": None, "top_logprobs": []}
    provider.scripts["first"] = (*HELLO[:3], LogProbs(content=[token]), *HELLO[3:])
    client = ask(logprobs=True)
    told = [each["choices"][0]["logprobs"] for each in client.events[:-1]]
    assert client.text == f"Dear {EMAIL}"
    assert [each["content"] for each in told if each] == [[token]]


def test_a_workflow_without_a_plan_is_an_error(ask, services, workflow):
    workflow.plans = False
    ask()
    output = dict(workflow.chat(REQUEST_ID, workflow.started[0].to_json()).output)
    output.pop("answer")
    workflow.ends = Execution("SUCCEEDED", output=output)
    assert ask().status == 503
