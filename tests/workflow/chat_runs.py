"""One execution of a workflow on the engine, or on the interpreter, with all that was said on the way."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ClientError

from sallyport_local.engine import Engine, Execution, TaskContext, TaskFailed, load
from sallyport_local.workflows import PUBLISH, SEND, SUBSTITUTIONS
from tests.workflow.chat_gateway import ChatGateway
from tests.workflow.interpreter import Outcome, interpreter

HANGS = "hangs"
SAYS_NOTHING = "says nothing"

type Troubles = Mapping[str, tuple[str, int]]
"""Function, `publish` or `watch` → (HANGS, SAYS_NOTHING or an error code of its AWS service; how often before all is
well)."""

REFUSED = "Refused."
"""How AWS words it in this world."""

_SERVICES = {PUBLISH: ("publish", "Publish"), SEND: ("watch", "SendMessage")}
"""Resource → what it is called here, and the operation."""

_LONGEST_HANG = 30.0  # seconds
_MOST_CALLS = 50
_PATIENCE = 2  # seconds: the interpreter's TimeoutSeconds of a state that hangs


@dataclass(frozen=True)
class Call:
    """`error` is a class, or the trouble that was met."""

    function: str
    payload: Any
    result: Any = None
    error: str | None = None


@dataclass
class Run:
    """How an execution ended, and what crossed its states: `seen` is every state's name, input and output."""

    calls: list[Call] = field(default_factory=list)
    published: list[Any] = field(default_factory=list)
    seen: list[tuple[str, Any, Any]] = field(default_factory=list)
    path: tuple[str, ...] = ()
    status: str = ""
    output: Any = None
    error: str | None = None
    cause: str | None = None

    def ended(self, ending: Execution | Outcome, path: tuple[str, ...]) -> "Run":
        self.path, self.status, self.output = path, ending.status, ending.output
        self.error, self.cause = ending.error, ending.cause
        return self


class _Tasks:
    """The functions and the topic of one run. `refused` makes an AWS service's error; `hang` lasts too long."""

    def __init__(
        self,
        gateway: ChatGateway,
        troubles: Troubles,
        refused: Callable[[str, str], Exception],
        hang: Callable[[], None],
    ) -> None:
        self.run = Run()
        self._gateway, self._troubles = gateway, troubles
        self._refused, self._hang = refused, hang
        self._asked: Counter[str] = Counter()

    def invoke(self, function: str, payload: Any) -> Any:
        if self._meets_trouble(function, payload):
            return {}
        try:
            result = self._gateway.functions.invoke(function, payload)
        except Exception as error:
            self.run.calls.append(Call(function, payload, error=type(error).__name__))
            raise
        self.run.calls.append(Call(function, payload, result))
        return result

    def publish(self, arguments: Any) -> dict[str, str]:
        message = arguments["Message"]
        message = json.loads(message) if isinstance(message, str) else message
        if not self._meets_trouble("publish", message):
            self.run.calls.append(Call("publish", message))
            self.run.published.append(message)
        return {"MessageId": "1"}

    def watch(self, arguments: Any) -> dict[str, str]:
        body = arguments["MessageBody"]
        left = json.loads(body) if isinstance(body, str) else body
        if not self._meets_trouble("watch", left):
            self.run.calls.append(Call("watch", left, {"delay": arguments["DelaySeconds"]}))
        return {"MessageId": "1"}

    def _meets_trouble(self, name: str, payload: Any) -> bool:
        code, times = self._troubles.get(name, ("", 0))
        self._asked[name] += 1
        if self._asked.total() > _MOST_CALLS:
            raise AssertionError("the workflow goes in circles")
        if self._asked[name] > times:
            return False
        self.run.calls.append(Call(name, payload, error=code))
        if code == HANGS:
            self._hang()
        elif code != SAYS_NOTHING:
            raise self._refused(name, code)
        return True


