"""What the two backends are asked for row 47: a table of what may vary, multiplied out.

Each case is a request, whole; the upstream answers it by the nonce that its text begins with, which is the case's own.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from bench.faults.matrix import FAULTS

BACKED, OVER_ANTHROPIC = "-backed", "-anthropic"
"""Ends the name of a route: a second target answers, and the wire is Anthropic's."""

LARGE = "All work and no play. " * 12_000
"""Too large to travel within the ticket."""

_PATHS = {"chat": "/v1/chat/completions", "responses": "/v1/responses", "messages": "/v1/messages"}


@dataclass(frozen=True)
class Case:
    """`sent` goes as JSON, or as the bytes that it is. `key` names one of the seed's, or is none.

    `part` is the row of the table. `settled`: what it leaves behind the answer is done before the next is asked.
    """

    part: str
    path: str
    sent: Any
    key: str | None = "app"
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    settled: bool = False

    @property
    def body(self) -> bytes:
        return self.sent if isinstance(self.sent, bytes) else json.dumps(self.sent).encode()


def cases() -> list[Case]:
    """All, each with a text of its own where its text is not the point."""
    parts = (_faults, _wires, _headers, _bodies, _broken, _features, _redacted, _answers, _limits, _repeated, _others)
    return list(itertools.chain.from_iterable(part() for part in parts))


_NUMBERS = itertools.count(1)


def _ask(dialect: str, model: str, *, text: str = "", stream: bool = False, **fields: Any) -> dict[str, Any]:
    said = f"case-{next(_NUMBERS)} {text}"
    asked = {"input": said} if dialect == "responses" else {"messages": [{"role": "user", "content": said}]}
    most = {"max_output_tokens" if dialect == "responses" else "max_tokens": 400}
    return {"model": model, **most, **asked, **({"stream": True} if stream else {}), **fields}


def _each() -> Iterator[tuple[str, str, bool]]:
    """Dialect, path, and whether it streams."""
    for (dialect, path), stream in itertools.product(_PATHS.items(), (False, True)):
        yield dialect, path, stream


def _faults() -> Iterator[Case]:
    """Whatever goes wrong at the upstream, alone in each dialect, and before a second target."""
    for models in FAULTS.values():
        for dialect, path, stream in _each():
            yield Case("upstream", path, _ask(dialect, models[stream], stream=stream))
        for stream in (False, True):
            yield Case("backed", _PATHS["chat"], _ask("chat", models[stream] + BACKED, stream=stream))


def _wires() -> Iterator[Case]:
    """The same from an upstream that speaks as Anthropic does, for each dialect in turn."""
    dialects = itertools.cycle(_PATHS)
    for models in FAULTS.values():
        for stream in (False, True):
            dialect = next(dialects)
            asked = _ask(dialect, models[stream] + OVER_ANTHROPIC, stream=stream)
            yield Case("upstream over Anthropic's wire", _PATHS[dialect], asked)


_HEADERS: tuple[tuple[str | None, Mapping[str, str]], ...] = (
    (None, {}),
    (None, {"authorization": "Bearer"}),
    (None, {"authorization": "Bearer nonsense"}),
    (None, {"authorization": "Basic dXNlcjpwYXNz"}),
    (None, {"authorization": f"Bearer sp_{'a' * 12}_{'b' * 43}"}),
    (None, {"x-api-key": f"sp_{'a' * 12}_{'b' * 43}"}),
    ("stranger", {}),
    ("app", {"content-type": "text/plain"}),
    ("app", {"content-type": "application/json; charset=latin-1"}),
    ("app", {"accept": "text/event-stream"}),
    ("app", {"x-request-id": "mine"}),
    ("app", {"x-tenant": "other", "x-user": "root", "x-forwarded-for": "10.0.0.1", "forwarded": "for=10.0.0.1"}),
    ("app", {"x-sallyport-target": "house", "x-amzn-trace-id": "Root=1-0-0"}),
    ("app", {"anthropic-version": "1999-01-01", "anthropic-beta": "none-2020-01-01"}),
    ("app", {"openai-organization": "org", "openai-beta": "assistants=v2"}),
    ("app", {"idempotency-key": ""}),
    ("app", {"idempotency-key": "k" * 300}),
    ("app", {"x-stainless-read-timeout": "1"}),
    ("app", {"x-stainless-read-timeout": "soon"}),
    ("app", {"x-stainless-retry-count": "nonsense"}),
)


def _headers() -> Iterator[Case]:
    for dialect, path in _PATHS.items():
        for key, headers in _HEADERS:
            yield Case("headers", path, _ask(dialect, "echo"), key=key, headers=headers)


_FIELDS: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {
        "model": (None, 7, "", "nothing", ["echo"]),
        "temperature": (0, 0.7, 3, -1, "hot", True),
        "top_p": (0.5, 2, "all"),
        "max_tokens": (0, -5, "many", 1, 10**9),
        "max_output_tokens": (0, "many", 64),
        "messages": ([], "hello", 7, [{}], [{"role": "user"}], [{"role": "king", "content": "x"}]),
        "input": ("", 7, [], [{"role": "user", "content": 7}]),
        "stream": ("yes", 1),
        "stop": ("END", ["a", "b"], 7),
        "unknown_field": ("value",),
        "metadata": ({"team": "blue"}, 7),
    }
)


