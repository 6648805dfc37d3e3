"""Runs the chat workflow as an Express execution and waits for it; of a stream, its function fallback alone."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sallyport.aws.errors import translated
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Execution


class StepFunctionsWorkflows:
    """`functions` makes Lambda's client and tells the name of the function fallback, when it is first needed."""

    def __init__(self, stepfunctions: Any, chat_arn: str, functions: Callable[[], tuple[Any, str]]) -> None:
        self._stepfunctions = stepfunctions
        self._chat_arn = chat_arn
        self._functions = functions

    def chat(self, name: str, start: Mapping[str, Any]) -> Execution:
        """`name` is the request id, by which an operator finds the execution in the console."""
        with translated(StoreUnavailableError, "The workflow service"):
            ended = self._stepfunctions.start_sync_execution(
                stateMachineArn=self._chat_arn, name=name, input=json.dumps(start)
            )
        output = json.loads(ended["output"]) if "output" in ended else None
        return Execution(ended["status"], output, ended.get("error"), ended.get("cause"))

    def fall_back(self, request: Mapping[str, Any]) -> Execution:
        client, function = self._functions()
        with translated(StoreUnavailableError, "The function fallback"):
            ended = client.invoke(FunctionName=function, Payload=json.dumps(request).encode())
            said = ended["Payload"].read().decode()
        if "FunctionError" not in ended:
            return Execution("SUCCEEDED", json.loads(said))
        return Execution("FAILED", error=json.loads(said).get("errorType", "Unknown"), cause=said)
