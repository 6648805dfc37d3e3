"""An OpenAI-compatible server that replies as a test tells it to, and echoes when it is told nothing."""

import json
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

USAGE = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}


@dataclass(frozen=True)
class Reply:
    status: int
    body: dict[str, Any] | bytes
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
    return Reply(200, f"{told}data: [DONE]\n\n".encode(), {"content-type": "text/event-stream"})


def failure(status: int, code: str | None = None, **headers: str) -> Reply:
    return Reply(
        status, {"error": {"message": "no", "code": code}}, {key.replace("_", "-"): headers[key] for key in headers}
    )


class Provider:
    """Serves until `close`. `requests` holds every body it was sent; `replies` what it will say to the next ones."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.replies: deque[Reply] = deque()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                provider.requests.append(body)
                reply = provider.replies.popleft() if provider.replies else _echo(body)
                data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
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

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


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
