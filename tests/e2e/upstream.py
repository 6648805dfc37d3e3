"""An OpenAI-compatible server that echoes, and misbehaves by the name of the model it is asked for."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Upstream:
    """Serves until `close`. `requests` holds every body it was sent, oldest first."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.authorizations: list[str | None] = []
        upstream = self

        class Handler(_Handler):
            def remember(self, body: dict[str, Any]) -> None:
                upstream.requests.append(body)
                upstream.authorizations.append(self.headers.get("authorization"))

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
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


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def remember(self, body: dict[str, Any]) -> None:
        raise NotImplementedError

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.remember(body)
        match body["model"]:
            case "throttled":
                self._say(429, {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, {"retry-after": "7"})
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
            case _:
                self._say(200, _answer(body))

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


def _answer(body: dict[str, Any]) -> dict[str, Any]:
    """Echoes the last message; calls the first tool, with the last message as its argument, when it must."""
    said = body["messages"][-1]["content"]
    text = said if isinstance(said, str) else " ".join(part.get("text", "") for part in said or [])
    message: dict[str, Any] = {"role": "assistant", "content": f"You said: {text}"}
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
