"""Secrets are planted wherever content may be, and looked for wherever the gateway writes."""

import base64
import contextlib
import io
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.client
import pytest

from sallyport.observability import logger, metrics
from sallyport_local.assembly import EmbeddedGateway
from sallyport_local.emulation import EmulatedGateway
from tests.e2e.conftest import SECRET
from tests.e2e.running import Running, serving
from tests.e2e.upstream import Upstream

CANARIES = {
    "system": "CANARY-SYSTEM-7f31 keep this",
    "prompt": "CANARY-PROMPT-2b9c and 4111 1111 1111 1111",
    "e-mail": "canary.mail.5d2e@example.com",
    "tool arguments": "CANARY-ARGUMENT-91aa",
    "tool result": "CANARY-RESULT-c0de",
    "tool description": "CANARY-DESCRIPTION-3e3e",
    "user": "CANARY-USER-77ab",
    "metadata": "CANARY-METADATA-1f1f",
    "text to embed": "CANARY-EMBED-4c4c",
    "field of a wrong type": "CANARY-WRONG-8d8d",
}


def _forms(canary: str) -> Iterator[bytes]:
    """As it is, as JSON escapes it, and as base64 shows it at each alignment."""
    yield canary.encode()
    yield json.dumps(canary)[1:-1].encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + canary.encode() + b"\0" * 3)
        yield encoded[4 if shift else 0 : -8]


def _plant(running: Running) -> list[str]:
    """Answers of every kind; the bodies of those that are errors."""
    call = {"name": "look", "arguments": json.dumps({"for": CANARIES["tool arguments"]})}
    tool = {"name": "look", "description": CANARIES["tool description"], "parameters": {"type": "object"}}
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": CANARIES["system"]},
        {"role": "user", "content": f"{CANARIES['prompt']} for {CANARIES['e-mail']}"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "type": "function", "function": call}]},
        {"role": "tool", "tool_call_id": "c1", "content": CANARIES["tool result"]},
        {"role": "user", "content": f"Now {CANARIES['prompt']}"},
    ]
    body = {
        "messages": messages,
        "tools": [{"type": "function", "function": tool}],
        "user": CANARIES["user"],
        "metadata": {"note": CANARIES["metadata"]},
    }
    answers = [running.post({"model": model, **body}) for model in ("echo", "echo", "throttled", "strict", "doomed")]
    streams = [
        running.post({"model": model, "stream": True, "seed": 7, **body})
        for model in ("echo", "throttled", "cutting", "strict", "doomed")
    ]
    running.settle()
    answers += [running.post({"model": model, **body}, "fraud") for model in ("echo", "house")]
    answers.append(running.post({"model": "echo", **body, "messages": [*messages, CANARIES["field of a wrong type"]]}))
    answers.append(running.post({"model": "echo", **body, "temperature": CANARIES["field of a wrong type"]}))
    answers.append(running.post({"model": "echo", **body, "padding": "x" * 300_000}))
    texts = [CANARIES["text to embed"], CANARIES["e-mail"]]
    answers += [running.embed(*texts, model=model, user=CANARIES["user"]) for model in ("vectors", "vectors", "echo")]
    answers.append(running.embed(*texts * 200))
    answers.append(running.embed(CANARIES["text to embed"], encoding_format=CANARIES["field of a wrong type"]))
    running.settle()
    assert {answer.status_code for answer in answers} == {200, 400, 502, 503}
    assert CANARIES["prompt"] in answers[0].text, "the client itself must get its own words back"
    assert {answer.status_code for answer in streams} == {200, 400, 502}
    broken = streams[2].text.split("\n\n")[-2]
    assert "error" in json.loads(broken.removeprefix("data: "))
    return [broken, *(answer.text for answer in (*answers, *streams) if answer.status_code != 200)]


class Everything(logging.Formatter):
    """A record with all that it carries: extra keys, arguments and the exception's text."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{super().format(record)} {json.dumps(record.__dict__, ensure_ascii=False, default=str)}"


@contextlib.contextmanager
def _listening() -> Iterator[io.StringIO]:
    """Every line that anybody logs, at every level."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Everything())
    levels = {each: each.level for each in (logging.getLogger(), logging.getLogger(logger.name))}
    for each in levels:
        each.addHandler(handler)
        each.setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        for each, level in levels.items():
            each.removeHandler(handler)
            each.setLevel(level)


def _assert_absent(written: dict[str, bytes], running: Running) -> None:
    secrets = {**CANARIES, "API key": running.keys["app"], "provider credential": SECRET}
    found = [
        f"{what} in {where}"
        for what, canary in secrets.items()
        for form in set(_forms(canary))
        for where, data in written.items()
        if form in data
    ]
    assert not found


def test_nothing_readable_is_written_on_the_embedded_backend(
    tmp_path: Path, upstream: Upstream, capfd: pytest.CaptureFixture[str]
):
    states: list[Any] = []
    environment = {**os.environ, "SALLYPORT_SECRET_OPENAI_MAIN": SECRET}
    gateway = EmbeddedGateway.open(
        tmp_path / "data", environment, on_visit=lambda name, received, output: states.append([name, received, output])
    )
    with _listening() as lines, serving("embedded", gateway, upstream.url, tmp_path) as running:
        errors = _plant(running)
        files = {str(path): path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    printed = capfd.readouterr()
    written = {
        **files,
        "state inputs and outputs": json.dumps(states, ensure_ascii=False).encode(),
        "log lines": lines.getvalue().encode(),
        "metrics": json.dumps(metrics.provider.serialize_metric_set()).encode(),
        "standard output": printed.out.encode(),
        "standard error": printed.err.encode(),
        "error bodies": "\n".join(errors).encode(),
    }

    assert len(states) > 50
    assert b"Findings" in written["metrics"]
    _assert_absent(written, running)


def test_nothing_readable_goes_to_aws(
    upstream: Upstream, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    calls: list[str] = []
    api_call = botocore.client.BaseClient._make_api_call

    def recorded(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        result = api_call(client, operation, parameters)
        if operation not in ("GetSecretValue", "CreateSecret"):
            calls.append(f"{operation} {_shown(parameters)} {_shown(result)}")
        return result

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", recorded)
    gateway = EmulatedGateway.open(secrets={"openai/main": SECRET})
    with _listening() as lines, serving("emulated", gateway, upstream.url, None) as running:
        errors = _plant(running)
    printed = capfd.readouterr()
    operations = {call.split(" ", 1)[0] for call in calls}

    # What a table holds, a queue carried, a bucket keeps and a workflow passed, went through these calls.
    assert operations >= {"TransactWriteItems", "PutItem", "ReceiveMessage", "PutObject", "Publish"}
    _assert_absent(
        {
            **{f"call {number}: {call[:60]}": call.encode() for number, call in enumerate(calls)},
            "log lines": lines.getvalue().encode(),
            "metrics": json.dumps(metrics.provider.serialize_metric_set()).encode(),
            "standard output": printed.out.encode(),
            "standard error": printed.err.encode(),
            "error bodies": "\n".join(errors).encode(),
        },
        running,
    )


def _shown(value: Any) -> str:
    """Parameters and results as text; bytes as the bytes they are."""
    return json.dumps(value, ensure_ascii=False, default=_bytes)


def _bytes(value: Any) -> str:
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("latin-1")
    return str(value)
