"""Intrinsic functions: a template's references become the values that CloudFormation would put there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sallyport_local.emulation.errors import TemplateError

_IN_SUB = re.compile(r"\$\{(!?)([^}]+)\}")
_CONDITIONS = frozenset({"Condition", "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or"})


class _NoValue:
    """AWS::NoValue: the property or the list's item is left out."""


NO_VALUE: Final = _NoValue()


@dataclass(frozen=True, slots=True)
class Made:
    """A resource that is there: what `Ref` and `Fn::GetAtt` say of it."""

    type: str
    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


class Resolver:
    """Knows parameters, conditions and pseudo parameters; `add` tells it of each resource as it is made."""

    def __init__(
        self, parameters: Mapping[str, Any], conditions: Mapping[str, Any], pseudo_parameters: Mapping[str, Any]
    ) -> None:
        self._values: dict[str, Any] = {**parameters, **pseudo_parameters, "AWS::NoValue": NO_VALUE}
        self._conditions = conditions
        self._made: dict[str, Made] = {}

    def add(self, logical_id: str, made: Made) -> None:
        self._made[logical_id] = made

    def holds(self, condition: str) -> bool:
        if condition not in self._conditions:
            raise TemplateError(f"There is no condition {condition}. Declare it under Conditions.")
        return self._true(self._conditions[condition])

    def resolve(self, value: Any) -> Any:
        """A deep copy of plain values. Raise TemplateError for a function or a name that is not known."""
        match value:
            case dict():
                function = _function(value)
                if function is not None:
                    return self._call(function, value[function])
                pairs = ((key, self.resolve(each)) for key, each in value.items())
                return {key: each for key, each in pairs if each is not NO_VALUE}
            case list():
                return [each for each in map(self.resolve, value) if each is not NO_VALUE]
        return value

    def _call(self, function: str, argument: Any) -> Any:
        match function:
            case "Ref":
                return self._ref(argument)
            case "Fn::GetAtt":
                return self._attribute(*_split(argument))
            case "Fn::Sub":
                return self._sub(argument)
            case "Fn::Join":
                separator, parts = argument
                return str(separator).join(map(str, self.resolve(parts)))
            case "Fn::If":
                condition, then, otherwise = argument
                return self.resolve(then if self.holds(condition) else otherwise)
        raise TemplateError(f"{function} is not emulated. Do without it, or add it to resolve.py.")

    def _true(self, condition: dict[str, Any]) -> bool:
        ((function, argument),) = condition.items()
        match function:
            case "Condition":
                return self.holds(argument)
            case "Fn::Equals":
                left, right = map(self.resolve, argument)
                return str(left) == str(right)
            case "Fn::Not":
                return not self._true(argument[0])
            case "Fn::And":
                return all(map(self._true, argument))
            case "Fn::Or":
                return any(map(self._true, argument))
        raise TemplateError(f"{function} is no condition. Those there are: {', '.join(sorted(_CONDITIONS))}.")

    def _ref(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        return self._resource(name).ref

    def _attribute(self, logical_id: str, attribute: str) -> str:
        made = self._resource(logical_id)
        if attribute not in made.attributes:
            raise TemplateError(f"{logical_id} ({made.type}) has no attribute {attribute} here. Correct it, or add it.")
        return made.attributes[attribute]

    def _resource(self, logical_id: str) -> Made:
        if logical_id not in self._made:
            raise TemplateError(
                f"{logical_id} is neither a parameter nor a resource of this template. Correct the name."
            )
        return self._made[logical_id]

    def _sub(self, argument: str | list[Any]) -> str:
        text, given = (argument, {}) if isinstance(argument, str) else argument
        own = self.resolve(given)

        def value(match: re.Match[str]) -> str:
            literal, name = match[1], match[2].strip()
            if literal:
                return f"${{{name}}}"
            if name in own:
                return str(own[name])
            found = self._attribute(*_split(name)) if "." in name else self._ref(name)
            return str(found)

        return _IN_SUB.sub(value, text)


def references(value: Any) -> Iterator[str]:
    """The names that a value refers to, parameters among them: what must be there before it can be resolved."""
    match value:
        case dict():
            function = _function(value)
            if function == "Ref":
                yield value[function]
            elif function == "Fn::GetAtt":
                yield _split(value[function])[0]
            elif function == "Fn::Sub":
                argument = value[function]
                text, given = (argument, {}) if isinstance(argument, str) else argument
                for match in _IN_SUB.finditer(text):
                    if not match[1] and match[2].strip() not in given:
                        yield match[2].strip().split(".", 1)[0]
                yield from references(given)
            else:
                for each in value.values():
                    yield from references(each)
        case list():
            for each in value:
                yield from references(each)


def _function(value: dict[str, Any]) -> str | None:
    """The intrinsic function that a mapping is, as a mapping with that one key."""
    if len(value) != 1:
        return None
    (name,) = value
    return name if isinstance(name, str) and (name == "Ref" or name.startswith("Fn::")) else None


def _split(argument: str | list[str]) -> tuple[str, str]:
    logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
    return logical_id, attribute
