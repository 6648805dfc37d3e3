"""The states that call nothing: Pass, Choice, Wait, Succeed and Fail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sallyport_local.engine.errors import RUNTIME, StateFailed
from sallyport_local.engine.execution import Entered, Transition
from sallyport_local.engine.fields import INPUT, MISSING, Fields
from sallyport_local.engine.running import Run
from sallyport_local.engine.templates import Template, is_expression

_LONGEST_WAIT: Final = 99_999_999  # seconds


def following(fields: Fields) -> str | None:
    """Takes Next or End; None at the end. Raises DefinitionError unless there is exactly one of them."""
    following, end = fields.text("Next"), fields.take("End")
    if end is not MISSING and end is not True:
        raise fields.refuse("End", "must be true, or be left out")
    if (following is None) == (end is MISSING):
        raise fields.refuse("Next", "give either Next or End: true")
    return following


@dataclass(frozen=True, slots=True)
class Pass:
    name: str
    next: str | None
    output: Template | None
    assign: dict[str, Template]
    type: str = "Pass"

    def enter(self, run: Run, entered: Entered) -> Transition:
        return run.finish(self.next, entered.states["input"], self.output, self.assign, entered)


def parse_pass(name: str, fields: Fields) -> Pass:
    return Pass(name, following(fields), fields.template("Output", INPUT), fields.assign(INPUT))


@dataclass(frozen=True, slots=True)
class Succeed:
    name: str
    output: Template | None
    type: str = "Succeed"

    def enter(self, run: Run, entered: Entered) -> Transition:
        return run.finish(None, entered.states["input"], self.output, {}, entered)


def parse_succeed(name: str, fields: Fields) -> Succeed:
    return Succeed(name, fields.template("Output", INPUT))


@dataclass(frozen=True, slots=True)
class Fail:
    name: str
    error: Template | None
    cause: Template | None
    type: str = "Fail"

    def enter(self, run: Run, entered: Entered) -> Transition:
        raise StateFailed(_text(self.error, entered), _text(self.cause, entered))


def _text(field: Template | None, entered: Entered) -> str | None:
    if field is None:
        return None
    value = field.evaluate(entered)
    if not isinstance(value, str):
        raise field.refuse("must be a string")
    return value


def parse_fail(name: str, fields: Fields) -> Fail:
    return Fail(name, _text_template(fields, "Error"), _text_template(fields, "Cause"))


def _text_template(fields: Fields, name: str) -> Template | None:
    value = fields.text(name)
    return None if value is None else fields.compile(name, value, INPUT)


@dataclass(frozen=True, slots=True)
class Rule:
    condition: Template
    next: str
    output: Template | None
    assign: dict[str, Template]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first rule whose condition is true; `default` with the state's own Output and Assign when there is none."""

    name: str
    rules: tuple[Rule, ...]
    default: str | None
    output: Template | None
    assign: dict[str, Template]
    type: str = "Choice"

    def enter(self, run: Run, entered: Entered) -> Transition:
        received = entered.states["input"]
        for rule in self.rules:
            matched = rule.condition.evaluate(entered)
            if matched is True:
                return run.finish(rule.next, received, rule.output, rule.assign, entered)
            if matched is not False:
                raise rule.condition.refuse("must be true or false")
        if self.default is None:
            # States.NoChoiceMatched is 'reserved for future use'; the developer guide names States.Runtime.
            raise StateFailed(RUNTIME, f"No rule of the Choice state '{self.name}' matched, and it has no Default.")
        return run.finish(self.default, received, self.output, self.assign, entered)


def parse_choice(name: str, fields: Fields) -> Choice:
    rules = [_rule(fields.nested(raw, f"Choices[{i}]")) for i, raw in enumerate(fields.items("Choices"))]
    if not rules:
        raise fields.refuse("Choices", "is required")
    default = fields.text("Default")
    return Choice(name, tuple(rules), default, fields.template("Output", INPUT), fields.assign(INPUT))


def _rule(fields: Fields) -> Rule:
    fields.text("Comment")
    condition = fields.required_text("Condition")
    if not is_expression(condition):
        raise fields.refuse("Condition", "must be a JSONata expression, '{% … %}'")
    rule = Rule(
        fields.compile("Condition", condition, INPUT),
        fields.required_text("Next"),
        fields.template("Output", INPUT),
        fields.assign(INPUT),
    )
    fields.done()
    return rule


@dataclass(frozen=True, slots=True)
class Wait:
    """Waits for `seconds`, or until `timestamp` when it is the one that is given."""

    name: str
    next: str | None
    seconds: Template
    timestamp: Template | None
    output: Template | None
    assign: dict[str, Template]
    type: str = "Wait"

    def enter(self, run: Run, entered: Entered) -> Transition:
        run.pause(self._seconds(run, entered))
        return run.finish(self.next, entered.states["input"], self.output, self.assign, entered)

    def _seconds(self, run: Run, entered: Entered) -> float:
        if self.timestamp is None:
            return self.seconds.whole(entered, 0, _LONGEST_WAIT)
        moment = unix_seconds(self.timestamp.evaluate(entered))
        if moment is None:
            raise self.timestamp.refuse("must be a timestamp such as 2026-11-20T18:00:00Z")
        return max(moment - run.now(), 0.0)


def unix_seconds(value: Any) -> float | None:
    """The moment of an RFC 3339 timestamp with a zone; None for anything else."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.timestamp()


def parse_wait(name: str, fields: Fields) -> Wait:
    next_state = following(fields)
    seconds = fields.whole_template("Seconds", minimum=0, maximum=_LONGEST_WAIT)
    until = fields.take("Timestamp")
    if (seconds is None) == (until is MISSING):
        raise fields.refuse("Seconds", "give either Seconds or Timestamp")
    if until is not MISSING and not is_expression(until) and unix_seconds(until) is None:
        raise fields.refuse("Timestamp", "must be a quoted timestamp such as '2026-11-20T18:00:00Z', or an expression")
    return Wait(
        name,
        next_state,
        seconds or fields.compile("Seconds", 0, INPUT),
        None if until is MISSING else fields.compile("Timestamp", until, INPUT),
        fields.template("Output", INPUT),
        fields.assign(INPUT),
    )
