"""What a policy says of answers: one word for all types, or a table by type. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator

from sallyport.redaction.judge import Action, AnswerHandling

DEFAULT = "default"
"""The key of a table for every type that it does not name."""

_KNOWN = ", ".join(AnswerHandling)
_NOT_OF_ANSWERS = {
    Action.ROUTE_PRIVATE: f"route_private is for requests: an answer is there already. Of answers there are {_KNOWN}",
    Action.HASH: f"hash is for requests. Of answers there are {_KNOWN}",
    Action.MASK_IRREVERSIBLY: "what is masked in an answer is masked for good: write mask",
}


def _read(said: Any) -> dict[str, AnswerHandling]:
    if isinstance(said, Mapping) and said:
        return {str(type_): _handling(value, f"{type_}: ") for type_, value in said.items()}
    return {DEFAULT: _handling(said, "")}


def _handling(said: Any, of: str) -> AnswerHandling:
    try:
        return AnswerHandling(said)
    except ValueError:
        why = _NOT_OF_ANSWERS.get(said) if isinstance(said, str) else None  # type: ignore[call-overload]
        raise ValueError(of + (why or f"is one of {_KNOWN}, or a table of them by type")) from None


def _as_said(rules: Mapping[str, AnswerHandling]) -> str | dict[str, str]:
    by_type = {type_: handling.value for type_, handling in rules.items()}
    return by_type[DEFAULT] if by_type.keys() == {DEFAULT} else by_type


AnswerRules = Annotated[dict[str, AnswerHandling], PlainValidator(_read), PlainSerializer(_as_said)]
"""By type, and DEFAULT for the others; in its short form one word, which is DEFAULT alone."""


@dataclass(frozen=True, slots=True)
class AnswerActions:
    """`default` is for types that are not allowed in requests, `by_type` for those that are named, whatever requests
    may say of them.
    """

    default: AnswerHandling = AnswerHandling.ALLOW
    by_type: Mapping[str, AnswerHandling] = field(default_factory=dict)

    def of(self, type_: str, *, allowed_in_requests: bool) -> AnswerHandling:
        """What becomes of a type in answers."""
        return self.by_type.get(type_, AnswerHandling.ALLOW if allowed_in_requests else self.default)

    def changed(self, rules: Mapping[str, AnswerHandling] | None) -> "AnswerActions":
        """As rules say it that may say anything: their default replaces all, their types those of the same name."""
        if rules is None:
            return self
        own = actions_of(rules)
        return own if DEFAULT in rules else AnswerActions(self.default, {**self.by_type, **own.by_type})


def actions_of(rules: Mapping[str, AnswerHandling] | None) -> AnswerActions:
    """What rules say by themselves; of None, nothing."""
    named = dict(rules or {})
    return AnswerActions(named.pop(DEFAULT, AnswerHandling.ALLOW), named)


def strictest(actions: Sequence[AnswerActions], allowed_in_requests: Mapping[str, bool]) -> AnswerActions:
    """Of each type of `allowed_in_requests` what the strictest says; others have the strictest default."""
    default = max(each.default for each in actions)
    alone = AnswerActions(default)
    by_type = {
        type_: max(each.of(type_, allowed_in_requests=allowed) for each in actions)
        for type_, allowed in allowed_in_requests.items()
    }
    return AnswerActions(
        default,
        {
            type_: handling
            for type_, handling in by_type.items()
            if handling is not alone.of(type_, allowed_in_requests=allowed_in_requests[type_])
        },
    )
