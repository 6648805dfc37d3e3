"""What one text holds, by what a policy does with it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sallyport.contracts import RedactionPolicy
from sallyport.redaction.detect import candidates, merge
from sallyport.redaction.detectors import names
from sallyport.redaction.finding import CERTAIN, CREDIT_CARD, EMAIL, IBAN, LITERAL, SECRET, TYPES, Finding
from sallyport.redaction.judge import Action, Handling, SecondOpinion
from sallyport.redaction.lists import Lists
from sallyport.redaction.replacements import HASH_TOKEN

PRECISE = (EMAIL, CREDIT_CARD, IBAN, SECRET)
"""Types that are found without a word around them, and hardly ever by chance."""


@dataclass(frozen=True, slots=True)
class Found:
    """`rewritten` are the stretches that something stands in for, none overlapping another, each of the strictest type
    in it. `counts` has every type that is acted upon, `doubtful` those that were seen and are left as they were.
    `certain` are all findings that are acted upon, and `unsure` those left, none overlapping another of them.
    """

    rewritten: tuple[Finding, ...]
    counts: Counter[str]
    doubtful: Counter[str]
    certain: tuple[Finding, ...] = ()
    unsure: tuple[Finding, ...] = ()


class Search:
    """Texts searched once for everything that a policy names."""

    def __init__(self, policy: RedactionPolicy, lists: Lists) -> None:
        self.types = TYPES | lists.types
        self._policy = policy
        self._lists = lists
        self._doubts = self._are_doubts_of_use()
        self._rewriting = self._types_to_rewrite()
        self.kept_back = frozenset(
            type_ for type_ in PRECISE if type_ in policy.private or policy.action_of(type_) >= Action.ROUTE_PRIVATE
        )
        """What the policy keeps from a cloud, of the types that are known by their form or check digits alone."""
        self._strictness = {type_: policy.action_of(type_).rank for type_ in self.types}

    def find(self, text: str) -> Found:
        return self._sorted(text, self.types)

    def find_in_seal(self, text: str) -> Found:
        """The placeholders of earlier requests are no news in a sealed text: who signed it had seen nothing else."""
        return self._sorted(text, self.types - {LITERAL})

    def find_in_names(self, names: Iterable[Iterable[str]]) -> Counter[str]:
        """What is `kept_back` of that in names for which nothing can stand in, each in all ways to read it."""
        counts = Counter[str]()
        for ways in names:
            read = Counter[str]()
            for name in ways:
                read |= self._sorted(name, self.kept_back).counts
            counts += read
        return counts

    def strictest(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Overlapping ones as one, of the type that the policy is strictest with."""
        return tuple(merge(findings, lambda finding: -self._strictness[finding.type]))

    def find_rewritten(self, text: str) -> tuple[Finding, ...]:
        """Of a sealed text, those that something stands in for, and nothing else is looked for."""
        return self._sorted(text, self._rewriting).rewritten

    def revise(self, text: str, found: Found, more: Iterable[Finding], settled: Iterable[Finding]) -> Found:
        """The same after a second opinion: `more` is acted upon whatever its score, `settled` is in doubt no longer."""
        over = set(settled)
        named = [each for each in more if not self._is_allowed(each, text)]
        return self._found([*found.certain, *named], [each for each in found.unsure if each not in over])

    def both(self, found: Found, other: Found) -> Found:
        """`found`, and of the same text what is rewritten in either."""
        return replace(found, rewritten=self.strictest([*found.rewritten, *other.rewritten]))

    def _are_doubts_of_use(self) -> bool:
        """Whether anything would become of a name that is in doubt."""
        policy = self._policy
        return (
            policy.doubtful is not Handling.ALLOW
            or policy.second_opinion is not SecondOpinion.OFF
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
        return self._found(certain, unsure)

    def _found(self, certain: Sequence[Finding], unsure: Iterable[Finding]) -> Found:
        rewritten = self.strictest(each for each in certain if self._policy.action_of(each.type).rewrites)
        left = tuple(each for each in merge(unsure) if not _within(each, rewritten))
        return Found(
            rewritten=rewritten,
            counts=self._counted(certain),
            doubtful=Counter(each.type for each in left),
            certain=tuple(certain),
            unsure=left,
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
