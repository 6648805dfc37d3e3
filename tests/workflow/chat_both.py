"""Each case once on the engine and once on the interpreter, on copies of one data folder, in comparable form."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sallyport_local.workflows import CHAT
from tests.workflow.chat_gateway import ChatGateway, furnish
from tests.workflow.chat_runs import REFUSED, Independent, Run, on_engine
from tests.workflow.chat_scenarios import SCENARIOS, Scenario

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / "workflows").glob("*.asl.yaml"))
SAMPLES = {
    f"{workflow.name.split('.')[0]}/{path.stem}": (workflow, path)
    for workflow in WORKFLOWS
    for path in sorted((ROOT / "events" / workflow.name.split(".")[0]).glob("*.json"))
}


@dataclass(frozen=True)
class Both:
    ours: Run
    theirs: Run
    gateways: tuple[ChatGateway, ChatGateway]
    tenant: str

    def told(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Each run's end and all that its tasks were asked and answered, levelled."""
        ours, theirs = (
            levelled(
                {
                    "status": run.status,
                    "error": run.error,
                    "cause": run.cause,
                    "output": run.output,
                    "calls": [vars(call) for call in run.calls],
                    "published": run.published,
                },
                gateway,
                self.tenant,
            )
            for run, gateway in zip((self.ours, self.theirs), self.gateways, strict=True)
        )
        return ours, theirs


class Runs:
    """Runs each case when it is first asked for, and keeps what came of it for the other tests."""

    def __init__(self, independent: Independent, folder: Path) -> None:
        self._independent = independent
        self._folder = folder
        self._done: dict[str, Both] = {}
        furnish(folder / "furnished")

    def of(self, name: str) -> Both:
        if name not in self._done:
            self._done[name] = self._sample(*SAMPLES[name]) if name in SAMPLES else self._scenario(SCENARIOS[name])
        return self._done[name]

    def close(self) -> None:
        for both in self._done.values():
            for gateway in both.gateways:
                gateway.close()

    def _sample(self, workflow: Path, path: Path) -> Both:
        start = json.loads(path.read_text())
        gateways = self._gateways()
        ours = on_engine(workflow, gateways[0], start, {})
        theirs = self._independent.run(workflow, gateways[1], start, {})
        return Both(ours, theirs, gateways, start["ticket"]["caller"]["tenant"])

    def _scenario(self, scenario: Scenario) -> Both:
        gateways = self._gateways()
        starts = [_prepared(scenario, gateway) for gateway in gateways]
        ours = on_engine(CHAT, gateways[0], starts[0], scenario.troubles)
        theirs = self._independent.run(CHAT, gateways[1], starts[1], scenario.troubles)
        return Both(ours, theirs, gateways, scenario.tenant)

    def _gateways(self) -> tuple[ChatGateway, ChatGateway]:
        here = self._folder / str(len(self._done))
        furnished = self._folder / "furnished"
        return ChatGateway(furnished, here / "ours"), ChatGateway(furnished, here / "theirs")


def _prepared(scenario: Scenario, gateway: ChatGateway) -> Any:
    """Ask before if the scenario wants it, break what it breaks, and give the input of its run."""

    def start(request_id: str, **ticket: Any) -> Any:
        return gateway.start(
            scenario.content, request_id, scenario.tenant, scenario.project, model=scenario.model, **ticket
        )

    if scenario.asked_before:
        (message,) = on_engine(CHAT, gateway, start("req_before_1"), {}).published
        gateway.settle(message)
    started = start("req_scenario_1", **scenario.ticket)
    scenario.breaks(gateway)
    return started


def levelled(value: Any, gateway: ChatGateway, tenant: str) -> Any:
    """With sealed content opened, latencies levelled and causes parsed: what is left is the same in both runs."""
    match value:
        case {"sealed": _} | {"sealed_in": _}:
            return gateway.opened(value, tenant)
        case dict():
            return {
                name: 0
                if name == "latency_ms"
                else levelled(_cause(inner) if name == "cause" else inner, gateway, tenant)
                for name, inner in value.items()
            }
        case list() | tuple():
            return [levelled(inner, gateway, tenant) for inner in value]
        case _:
            return value


def _cause(text: str | None) -> Any:
    """Lambda's document of a function's error, less the stack trace, with ours in it; an AWS service's own text."""
    try:
        document = json.loads(text or '""')
    except ValueError:
        # Each interpreter words in its own way what it finds wrong itself.
        return text if text and text.startswith(REFUSED) else "an interpreter's own words"
    if isinstance(document, dict) and "errorMessage" in document:
        return {"errorType": document["errorType"], "errorMessage": json.loads(document["errorMessage"])}
    return document
