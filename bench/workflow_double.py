"""StartSyncExecution on built functions: our engine plays the deployed definition, each task in a process of its own.

A process starts when its state is first reached, and stays, as Lambda keeps it warm.
"""

import json
import threading
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from typing import Any

from bench.runtime_api import Reply
from sallyport_local import engine
from sallyport_local.workflows import CHAT, PUBLISH, SUBSTITUTIONS

type Ask = Callable[[Any], Reply]


class WorkflowDouble:
    """`warm` starts the function of a concern, and gives what asks it."""

    def __init__(self, warm: Callable[[str], AbstractContextManager[Ask]]) -> None:
        self._warm = warm
        self._running = ExitStack()
        self._asks: dict[str, Ask] = {}
        self._lock = threading.Lock()
        self.published: list[dict[str, Any]] = []
        definition = engine.load(CHAT.read_text(), SUBSTITUTIONS)
        self._engine = engine.Engine(definition, self._invoke, {PUBLISH: self._publish})

    def __call__(self, parameters: dict[str, Any]) -> dict[str, Any]:
        started = datetime.now(UTC).timestamp()
        ended = self._engine.run(json.loads(parameters["input"]), name=parameters.get("name") or str(uuid.uuid4()))
        told = {"executionArn": parameters["stateMachineArn"], "startDate": started, "status": ended.status}
        outcome = {"error": ended.error, "cause": ended.cause, "stopDate": datetime.now(UTC).timestamp()}
        if ended.status == "SUCCEEDED":
            outcome["output"] = json.dumps(ended.output)
        return told | {name: value for name, value in outcome.items() if value is not None}

    def close(self) -> None:
        self._running.close()

    def _invoke(self, function: str, payload: Any, context: engine.TaskContext) -> Any:
        with self._lock:
            if function not in self._asks:
                self._asks[function] = self._running.enter_context(self._warm(function))
            reply = self._asks[function](payload)
        if reply.error_type is not None:
            raise engine.TaskFailed(reply.error_type, reply.error_message or "")
        return reply.answer

    def _publish(self, arguments: Any, context: engine.TaskContext) -> dict[str, str]:
        self.published.append(arguments["Message"])
        return {"MessageId": context.execution}
