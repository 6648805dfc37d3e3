"""Judge what was found by the tenant's policy: what to mask, what only a private model may see, what to refuse."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sallyport.redaction.finding import LITERAL, Finding


class _Ranked(StrEnum):
    """Members compare in the order of their definition, and not as words of the alphabet."""

    @property
    def _rank(self) -> int:
        return list(type(self)).index(self)

    def __lt__(self, other: str) -> bool:
        return self._rank < type(self)(other)._rank

    def __le__(self, other: str) -> bool:
        return self._rank <= type(self)(other)._rank

    def __gt__(self, other: str) -> bool:
        return self._rank > type(self)(other)._rank

    def __ge__(self, other: str) -> bool:
        return self._rank >= type(self)(other)._rank


class Action(_Ranked):
    """What happens to an entity type, from the mildest to the strictest."""

    ALLOW = "allow"
    MASK = "mask"
    ROUTE_PRIVATE = "route_private"
    BLOCK = "block"


class Sensitivity(_Ranked):
    """Who may see a request: `confidential` and above only private models."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`mask` holds the types to replace by placeholders; types of `route_private` stay in place, for a private model.

    `blocked` names the types for which the request is refused; `reason` has counts by type and no content.
    """

    action_by_type: Mapping[str, Action]
    mask: frozenset[str]
    sensitivity: Sensitivity
    blocked: tuple[str, ...]
    reason: str


_SENSITIVITY_OF = {
    Action.ALLOW: Sensitivity.INTERNAL,
    Action.MASK: Sensitivity.INTERNAL,
    Action.ROUTE_PRIVATE: Sensitivity.CONFIDENTIAL,
    Action.BLOCK: Sensitivity.CONFIDENTIAL,
}
_SAID = {
    Action.ALLOW: ("allowed", "allowed"),
    Action.MASK: ("masked", "masked"),
    Action.ROUTE_PRIVATE: ("needs a private model", "need a private model"),
    Action.BLOCK: ("blocked", "blocked"),
}


def judge(
    found: Iterable[Finding] | Mapping[str, int],
    actions: Mapping[str, Action],
    default: Action,
    *,
    minimum: Sensitivity = Sensitivity.PUBLIC,
) -> Judgement:
    """Judge findings, or their counts by type. `actions` is by entity type, `default` for all others.

    LITERAL is masked whatever the policy says, and is no personal data: it does not raise the sensitivity.
    """
    counts = found if isinstance(found, Mapping) else Counter(finding.type for finding in found)
    by_type = {
        type_: Action.MASK if type_ == LITERAL else actions.get(type_, default)
        for type_, count in sorted(counts.items())
        if count > 0
    }
    judged = [_SENSITIVITY_OF[action] for type_, action in by_type.items() if type_ != LITERAL]
    sensitivity = max([minimum, *judged])
    return Judgement(
        action_by_type=MappingProxyType(by_type),
        mask=frozenset(type_ for type_, action in by_type.items() if action is Action.MASK),
        sensitivity=sensitivity,
        blocked=tuple(type_ for type_, action in by_type.items() if action is Action.BLOCK),
        reason=_reason(counts, by_type, minimum if minimum > max([Sensitivity.PUBLIC, *judged]) else None),
    )


def _reason(counts: Mapping[str, int], by_type: Mapping[str, Action], raised_to: Sensitivity | None) -> str:
    parts = [
        f"{counts[type_]} {type_} {_SAID[action][counts[type_] > 1]}"
        for type_, action in sorted(by_type.items(), key=lambda item: (list(Action).index(item[1]), item[0]))
    ]
    if raised_to:
        parts.append(f"{raised_to} at least by policy")
    return ", ".join(parts) or "nothing found"
