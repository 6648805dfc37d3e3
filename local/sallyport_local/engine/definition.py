"""Load a state machine: everything is compiled, and everything unknown is refused, before anything runs."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sallyport_local.engine.document import read, substitute
from sallyport_local.engine.errors import DefinitionError
from sallyport_local.engine.fields import MISSING, Fields
from sallyport_local.engine.functions import BUILT_IN
from sallyport_local.engine.nested import Map, Parallel, ParseMachine, parse_map, parse_parallel
from sallyport_local.engine.running import Machine, State
from sallyport_local.engine.states import Choice, parse_choice, parse_fail, parse_pass, parse_succeed, parse_wait
from sallyport_local.engine.tasks import Task, parse_task

EXPRESS_SECONDS: Final = 300
"""How long an Express execution may last (developer guide, 'Quotas': five minutes)."""

_VARIABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_LONGEST_NAME: Final = 80  # characters of a state's name, likewise

_PARSERS: Final[Mapping[str, Callable[[str, Fields], State]]] = {
    "Task": parse_task,
    "Choice": parse_choice,
    "Pass": parse_pass,
    "Wait": parse_wait,
    "Succeed": parse_succeed,
    "Fail": parse_fail,
}
_NESTED: Final[Mapping[str, Callable[[str, Fields, ParseMachine], State]]] = {
    "Parallel": parse_parallel,
    "Map": parse_map,
}


@dataclass(frozen=True, slots=True)
class Definition:
    """A state machine that can run. Immutable; any number of threads may run it."""

    machine: Machine
    timeout_seconds: int
    uses_context: bool  # whether any expression reads $states.context
    resources: Mapping[str, str]  # state → resource, of every Task


def load(source: str | Mapping[str, Any], substitutions: Mapping[str, str]) -> Definition:
    """Compile an ASL definition (YAML or JSON text, or already parsed). Raises DefinitionError."""
    raw = read(substitute(source, substitutions)) if isinstance(source, str) else _substituted(source, substitutions)
    return _Compiler().definition(raw)


def _substituted(source: Mapping[str, Any], substitutions: Mapping[str, str]) -> Any:
    def replaced(value: Any) -> Any:
        match value:
            case str():
                return substitute(
                    value, {name: text for name, text in substitutions.items() if f"${{{name}}}" in value}
                )
            case Mapping():
                return {key: replaced(item) for key, item in value.items()}
            case list():
                return [replaced(item) for item in value]
        return value

    substitute("\n".join(_strings(source)), substitutions)  # for its complaints about what is missing or unused
    return replaced(source)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _strings(item)


class _Compiler:
    """Keeps what has to be known of the whole definition while its machines are compiled."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._resources: dict[str, str] = {}
        self._parts: set[str] = set()

    def definition(self, raw: Any) -> Definition:
        fields = Fields(raw, None, "", frozenset())
        if fields.take("QueryLanguage") != "JSONata":
            raise fields.refuse("QueryLanguage", "must be JSONata")
        if fields.take("Version") not in (MISSING, "1.0"):
            raise fields.refuse("Version", "must be '1.0', in quotes, or be left out")
        fields.text("Comment")
        timeout = fields.whole("TimeoutSeconds", minimum=1, maximum=EXPRESS_SECONDS)
        machine = self.machine(fields)
        fields.done()
        return Definition(machine, timeout or EXPRESS_SECONDS, "context" in self._parts, self._resources)

    def machine(self, fields: Fields) -> Machine:
        """Takes StartAt and States."""
        start_at, raw = fields.required_text("StartAt"), fields.take("States")
        if not isinstance(raw, dict) or not raw:
            raise fields.refuse("States", "must be an object with at least one state")
        variables = fields.variables | self._assigned(raw, fields.variables)
        states = {name: self._state(name, state, variables) for name, state in raw.items()}
        _check_path(fields, start_at, states)
        return Machine(start_at, states)

    def _assigned(self, raw: dict[str, Any], outer: frozenset[str]) -> frozenset[str]:
        """The variables of one machine, without those of the machines inside it."""
        names: set[str] = set()
        for state, holder in _assigners(raw):
            assign = holder.get("Assign", {})
            if not isinstance(assign, dict):
                raise DefinitionError("must be an object", state=state, field="Assign")
            for name in assign:
                if problem := _name_problem(name, outer):
                    raise DefinitionError(problem, state=state, field=f"Assign/{name}")
                names.add(name)
        return frozenset(names)

    def _state(self, name: str, raw: Any, variables: frozenset[str]) -> State:
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
            raise DefinitionError(f"a state's name has 1 to {_LONGEST_NAME} characters", state=str(name))
        if name in self._names:
            raise DefinitionError(
                "the name is taken by another state; names are unique in all of the definition", state=name
            )
        self._names.add(name)
        fields = Fields(raw, name, "", variables)
        fields.text("Comment")
        if fields.take("QueryLanguage") not in (MISSING, "JSONata"):
            raise fields.refuse("QueryLanguage", "must be JSONata, or be left out")
        kind = fields.required_text("Type")
        state: State
        if kind in _PARSERS:
            state = _PARSERS[kind](name, fields)
        elif kind in _NESTED:
            state = _NESTED[kind](name, fields, self.machine)
        else:
            raise fields.refuse("Type", f"'{kind}' is none of {', '.join(sorted([*_PARSERS, *_NESTED]))}")
        fields.done()
        self._parts |= fields.parts_used
        if isinstance(state, Task):
            self._resources[name] = state.resource
        return state


def _assigners(raw: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of these states that may hold an Assign; what is misshapen is left to the parsers."""
    for name, state in raw.items():
        if isinstance(state, dict):
            yield name, state
            for field in ("Choices", "Catch"):
                inner = state.get(field)
                for holder in inner if isinstance(inner, list) else ():
                    if isinstance(holder, dict):
                        yield name, holder


def _name_problem(name: Any, outer: frozenset[str]) -> str | None:
    if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
        return "a variable's name has up to 80 letters, digits and underscores, and starts with a letter"
    if name == "states" or name in BUILT_IN:
        return "the name is taken by JSONata or by Step Functions"
    if name in outer:
        return "the variable belongs to the machine around this one, which may be read here but not assigned"
    return None


def _targets(state: Any) -> Iterable[str]:
    """Where a state can lead."""
    if isinstance(state, Choice):
        yield from (rule.next for rule in state.rules)
        if state.default is not None:
            yield state.default
        return
    if (following := getattr(state, "next", None)) is not None:
        yield following
    if isinstance(state, Task | Parallel | Map):
        yield from (catcher.next for catcher in state.recovery.catchers)


def _check_path(fields: Fields, start_at: str, states: Mapping[str, State]) -> None:
    """Every state can be reached, every target exists, and at least one state ends the machine."""
    if start_at not in states:
        raise fields.refuse("StartAt", f"there is no state '{start_at}'")
    reached, waiting = {start_at}, [start_at]
    while waiting:
        name = waiting.pop()
        for target in _targets(states[name]):
            if target not in states:
                raise DefinitionError(f"there is no state '{target}' to go to", state=name, field="Next")
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    if lost := [name for name in states if name not in reached]:
        raise DefinitionError("no state leads here", state=lost[0])
    if not any(getattr(state, "next", None) is None and not isinstance(state, Choice) for state in states.values()):
        raise fields.refuse("States", "no state ends the machine: one needs End: true, Succeed or Fail")
