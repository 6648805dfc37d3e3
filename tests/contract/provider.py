"""An OpenAI-compatible server that replies as a test tells it to, and echoes when it is told nothing.

A completion that is asked for as a stream is sent in pieces of 5 characters.
"""

import json
import urllib.request
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

PIECE = 5

USAGE = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}


@dataclass(frozen=True)
class Reply:
    status: int
    body: dict[str, Any] | str
    headers: dict[str, str] = field(default_factory=dict)


def completion(*messages: dict[str, Any], finish: str = "stop", **choice: Any) -> Reply:
    """One choice a message; `choice` are further fields of each of them."""
    choices = [
        {"index": index, "message": {"role": "assistant", **message}, "finish_reason": finish, **choice}
        for index, message in enumerate(messages)
    ]
    return Reply(200, {"id": "up-1", "object": "chat.completion", "created": 1, "choices": choices, "usage": USAGE})


def calling(*calls: tuple[str, str, dict[str, Any]]) -> Reply:
    """A completion that calls tools, each by id, name and arguments."""
    tool_calls = [
        {"id": id_, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for id_, name, arguments in calls
    ]
    return completion({"content": None, "tool_calls": tool_calls}, finish="tool_calls")


def streamed(*choices: dict[str, Any]) -> Reply:
    """A stream with a chunk for each choice, by its further fields; the last one stops, and the usage follows."""
    chunks: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": {}} | each]} for each in choices]
    chunks += [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}, {"choices": [], "usage": USAGE}]
    told = "".join(f"data: {json.dumps(each)}\n\n" for each in chunks)
    return Reply(200, f"{told}data: [DONE]\n\n", {"content-type": "text/event-stream"})


def failure(status: int, code: str | None = None, **headers: str) -> Reply:
    return Reply(
        status, {"error": {"message": "no", "code": code}}, {key.replace("_", "-"): headers[key] for key in headers}
    )


class Provider:
    """Serves until `close`. `requests` holds every body it was sent; `replies` what it will say to the next ones.

    Tests in another process reach both by `DistantProvider`, at any path and with other methods than POST.
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.replies: deque[Reply] = deque()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # it would hold back each body for 40 ms

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                provider.requests.append(body)
                reply = provider.replies.popleft() if provider.replies else _echo(body)
                if body.get("stream") and isinstance(reply.body, dict) and "choices" in reply.body:
                    self._stream(reply.body)
                else:
                    self._say(reply)

            def do_PUT(self) -> None:
                given = json.loads(self.rfile.read(int(self.headers["content-length"])))
                provider.script(*(Reply(**each) for each in given))
                self._say(Reply(200, {}))

            def do_GET(self) -> None:
                self._say(Reply(200, {"requests": provider.requests, "replies": len(provider.replies)}))

            def do_DELETE(self) -> None:
                provider.forget()
                self._say(Reply(200, {}))

            def _stream(self, whole: dict[str, Any]) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.send_header("connection", "close")
                self.end_headers()
                self.close_connection = True
                for chunk in chunks(whole):
                    self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                self.wfile.write(b"data: [DONE]\n\n")

            def _say(self, reply: Reply) -> None:
                data = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
                self.send_response(reply.status)
                for name, value in {"content-type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def script(self, *replies: Reply) -> None:
        self.replies.extend(replies)

    def forget(self) -> None:
        self.requests.clear()
        self.replies.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class DistantProvider:
    """A `Provider` that another process serves at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def requests(self) -> list[dict[str, Any]]:
        return list(self._call("GET")["requests"])

    @property
    def replies(self) -> int:
        """How many are left."""
        return int(self._call("GET")["replies"])

    def script(self, *replies: Reply) -> None:
        self._call("PUT", [asdict(each) for each in replies])

    def forget(self) -> None:
        self._call("DELETE")

    def close(self) -> None:
        """Whoever started it stops it."""

    def _call(self, method: str, body: Any = None) -> dict[str, Any]:
        asked = urllib.request.Request(self.url, json.dumps(body).encode(), method=method)
        with urllib.request.urlopen(asked) as response:
            return dict(json.load(response))


def chunks(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A completion as a stream: the role, the pieces, why it ends, the usage."""
    shared = {"id": whole["id"], "created": whole["created"], "object": "chat.completion.chunk", "model": "echo-1"}
    for choice in whole["choices"]:
        said = choice["message"]
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        for name in ("reasoning_content", "content", "refusal"):
            deltas += [{name: piece} for piece in _pieces(said.get(name))]
        for index, call in enumerate(said.get("tool_calls", [])):
            begun = call["function"] | {"arguments": ""}
            deltas.append({"tool_calls": [call | {"index": index, "function": begun}]})
            deltas += [
                {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
                for piece in _pieces(call["function"]["arguments"])
            ]
        for delta in deltas:
            yield shared | {"choices": [{"index": choice["index"], "delta": delta, "finish_reason": None}]}
        yield shared | {"choices": [{"index": choice["index"], "delta": {}, "finish_reason": choice["finish_reason"]}]}
    yield shared | {"choices": [], "usage": whole["usage"]}


def _pieces(text: str | None) -> Iterator[str]:
    whole = text or ""
    return (whole[start : start + PIECE] for start in range(0, len(whole), PIECE))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def embeddings(*vectors: list[float] | str, model: str = "vectors-1") -> Reply:
    """One vector for each text; a server may send lists whatever it was asked for."""
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    usage = {"prompt_tokens": 100, "total_tokens": 100}
    return Reply(200, {"object": "list", "data": data, "model": model, "usage": usage})


def _echo(body: dict[str, Any]) -> Reply:
    if "input" in body:
        return embeddings(*([float(len(text)), 0.1] for text in body["input"]))
    said = body["messages"][-1]["content"]
    text = said if isinstance(said, str) else " ".join(part.get("text", "") for part in said or [])
    return completion({"content": f"You said: {text}"})