def _bodies() -> Iterator[Case]:
    """Each field in each of its ways, good ones and bad ones beside each other."""
    for dialect, path in _PATHS.items():
        for name, values in _FIELDS.items():
            for value in values:
                # What a budget tells depends on what was settled.
                settled = name == "max_tokens"
                yield Case(f"field {name}", path, {**_ask(dialect, "echo"), name: value}, settled=settled)


def _broken() -> Iterator[Case]:
    """Bodies that are no request at all."""
    deep = b"[" * 2000 + b"]" * 2000
    for path in _PATHS.values():
        for sent in (b"", b"null", b"[]", b"7", b"{", b'{"model": "echo"', b"\xff\xfe", b"\xef\xbb\xbf{}", deep, b"{}"):
            yield Case("no request", path, sent)


_TOOL = {"type": "object", "properties": {"city": {"type": "string"}}}
_WISHES: Mapping[str, tuple[dict[str, Any], ...]] = MappingProxyType(
    {
        "chat": (
            {"tools": [{"type": "function", "function": {"name": "look", "parameters": _TOOL}}]},
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": _TOOL}}},
            {"n": 2},
            {"seed": 7, "logprobs": True},
            {"user": "u-1", "presence_penalty": 0.5},
        ),
        "responses": (
            {"tools": [{"type": "function", "name": "look", "parameters": _TOOL}]},
            {"text": {"format": {"type": "json_schema", "name": "a", "schema": _TOOL}}},
            {"instructions": "Be brief."},
            {"previous_response_id": "resp_1"},
            {"store": True},
        ),
        "messages": (
            {"tools": [{"name": "look", "input_schema": _TOOL}]},
            {"system": "Be brief."},
            {"thinking": {"type": "enabled", "budget_tokens": 2000}},
            {"top_k": 5, "stop_sequences": ["END"]},
            {"metadata": {"user_id": "u-1"}},
        ),
    }
)


def _features() -> Iterator[Case]:
    for dialect, path, stream in _each():
        for wish in _WISHES[dialect]:
            yield Case("features", path, _ask(dialect, "echo", stream=stream, **wish))
        yield Case("large", path, _ask(dialect, "echo", text=LARGE, stream=stream))


_PERSONAL = (
    "Mail ann@example.com now",
    "Card 4111 1111 1111 1111, please",
    "SSN 219-09-9999 it is",
    "The IBAN is GB33 BUKB 2020 1555 5555 55",
    "Device 00:1B:44:11:3A:B7 and project falcon",
)


def _redacted() -> Iterator[Case]:
    """Each action of a policy on what is personal: masked, hashed, blocked, kept to private targets, denied."""
    for dialect, path, stream in _each():
        for key, text in itertools.product(("fraud", "health"), _PERSONAL):
            yield Case("redaction", path, _ask(dialect, "house", text=text, stream=stream), key=key)


def _answers() -> Iterator[Case]:
    """Policies for answers, and places where requests may be processed."""
    for dialect, path, stream in _each():
        for key in ("masking", "blocking", "european"):
            yield Case("answers", path, _ask(dialect, "echo", text="Mail ann@example.com", stream=stream), key=key)


def _limits() -> Iterator[Case]:
    for dialect, path, stream in _each():
        for key, model, text in (
            ("small", "echo", "one"),
            ("small", "house", "not allowed"),
            ("small", "echo", "x" * 30_000),
            ("poor", "echo", "too dear"),
            ("thrifty", "echo", "cheaper"),
        ):
            yield Case("limits", path, _ask(dialect, model, text=text, stream=stream), key=key, settled=True)


def _repeated() -> Iterator[Case]:
    """The same question again: from the cache, of an SDK that retries, and under an Idempotency-Key."""
    for dialect, path, stream in _each():
        first = Case("cache", path, _ask(dialect, "cached", stream=stream), settled=True)
        yield from (first, first)
        asked = _ask(dialect, "echo", stream=stream)
        keyed = Case("Idempotency-Key", path, asked, headers={"idempotency-key": f"{dialect}-{stream}"}, settled=True)
        yield from (keyed, keyed, replace(keyed, sent={**asked, "temperature": 0.1}))
        again = Case("retry", path, _ask(dialect, "echo", stream=stream), settled=True)
        yield from (again, replace(again, headers={"x-stainless-retry-count": "1"}))


def _others() -> Iterator[Case]:
    """Every other route, and what there is none for."""
    for model, texts in itertools.product(("vectors", "echo", "nothing"), ("one", ["a", "b"], [], 7)):
        yield Case("embeddings", "/v1/embeddings", {"model": model, "input": texts})
    for model in ("echo", "nothing"):
        yield Case("count", "/v1/messages/count_tokens", _ask("messages", model) | {"max_tokens": None})
    for text in (*_PERSONAL, "", 7):
        yield Case("anonymize", "/v1/anonymize", {"text": text})
    for sent in ({"text": "x", "key": "none"}, {"text": "x"}):
        yield Case("restore", "/v1/anonymize/restore", sent)
    for path in ("/v1/models", "/v1/models/echo", "/v1/models/nothing", "/healthz", "/v1/nothing", *_PATHS.values()):
        for method in ("GET", "DELETE"):
            yield Case("routes", path, b"", method=method)
