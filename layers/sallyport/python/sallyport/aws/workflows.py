"""Runs the chat workflow as an Express execution and waits for it."""

import json
from collections.abc import Mapping
from typing import Any

from sallyport.aws.errors import translated
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Execution


class StepFunctionsWorkflows:
    def __init__(self, stepfunctions: Any, chat_arn: str) -> None:
        self._stepfunctions = stepfunctions
        self._chat_arn = chat_arn

    def chat(self, name: str, start: Mapping[str, Any]) -> Execution:
        """`name` is the request id, by which an operator finds the execution in the console."""
        with translated(StoreUnavailableError, "The workflow service"):
            ended = self._stepfunctions.start_sync_execution(
                stateMachineArn=self._chat_arn, name=name, input=json.dumps(start)
            )
        output = json.loads(ended["output"]) if "output" in ended else None
        return Execution(ended["status"], output, ended.get("error"), ended.get("cause"))