def on_engine(workflow: Path, gateway: ChatGateway, start: Any, troubles: Troubles) -> Run:
    """The engine's clock stands still until something hangs."""
    moment = deadline = 0.0

    def invoke(function: str, payload: Any, context: TaskContext) -> Any:
        nonlocal deadline
        deadline = context.deadline
        return tasks.invoke(function, payload)

    def publish(arguments: Any, context: TaskContext) -> Any:
        nonlocal deadline
        deadline = context.deadline
        return tasks.publish(arguments)

    def watch(arguments: Any, context: TaskContext) -> Any:
        nonlocal deadline
        deadline = context.deadline
        return tasks.watch(arguments)

    def hang() -> None:
        nonlocal moment
        moment = deadline

    tasks = _Tasks(gateway, troubles, _engine_error, hang)
    definition = load(workflow.read_text(), SUBSTITUTIONS)
    engine = Engine(
        definition,
        invoke,
        {PUBLISH: publish, SEND: watch},
        clock=lambda: moment,
        sleep=lambda seconds: None,
        on_visit=lambda *seen: tasks.run.seen.append(seen),
    )
    execution = engine.run(start, name="run")
    return tasks.run.ended(execution, tuple(visit.state for visit in execution.history))


class Independent:
    """The interpreter, for one run after the other."""

    def __init__(self) -> None:
        self._publish: Callable[[dict[str, Any]], Any] = dict
        self._watch: Callable[[dict[str, Any]], Any] = dict

    @contextmanager
    def opened(self) -> Iterator["Independent"]:
        stand_ins = {
            PUBLISH: lambda arguments: self._publish(arguments),
            SEND: lambda arguments: self._watch(arguments),
        }
        with interpreter({}, stand_ins) as self._interpreter:
            yield self

    def run(self, workflow: Path, gateway: ChatGateway, start: Any, troubles: Troubles) -> Run:
        """Its clock cannot be moved: what hangs does so for a moment, and is let go when the next task begins."""
        released = threading.Event()

        def hang() -> None:
            released.clear()
            released.wait(_LONGEST_HANG)

        def handler(function: str) -> Callable[[Any], Any]:
            def handle(payload: Any) -> Any:
                released.set()
                return tasks.invoke(function, payload)

            return handle

        def publish(arguments: dict[str, Any]) -> Any:
            released.set()
            return tasks.publish(arguments)

        def watch(arguments: dict[str, Any]) -> Any:
            released.set()
            return tasks.watch(arguments)

        tasks = _Tasks(gateway, troubles, _client_error, hang)
        self._publish, self._watch = publish, watch
        self._interpreter.handlers = {name: handler(name) for name in SUBSTITUTIONS.values()}
        definition = yaml.safe_load(workflow.read_text())
        for state in definition["States"].values():
            if troubles.get(_task_of(state), ("", 0))[0] == HANGS:
                state["TimeoutSeconds"] = _PATIENCE
        try:
            outcome = self._interpreter.run(json.dumps(definition), SUBSTITUTIONS, start)
        finally:
            released.set()
        return tasks.run.ended(outcome, outcome.path)


def _task_of(state: Mapping[str, Any]) -> str:
    if state.get("Resource") in _SERVICES:
        return _SERVICES[state["Resource"]][0]
    name = state.get("Arguments", {}).get("FunctionName", "")
    return SUBSTITUTIONS.get(name.strip("${}"), "")


def _engine_error(task: str, code: str) -> Exception:
    """As Step Functions words what an AWS service refuses."""
    if task == "watch":
        return TaskFailed("SQS.AmazonSQSException", _cause("AmazonSQS", code))
    if task == "publish":
        return TaskFailed(f"SNS.{code}Exception", _cause("AmazonSNS", code))
    return TaskFailed(f"Lambda.{code}", _cause("AWSLambda", code))


def _cause(service: str, code: str) -> str:
    return f"{REFUSED} (Service: {service}; Status Code: 429; Error Code: {code}; Request ID: 1; Proxy: null)"


def _client_error(task: str, code: str) -> Exception:
    response: Any = {
        "Error": {"Code": code, "Message": REFUSED},
        "ResponseMetadata": {"HTTPStatusCode": 429, "RequestId": "1"},
    }
    return ClientError(response, dict(_SERVICES.values()).get(task, "Invoke"))
