"""Log lines, metrics and traces where many functions share one process: on Lambda each has one of its own."""

import json
import logging
import math
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aws_lambda_powertools.logging.formatter import RESERVED_LOG_ATTRS, LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics.provider import BaseProvider

from sallyport.observability import logger, metrics, tracer

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
"""Made once: `json.dumps` makes one for each line that is not to be written its own way."""
LOST_SECONDS = 60.0


class PerRequestFormatter(LambdaPowertoolsFormatter):
    """On Lambda a process handles one request at a time; here each request's keys must stay its own."""

    def append_keys(self, **additional_keys: Any) -> None:
        self.thread_safe_append_keys(**additional_keys)

    def format(self, record: logging.LogRecord) -> str:
        """The same keys as on Lambda. Written here because there are eight lines to a request, and Powertools looks
        for JSON in every message and takes each standard field through its template.
        """
        line: dict[str, Any] = {
            "level": record.levelname,
            "location": f"{record.funcName}:{record.lineno}",
            "message": record.getMessage(),
            "timestamp": self.formatTime(record),
            "service": "sallyport",
            **self.thread_safe_get_current_keys(),
        }
        line.update((name, value) for name, value in record.__dict__.items() if name not in RESERVED_LOG_ATTRS)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _JSON.encode(line)


class ProcessMetrics(BaseProvider):
    """Sums by name, since the start. CloudWatch is not there to read them from lines on standard output."""

    def __init__(self) -> None:
        self.totals: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add_metric(self, name: str, unit: str, value: float, resolution: int = 60) -> None:
        with self._lock:
            self.totals[name] += int(value)

    def log_metrics(
        self,
        lambda_handler: Any = None,
        capture_cold_start_metric: bool = False,
        raise_on_empty_metrics: bool = False,
        **options: Any,
    ) -> Any:
        """Nothing to do after a handler: it stays as it is."""
        return lambda_handler

    def flush_metrics(self, *args: Any, **options: Any) -> None:
        pass

    def clear_metrics(self, *args: Any, **options: Any) -> None:
        with self._lock:
            self.totals.clear()

    def serialize_metric_set(self, *args: Any, **options: Any) -> dict[str, int]:
        with self._lock:
            return dict(self.totals)

    def add_cold_start_metric(self, context: Any) -> None:
        pass


def share_process() -> None:
    """Before handlers are imported, for their decorators ask for the metrics' provider. Again, it changes nothing."""
    if not isinstance(metrics.provider, ProcessMetrics):
        metrics.provider = ProcessMetrics()  # type: ignore[assignment]
        # No X-Ray daemon is here, and the tracer's own switch leaves its wrapping of every call in place.
        vars(tracer)["capture_lambda_handler"] = _untraced
        logger.registered_handler.setFormatter(PerRequestFormatter(service="sallyport"))
        # No line tells them, and each costs a system call or a search.
        logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
        logging.logAsyncioTasks = False  # type: ignore[attr-defined]  # typeshed does not know it yet


def _untraced(handler: Any = None, **options: Any) -> Any:
    """In the place of a decorator, with or without options."""
    return _untraced if handler is None else handler


def log_to(path: Path) -> None:
    """Send every JSON line to a file, appended to, readable by its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    handler = logger.registered_handler
    if not isinstance(handler, logging.StreamHandler):
        raise TypeError("Powertools writes its lines to a stream")
    handler.setStream(os.fdopen(descriptor, "a", buffering=1))
    vars(handler)["handleError"] = LostLines(time.monotonic)


class LostLines:
    """In the place of what logging does about a line that cannot be written: print two stacks for each.

    A disk that is full is told once a minute, on the error stream.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told_at = -math.inf

    def __call__(self, record: logging.LogRecord) -> None:
        now = self._clock()
        if now >= self._told_at + LOST_SECONDS:
            self._told_at = now
            error = type(sys.exception()).__name__
            print(f"log lines are lost: {error}. Look at the volume of the data folder.", file=sys.stderr)  # noqa: T201
