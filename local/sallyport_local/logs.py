"""Where the functions' log lines go when many of them share one process."""

import logging
import os
from pathlib import Path
from typing import Any

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter


class PerRequestFormatter(LambdaPowertoolsFormatter):
    """On Lambda a process handles one request at a time; here each request's keys must stay its own."""

    def append_keys(self, **additional_keys: Any) -> None:
        self.thread_safe_append_keys(**additional_keys)

    def _extract_log_message(self, log_record: logging.LogRecord) -> str:
        """Our messages are plain words: looking for JSON in each costs as much as writing the line."""
        return log_record.getMessage()


def quiet_powertools() -> None:
    """Before the functions are imported: no X-Ray daemon and no CloudWatch are here."""
    os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
    os.environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")
    os.environ.setdefault("AWS_XRAY_SDK_ENABLED", "false")


def log_to(path: Path) -> None:
    """Send every JSON line to a file, appended to, readable by its owner alone."""
    from sallyport.observability import logger

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    handler = logger.registered_handler
    if not isinstance(handler, logging.StreamHandler):
        raise TypeError("Powertools writes its lines to a stream")
    handler.setFormatter(PerRequestFormatter(service="sallyport"))
    handler.setStream(os.fdopen(descriptor, "a", buffering=1))
