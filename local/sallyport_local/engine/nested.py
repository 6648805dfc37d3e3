"""Parallel and Map: machines inside a state.

Both run their machines one after another on the calling thread, in the order of the definition or of the items.
Step Functions promises no order, so that is one of the orders that may happen there; a branch after a failed one is
not entered at all. MaxConcurrency is checked and has no further effect.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sallyport_local.engine.execution import Entered, Transition
from sallyport_local.engine.fields import INPUT, MISSING, RESULT, Fields
from sallyport_local.engine.recovery import Recovery, parse_recovery
from sallyport_local.engine.running import Machine, Run
from sallyport_local.engine.states import following
from sallyport_local.engine.templates import Template, is_expression

type ParseMachine = Callable[[Fields], Machine]
"""Takes StartAt and States from the object that holds a nested machine. Raises DefinitionError."""


@dataclass(frozen=True, slots=True)
class Parallel:
    name: str
    next: str | None
    branches: tuple[Machine, ...]
    arguments: Template | None
    recovery: Recovery
    output: Template | None
    assign: dict[str, Template]
    type: str = "Parallel"

    def enter(self, run: Run, entered: Entered) -> Transition:
        return self.recovery.attempt(run, entered, self._attempt)

    def _attempt(self, run: Run, entered: Entered) -> Transition:
        received = entered.states["input"] if self.arguments is None else run.evaluate(self.arguments, entered)
        around = _map_context(entered)
        results = [run.machine(branch, received, dict(entered.variables), around) for branch in self.branches]
        return _succeed(run, entered, results, self)


@dataclass(frozen=True, slots=True)
class Map:
    name: str
    next: str | None
    processor: Machine
    items: Template
    selector: Template | None
    recovery: Recovery
    output: Template | None
    assign: dict[str, Template]
    type: str = "Map"

    def enter(self, run: Run, entered: Entered) -> Transition:
        return self.recovery.attempt(run, entered, self._attempt)

    def _attempt(self, run: Run, entered: Entered) -> Transition:
        items = run.evaluate(self.items, entered)
        if not isinstance(items, list):
            raise self.items.refuse("must be an array; without Items the state's input must be one")
        results = [self._item(run, entered, index, item) for index, item in enumerate(items)]
        return _succeed(run, entered, results, self)

    def _item(self, run: Run, entered: Entered, index: int, item: Any) -> Any:
        around = {"Item": {"Index": index, "Value": item}}
        received = item
        if self.selector is not None:
            states = dict(entered.states)
            if "context" in states:
                states["context"] = {**states["context"], "Map": around}
            received = run.evaluate(self.selector, Entered(self.name, states, entered.variables))
        return run.machine(self.processor, received, dict(entered.variables), around)


def _map_context(entered: Entered) -> Any:
    return entered.states.get("context", {}).get("Map")


def _succeed(run: Run, entered: Entered, results: list[Any], state: Parallel | Map) -> Transition:
    if state.output is None:
        run.by_value(results, "result of the state")
    scope = Entered(state.name, {**entered.states, "result": results}, entered.variables)
    return run.finish(state.next, results, state.output, state.assign, scope)


def parse_parallel(name: str, fields: Fields, parse_machine: ParseMachine) -> Parallel:
    raw = fields.items("Branches")
    if not raw:
        raise fields.refuse("Branches", "is required")
    branches = [_machine(fields.nested(branch, f"Branches[{i}]"), parse_machine) for i, branch in enumerate(raw)]
    return Parallel(
        name,
        following(fields),
        tuple(branches),
        fields.template("Arguments", INPUT),
        parse_recovery(fields),
        fields.template("Output", RESULT),
        fields.assign(RESULT),
    )


def parse_map(name: str, fields: Fields, parse_machine: ParseMachine) -> Map:
    raw = fields.take("ItemProcessor")
    if raw is MISSING:
        raise fields.refuse("ItemProcessor", "is required")
    processor = fields.nested(raw, "ItemProcessor")
    config = processor.take("ProcessorConfig")
    if config not in (MISSING, {"Mode": "INLINE"}):
        raise processor.refuse("ProcessorConfig", "must be {Mode: INLINE}: Express workflows have no distributed Map")
    fields.whole("MaxConcurrency", minimum=0, maximum=99_999_999)
    items = fields.take("Items")
    if items is MISSING:
        items = "{% $states.input %}"
    elif not is_expression(items) and not isinstance(items, list):
        raise fields.refuse("Items", "must be an array or an expression")
    return Map(
        name,
        following(fields),
        _machine(processor, parse_machine),
        fields.compile("Items", items, INPUT),
        fields.template("ItemSelector", INPUT),
        parse_recovery(fields),
        fields.template("Output", RESULT),
        fields.assign(RESULT),
    )


def _machine(fields: Fields, parse_machine: ParseMachine) -> Machine:
    fields.text("Comment")
    machine = parse_machine(fields)
    fields.done()
    return machine
