"""Judge what was found by the tenant's policy: what to mask, what only a private model may see, what to refuse."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sallyport.redaction.finding import LITERAL, Finding


class _Ranked(StrEnum):
    """Members compare in the order of their definition, by `rank`, and not as words of the alphabet."""

    def __init__(self, word: str) -> None:
        self.rank = len(type(self).__members__)

    def __lt__(self, other: str) -> bool:
        return self.rank < type(self)(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= type(self)(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > type(self)(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= type(self)(other).rank


class Action(_Ranked):
    """What happens to an entity type, from the mildest to the strictest."""

    ALLOW = "allow"
    MASK = "mask"  # a placeholder, put back in the answer
    HASH = "hash"  # a token that is the same for a value in all of the tenant's requests, and never put back
    MASK_IRREVERSIBLY = "mask_irreversibly"  # a placeholder whose value is kept nowhere
    ROUTE_PRIVATE = "route_private"
    BLOCK = "block"

    @property
    def rewrites(self) -> bool:
        """Whether something stands in the value's place."""
        return self in _REWRITING


_REWRITING = (Action.MASK, Action.HASH, Action.MASK_IRREVERSIBLY)


class Handling(_Ranked):
    """What happens to a request of which something is not known, from the mildest to the strictest."""

    ALLOW = "allow"
    ROUTE_PRIVATE = "route_private"
    BLOCK = "block"


class SecondOpinion(_Ranked):
    """Whether somebody else's engine is asked about what ours is unsure of, from the mildest to the strictest."""

    OFF = "off"
    IF_AVAILABLE = "if_available"  # when nobody answers, what is unsure stays as our engine has it
    ON = "on"  # when nobody answers, what is unsure is acted upon as if it had been found


class AnswerHandling(_Ranked):
    """What happens to new personal data in the answer of a cloud model, from the mildest to the strictest."""

    ALLOW = "allow"
    REPORT = "report"  # counted, and left
    MASK = "mask"  # replaced by its type, for good
    BLOCK = "block"  # the answer ends before it


class Sensitivity(_Ranked):
    """Who may see a request: `confidential` and above only private models."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Ground:
    """Something beside the findings that raises the sensitivity, in words without content."""

    sensitivity: Sensitivity
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """`rewrite` holds the types that something else stands in for; types of `route_private` alone stay in place, for a
    private model.

    `blocked` names the types for which the request is refused; `reason` has counts by type and no content.
    """

    action_by_type: Mapping[str, Action]
    rewrite: frozenset[str]
    sensitivity: Sensitivity
    blocked: tuple[str, ...]
    reason: str


_SAID = {
    Action.ALLOW: ("allowed", "allowed"),
    Action.MASK: ("masked", "masked"),
    Action.HASH: ("hashed", "hashed"),
    Action.MASK_IRREVERSIBLY: ("masked for good", "masked for good"),
    Action.ROUTE_PRIVATE: ("needs a private model", "need a private model"),
    Action.BLOCK: ("blocked", "blocked"),
}


def judge(
    found: Iterable[Finding] | Mapping[str, int],
    actions: Mapping[str, Action],
    default: Action,
    *,
    private: Iterable[str] = (),
    minimum: Sensitivity = Sensitivity.PUBLIC,
    grounds: Sequence[Ground] = (),
) -> Judgement:
    """Judge findings, or their counts by type. `actions` is by entity type, `default` for all others.

    Types of `private` need a private model even when something stands in their place. LITERAL is masked whatever the
    policy says, and is no personal data: it does not raise the sensitivity.
    """
    counts = found if isinstance(found, Mapping) else Counter(finding.type for finding in found)
    by_type = {
        type_: Action.MASK if type_ == LITERAL else actions.get(type_, default)
        for type_, count in sorted(counts.items())
        if count > 0
    }
    walled = {type_ for type_ in private if type_ in by_type and type_ != LITERAL}
    judged = [
        Sensitivity.CONFIDENTIAL if type_ in walled or action >= Action.ROUTE_PRIVATE else Sensitivity.INTERNAL
        for type_, action in by_type.items()
        if type_ != LITERAL
    ]
    raised = max([Sensitivity.PUBLIC, *judged, *(ground.sensitivity for ground in grounds)])
    said = [_said(type_, counts[type_], action, walled=type_ in walled) for type_, action in _mildest_first(by_type)]
    said += [ground.reason for ground in grounds]
    if minimum > raised:
        said.append(f"{minimum} at least by policy")
    return Judgement(
        action_by_type=MappingProxyType(by_type),
        rewrite=frozenset(type_ for type_, action in by_type.items() if action.rewrites),
        sensitivity=max(minimum, raised),
        blocked=tuple(type_ for type_, action in by_type.items() if action is Action.BLOCK),
        reason=", ".join(said) or "nothing found",
    )


def _mildest_first(by_type: Mapping[str, Action]) -> list[tuple[str, Action]]:
    return sorted(by_type.items(), key=lambda item: (item[1].rank, item[0]))


def _said(type_: str, count: int, action: Action, *, walled: bool) -> str:
    also = f" and {_SAID[Action.ROUTE_PRIVATE][count > 1]}" if walled and action < Action.ROUTE_PRIVATE else ""
    return f"{count} {type_} {_SAID[action][count > 1]}{also}"
