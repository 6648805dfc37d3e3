"""What one text holds, by what a policy does with it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sallyport.contracts import RedactionPolicy
from sallyport.redaction.detect import candidates, merge
from sallyport.redaction.detectors import names
from sallyport.redaction.finding import CERTAIN, LITERAL, TYPES, Finding
from sallyport.redaction.judge import Action, Handling
from sallyport.redaction.lists import Lists
from sallyport.redaction.replacements import HASH_TOKEN


@dataclass(frozen=True, slots=True)
class Found:
    """`rewritten` are the stretches that something stands in for, none overlapping another, each of the strictest type
    in it. `counts` has every type that is acted upon, `doubtful` those that were seen and are left as they were.
    """

    rewritten: tuple[Finding, ...]
    counts: Counter[str]
    doubtful: Counter[str]


class Search:
    """Texts searched once for everything that a policy names."""

    def __init__(self, policy: RedactionPolicy, lists: Lists) -> None:
        self.types = TYPES | lists.types
        self._policy = policy
        self._lists = lists
        self._doubts = self._are_doubts_of_use()
        self._rewriting = self._types_to_rewrite()
        self._strictness = {type_: list(Action).index(policy.action_of(type_)) for type_ in self.types}

    def find(self, text: str) -> Found:
        return self._sorted(text, self.types)

    def find_in_seal(self, text: str) -> Found:
        """The placeholders of earlier requests are no news in a sealed text: who signed it had seen nothing else."""
        return self._sorted(text, self.types - {LITERAL})

    def find_rewritten(self, text: str) -> tuple[Finding, ...]:
        """Of a sealed text, those that something stands in for, and nothing else is looked for."""
        return self._sorted(text, self._rewriting).rewritten

    def _are_doubts_of_use(self) -> bool:
        """Whether anything would become of a name that is in doubt."""
        policy = self._policy
        return (
            policy.doubtful is not Handling.ALLOW
            or min([policy.threshold, *policy.thresholds.values()]) < CERTAIN
            or any(type_ in policy.private or policy.action_of(type_) >= Action.ROUTE_PRIVATE for type_ in names.types)
        )

    def _types_to_rewrite(self) -> frozenset[str]:
        """With all others if there are names among them, for what names are depends on what stands in them."""
        every = self.types - {LITERAL}
        rewriting = frozenset(type_ for type_ in every if self._policy.action_of(type_).rewrites)
        return rewriting if rewriting.isdisjoint(names.types) else every

    def _sorted(self, text: str, types: frozenset[str]) -> Found:
        seen = candidates(text, types=types, more=self._lists.families, doubts=self._doubts)
        if not seen:
            return Found((), Counter(), Counter())
        named = [each for each in _outside_hashes(text, seen) if not self._is_allowed(each, text)]
        certain = [each for each in named if each.score >= self._policy.threshold_of(each.type)]
        unsure = [each for each in named if each.score < self._policy.threshold_of(each.type)]
        rewritten = merge(
            (each for each in certain if self._policy.action_of(each.type).rewrites),
            lambda finding: -self._strictness[finding.type],
        )
        return Found(
            rewritten=tuple(rewritten),
            counts=self._counted(certain),
            doubtful=Counter(each.type for each in merge(unsure) if not _within(each, rewritten)),
        )

    def _is_allowed(self, finding: Finding, text: str) -> bool:
        return finding.type != LITERAL and self._lists.allows(text[finding.start : finding.end])

    def _counted(self, certain: Iterable[Finding]) -> Counter[str]:
        """Those of each action by themselves: overlapping findings become one, and a mild action must not hide a strict
        one, nor one that needs a private model.
        """
        groups: dict[tuple[Action, bool], list[Finding]] = {}
        for each in certain:
            kind = self._policy.action_of(each.type), each.type in self._policy.private
            groups.setdefault(kind, []).append(each)
        return Counter(finding.type for group in groups.values() for finding in merge(group))


def _outside_hashes(text: str, seen: Sequence[Finding]) -> Iterator[Finding]:
    hashes = {at for token in HASH_TOKEN.finditer(text) for at in range(*token.span())}
    for each in seen:
        if each.start not in hashes or each.end - 1 not in hashes:
            yield each


def _within(finding: Finding, stretches: Iterable[Finding]) -> bool:
    return any(each.start <= finding.start and finding.end <= each.end for each in stretches)
