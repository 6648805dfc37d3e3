"""A small Lambda Runtime API: hands events to one function's process, and takes its answers.

Only what awslambdaric asks for: `invocation/next`, `invocation/{id}/response`, `invocation/{id}/error`, `init/error`.
"""

import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from bench.loopback import served

_ROOT = "/2018-06-01/runtime"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the function answered, or the error it failed with as Lambda reports it."""

    answer: Any = None
    error_type: str | None = None
    error_message: str | None = None


class RuntimeApi:
    """Serves one process. `first_asked_at` is when it was done with its init, in `time.monotonic` seconds."""

    def __init__(self, function_arn: str, deadline_seconds: float) -> None:
        self._function_arn = function_arn
        self._deadline_seconds = deadline_seconds
        self._events: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._replies: queue.Queue[Reply] = queue.Queue()
        self._count = 0
        self.first_asked_at: float | None = None
        self._ready = threading.Event()

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Gives what Lambda puts into AWS_LAMBDA_RUNTIME_API."""
        with served(_handler_for(self)) as address:
            yield address

    def wait_until_ready(self, seconds: float) -> bool:
        """Whether the process asked for its first event, or reported that its init failed, within `seconds`."""
        return self._ready.wait(seconds)

    def invoke(self, event: Any, seconds: float) -> Reply:
        """Raise TimeoutError when no answer comes within `seconds`: as a rule the process is dead."""
        self._count += 1
        self._events.put((f"aws-request-{self._count:04d}", event))
        try:
            return self._replies.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError(f"No answer within {seconds} s.") from None

    def next(self) -> tuple[str, bytes, dict[str, str]]:
        """The next event with its id and headers; waits for as long as there is none, as Lambda freezes a process."""
        if self.first_asked_at is None:
            self.first_asked_at = time.monotonic()
            self._ready.set()
        request_id, event = self._events.get()
        deadline = round((time.time() + self._deadline_seconds) * 1000)
        headers = {
            "Content-Type": "application/json",  # without it awslambdaric dies of a segmentation fault
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": self._function_arn,
            "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
        }
        return request_id, json.dumps(event).encode(), headers

    def take(self, kind: str, body: bytes) -> None:
        """`kind` is the last part of the path: `response` or `error`."""
        value = json.loads(body or b"null")
        if kind == "response":
            self._replies.put(Reply(answer=value))
        else:
            self._replies.put(Reply(error_type=value.get("errorType"), error_message=value.get("errorMessage")))
        self._ready.set()


def _handler_for(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path != f"{_ROOT}/invocation/next":
                return self._answer(404, b"", {})
            _, body, headers = api.next()
            self._answer(200, body, headers)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            api.take(self.path.rsplit("/", 1)[-1], body)
            self._answer(202, b'{"status":"OK"}', {})

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silence: the table is the output."""

    return Handler
