"""An OpenAI-compatible server that echoes, and misbehaves by the name of the model it is asked for.

A stream comes in pieces of 5 characters. That of `patient` goes on after its first piece only when it is told to, and
that of `cutting` breaks off after 3 pieces.
"""

import base64
import json
import re
import select
import struct
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

CARD, PHONE = "4111 1111 1111 1111", "(415) 555 0199"
A_CARD, A_PHONE, AN_IBAN, A_TERM = "(a card)", "(a phone number)", "(an IBAN)", "(a term)"
_BROUGHT_UP = {A_CARD: CARD, A_PHONE: PHONE, AN_IBAN: "DE89 3704 0044 0532 0130 00", A_TERM: "falcon Heights"}
"""What it says by itself where it is asked for it."""


class Upstream:
    """Serves until `close`. `requests` holds every body it was sent, oldest first."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.authorizations: list[str | None] = []
        self.go_on = Event()
        self.hung_up = Event()
        upstream = self

        class Handler(_Handler):
            def remember(self, body: dict[str, Any]) -> None:
                upstream.requests.append(body)
                upstream.authorizations.append(self.headers.get("authorization"))

            def wait(self) -> bool:
                """Until the stream may go on; False when the other side hung up meanwhile."""
                while not upstream.go_on.is_set():
                    if select.select([self.connection], [], [], 0.01)[0]:
                        upstream.hung_up.set()
                        return False
                return True

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def asked(self, model: str) -> int:
        return sum(body["model"] == model for body in self.requests)

    def texts(self) -> str:
        """Everything that the provider was ever sent, as one text."""
        return json.dumps(self.requests, ensure_ascii=False)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # a connection that finds five others waiting comes again after a second


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # it would hold back each body for 40 ms

    def remember(self, body: dict[str, Any]) -> None:
        raise NotImplementedError

    def wait(self) -> bool:
        raise NotImplementedError

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.remember(body)
        match body["model"]:
            case "throttled":
                self._say(429, {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, {"retry-after": "7"})
            case "moment":
                self._say(429, {"error": {"message": "a bit", "code": "rate_limit_exceeded"}}, {"retry-after": "1"})
            case "broken":
                self._say(500, {"error": {"message": "oops"}})
            case "strict":
                self._say(400, {"error": {"message": "no", "code": "context_length_exceeded"}})
            case "locked":
                self._say(401, {"error": {"message": "who are you"}})
            case "hanging":
                time.sleep(30)
            case "closing":
                self.close_connection = True
            case "garbage":
                self._say(200, "<html>")
            case _ if "input" in body:
                self._say(200, _embeddings(body))
            case _ if body.get("stream"):
                self._stream(_answer(body))
            case _:
                self._say(200, _answer(body))

    def _stream(self, answer: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for number, chunk in enumerate(_chunks(answer)):
            if number == 3 and answer["model"] == "cutting":
                return
            if number == 2 and answer["model"] == "patient" and not self.wait():
                return
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def _say(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _chunks(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The role, the pieces, the reason why it ends, the usage."""
    [choice] = answer["choices"]
    shared = {name: answer[name] for name in ("id", "created", "model")} | {"object": "chat.completion.chunk"}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {**shared, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    for text in _pieces(choice["message"]["content"] or ""):
        yield chunk({"content": text})
    for index, call in enumerate(choice["message"].get("tool_calls", [])):
        function = {"name": call["function"]["name"], "arguments": ""}
        yield chunk({"tool_calls": [{"index": index, "id": call["id"], "type": "function", "function": function}]})
        for text in _pieces(call["function"]["arguments"]):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": text}}]})
    yield chunk({}, choice["finish_reason"])
    yield {**shared, "choices": [], "usage": answer["usage"]}


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + 5] for start in range(0, len(text), 5))


def _embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """For each text a vector of its length and its place, last one first; in base64 if that is asked for."""
    vectors = [[float(len(text)), float(place)] + [0.5] * 254 for place, text in enumerate(body["input"])]
    told: list[Any] = list(vectors)
    if body.get("encoding_format") == "base64":
        told = [base64.b64encode(struct.pack("<256f", *vector)).decode() for vector in vectors]
    data = [{"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(told)]
    tokens = 10 * len(vectors)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data[::-1], "model": body["model"], "usage": usage}


def _conclusion(notes: str) -> str:
    """As a model fills the form that docs/examples/fraud asks for: with what it was given in place of values."""
    customer, beneficiary = re.findall(r"<EMAIL_\d>", notes)[:2]
    [account] = re.findall(r"<IBAN_\d>", notes)[:1]
    return json.dumps(
        {
            "customer": customer,
            "account": account,
            "beneficiary": beneficiary,
            "fraud_type": "phishing",
            "amount_eur": 3550,
            "summary": f'{customer} was phished; {account} paid "{beneficiary}".',
        }
    )


def _answer(body: dict[str, Any]) -> dict[str, Any]:
    """Echoes the last message; calls the first tool, with the last message as its argument, when it must."""
    said = body["messages"][-1]["content"]
    text = said if isinstance(said, str) else " ".join(part.get("text", "") for part in said or [])
    for asked, value in _BROUGHT_UP.items():
        text = text.replace(asked, value)
    message: dict[str, Any] = {"role": "assistant", "content": f"You said: {text}"}
    if body.get("response_format", {}).get("json_schema", {}).get("name") == "conclusion":
        message["content"] = _conclusion(text)
    if body.get("tool_choice") == "required":
        call = {"name": body["tools"][0]["function"]["name"], "arguments": json.dumps({"text": text})}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": call}],
        }
    return {
        "id": "up-1",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [
            {"index": 0, "message": message, "finish_reason": "tool_calls" if "tool_calls" in message else "stop"}
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
    }
