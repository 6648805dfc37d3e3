"""The deployed functions on a data folder of their own, at a moment that stands, and with troubles when asked for."""

import contextlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import samples
from sallyport.composition import Services
from sallyport.contracts import Caller, ChatStart, Purpose, Sealed, Ticket
from sallyport.conversation import ChatRequest, Role, Text, Tool, ToolCall, ToolChoice, ToolResult, Turn
from sallyport.errors import VaultUnavailableError
from sallyport_local.backend import EmbeddedBackend
from sallyport_local.functions import Functions
from sallyport_local.seed import read_seed, sow

NOW = 1_795_197_600.0
CANARY = "canary-5e1f"
MAIL = f"{CANARY}@secret.example"

_SCRIPTS = {
    "simulated": "simulated-1",
    "backup": "simulated-2",
    "throttled": "simulated-fail-429-after-7s",
    "down": "simulated-fail-503",
    "closing": "simulated-fail-close",
    "garbage": "simulated-fail-garbage",
    "slow": "simulated-slow-60000ms",
    "rejecting": "simulated-fail-400",
    "denying": "simulated-fail-401",
}
_TARGET = """
[routing.targets.{name}]
provider = "simulated"
model = "{script}"
privacy = "cloud"
timeout_seconds = {timeout}
price = {{ input = 2.0, output = 8.0 }}
[routing.routes.{name}]
targets = ["{name}", "backup"]
"""
_SEED = """
[tenants.bank]
[tenants.bank.projects.strict]
redaction = { EMAIL = "block" }
[tenants.bank.projects.discreet]
redaction = { EMAIL = "route_private" }
[tenants.limited]
limits = [{ per = "day", requests = 1 }]
[tenants.poor]
limits = [{ per = "month", dollars = 0.0001 }]
[routing]
version = "scenarios"
[routing.routes.demo]
targets = ["simulated", "backup"]
[routing.routes.doomed]
targets = ["throttled", "down"]
"""


def furnish(folder: Path) -> None:
    """A data folder with policies, routes and what the sample events rest on: to be copied, with its keys."""
    targets = [
        _TARGET.format(name=name, script=script, timeout=0.01 if name == "slow" else 30)
        for name, script in _SCRIPTS.items()
    ]
    backend = EmbeddedBackend.open(folder)
    try:
        sow(read_seed(_SEED + "".join(targets), "the seed of the scenarios"), backend)
        samples.place(Services(backend))
    finally:
        backend.close()


class _Standing(Services):
    def now(self) -> float:
        return NOW


class ChatGateway:
    """Whoever runs a workflow calls `functions`; `opened` reads what they sealed, even when their vault is broken."""

    def __init__(self, furnished: Path, folder: Path) -> None:
        shutil.copytree(furnished, folder)
        self.backend = EmbeddedBackend.open(folder)
        self.services = _Standing(self.backend)
        self.functions = Functions(lambda name: self.services)
        self._vault = self.services.vault

    def close(self) -> None:
        self.backend.close()

    def break_port(self, name: str, error: Exception) -> None:
        """Whatever is asked of this port raises `error`."""
        setattr(self.backend, name, _Broken(error))

    def break_service(self, name: str, error: Exception) -> None:
        """The same for what stands on the ports: `vault`, `providers`."""
        setattr(self.services, name, _Broken(error))

    def start(self, content: ChatRequest | bytes, request_id: str, tenant: str, project: str, **ticket: Any) -> Any:
        """The input of `chat`, with this content sealed in it."""
        text = content if isinstance(content, bytes) else content.model_dump_json().encode()
        given = {
            "request_id": request_id,
            "caller": Caller(tenant=tenant, project=project, key_id="abcdefghijkl"),
            "model": "demo",
            "input_tokens": 100,
            "content_bytes": len(text),
            "received_at": NOW - 1,
            "deadline": NOW + 200,
        }
        sealed = self._vault.seal(text, tenant, Purpose.CONTENT, name=request_id)
        return ChatStart(ticket=Ticket.model_validate(given | ticket), content=sealed).to_json()

    def settle(self, message: Mapping[str, Any]) -> None:
        record = {"messageId": "1", "body": json.dumps(message)}
        assert self.functions.invoke("settle", {"Records": [record]}) == {"batchItemFailures": []}

    def opened(self, sealed: Mapping[str, Any], tenant: str) -> Any:
        """What is in it, whatever it was sealed for; the value itself when it does not open."""
        for purpose in Purpose:
            with contextlib.suppress(VaultUnavailableError):
                return json.loads(self._vault.open(Sealed.model_validate(sealed), tenant, purpose))
        return sealed


class _Broken:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        raise self._error


def planted(*, calls_tool: bool = False) -> ChatRequest:
    """A request with the canary wherever a client may write; `calls_tool` has it in the arguments of the answer too."""
    parameters = {"type": "object", "properties": {"note": {"type": "string", "description": CANARY}}}
    return ChatRequest(
        turns=(
            Turn(role=Role.SYSTEM, blocks=(Text(text=f"Never say {CANARY}."),)),
            Turn(role=Role.USER, blocks=(Text(text=f"Look for {CANARY}."),), name=CANARY),
            Turn(
                role=Role.ASSISTANT,
                blocks=(ToolCall(id="call_1", name="look", arguments=json.dumps({"for": CANARY})),),
            ),
            Turn(role=Role.TOOL, blocks=(ToolResult(tool_call_id="call_1", content=(Text(text=CANARY),)),)),
            Turn(role=Role.USER, blocks=(Text(text=f"Write to {MAIL} about {CANARY}."),)),
        ),
        tools=(Tool(name="look", description=CANARY, parameters=parameters),),
        tool_choice=ToolChoice(mode="required") if calls_tool else ToolChoice(mode="none"),
        metadata={"note": CANARY},
    )
