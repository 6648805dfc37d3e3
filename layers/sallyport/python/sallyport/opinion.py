"""A second opinion on what the engine is unsure of: who is asked, what it says, and what becomes of what is unsure.

Unsure is what scores below the threshold of its type: a name that only the setting for recall finds, or a finding of a
detector that is not sure of itself. Only what the policy would then put something in the place of is asked about: what
it allows needs no opinion, and what needs a private model, or is blocked, is shown to nobody.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sallyport.contracts import RedactionPolicy
from sallyport.errors import SallyportError
from sallyport.opinion_prices import MOST_CHARACTERS
from sallyport.ports import Advice, Adviser, NoOpinionError, Said
from sallyport.redaction.finding import Finding
from sallyport.redaction.foreign import COMPREHEND, GUARDRAIL, confirms, known_by
from sallyport.redaction.judge import Action, SecondOpinion
from sallyport.redaction.page import Doubts, Page, page
from sallyport.redaction.search import Found
from sallyport.redaction_decision import Opinion
from sallyport.regions import stays_within

LEAST_SECONDS = 8.0
"""Before the caller's deadline: an adviser may take half of it, and a model needs some, too."""

_ANYBODY_KNOWS = known_by(COMPREHEND) | known_by(GUARDRAIL)
_DETECTOR = "opinion"
_NOBODY = "no second opinion is set up"


@dataclass(frozen=True, slots=True)
class Verdict:
    """On one text: `found` is to be acted upon, and of what was unsure `settled` is so no longer."""

    found: tuple[Finding, ...]
    settled: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was said of a page: all that was seen, what it confirms, and how much was `added` to that."""

    seen: Mapping[str, tuple[Finding, ...]]
    confirmed: frozenset[tuple[str, Finding]]
    added: int


class Consultation:
    """About one request. `opinion` is what it came to, and is billed whatever becomes of the request.

    A page is shown once, however often the request's turn is taken.
    """

    def __init__(
        self, adviser: Callable[[], Adviser | None], policy: RedactionPolicy, seconds_left: float = math.inf
    ) -> None:
        """`adviser` gives the one that is set up, if any; it is not called before somebody has to be asked."""
        self.opinion: Opinion | None = None
        self._adviser = adviser
        self._policy = policy
        self._seconds_left = seconds_left
        self._advice: dict[str, Advice | NoOpinionError] = {}

    def asks_about(self, type_: str) -> bool:
        """Whether an opinion is wanted on what may be of this type, and somebody could give one."""
        wanted = self._policy.second_opinion is not SecondOpinion.OFF
        return wanted and type_ in _ANYBODY_KNOWS and _is_shown(type_, self._policy)

    def on(self, found: Mapping[str, Found]) -> dict[str, Verdict]:
        """By text; texts that nothing is said of are absent."""
        adviser = self._adviser()
        doubts = _doubts(found, _ANYBODY_KNOWS if adviser is None else adviser.knows, self._policy)
        if not doubts:
            return {}
        try:
            if adviser is None:
                raise NoOpinionError(_NOBODY)
            shown = self._page(adviser, doubts)
            said = self._ask(adviser, shown)
        except NoOpinionError as error:
            return self._without(adviser, doubts, error)
        return self._with(adviser, doubts, shown, _read(said, shown, self._policy))

    def _page(self, adviser: Adviser, doubts: Mapping[str, Doubts]) -> Page:
        if not stays_within(adviser.regions, self._policy.opinion_regions):
            raise NoOpinionError(f"{adviser.service} may leave the Regions that the policy allows")
        if self._seconds_left < LEAST_SECONDS:
            raise NoOpinionError(f"there is too little time to ask {adviser.service}")
        shown = page(doubts, adviser.languages, MOST_CHARACTERS)
        if not shown.places:
            raise NoOpinionError(f"nothing of it is what {adviser.service} reads")
        return shown

    def _ask(self, adviser: Adviser, shown: Page) -> tuple[Said, ...]:
        if shown.text not in self._advice:
            try:
                self._advice[shown.text] = adviser.ask(shown.text, shown.language)
            except NoOpinionError as error:
                self._advice[shown.text] = error
        advice = self._advice[shown.text]
        if isinstance(advice, NoOpinionError):
            raise advice
        return advice.said

    def _with(
        self, adviser: Adviser, doubts: Mapping[str, Doubts], shown: Page, reading: _Reading
    ) -> dict[str, Verdict]:
        asked = shown.asked()
        # The same words are the same person wherever they stand, also where nobody was shown them.
        values = {_value(text, each) for text, each in reading.confirmed}
        verdicts = {}
        confirmed = dismissed = unasked = 0
        for text, doubt in doubts.items():
            sure = [each for each in doubt.unsure if _value(text, each) in values]
            rest = [each for each in doubt.unsure if _value(text, each) not in values]
            away = [each for each in rest if (text, each) in asked]
            left = [each for each in rest if (text, each) not in asked]
            acted = left if self._policy.second_opinion is SecondOpinion.ON else []
            verdicts[text] = Verdict((*sure, *acted, *reading.seen.get(text, ())), (*sure, *away, *acted))
            confirmed, dismissed, unasked = confirmed + len(sure), dismissed + len(away), unasked + len(left)
        counts = {"confirmed": confirmed, "dismissed": dismissed, "added": reading.added}
        self._note(adviser, f"{adviser.service} was asked", unasked, len(shown.text), counts)
        return verdicts

    def _without(
        self, adviser: Adviser | None, doubts: Mapping[str, Doubts], error: NoOpinionError
    ) -> dict[str, Verdict]:
        """Fail closed or open, as the policy has it."""
        self._note(adviser, error.reason, sum(len(doubt.unsure) for doubt in doubts.values()), 0, {})
        if self._policy.second_opinion is not SecondOpinion.ON:
            return {}
        return {text: Verdict(doubt.unsure, doubt.unsure) for text, doubt in doubts.items()}

    def _note(
        self, adviser: Adviser | None, reason: str, unasked: int, characters: int, counts: Mapping[str, int]
    ) -> None:
        self.opinion = Opinion(
            service=None if adviser is None else adviser.service,
            reason=reason,
            unasked=unasked,
            as_found=unasked > 0 and self._policy.second_opinion is SecondOpinion.ON,
            characters=characters,
            units=sum(each.units for each in self._advice.values()),
            cost=sum(each.cost for each in self._advice.values()),
            **counts,
        )


@contextmanager
def charged(consultation: Consultation, tell: Callable[[Opinion], None]) -> Iterator[None]:
    """What an opinion came to is told whatever becomes of the request.

    An error of ours that stops it carries what is to be billed all the same: `settlement.opinion_on` reads it.
    """
    try:
        yield
    except SallyportError as error:
        opinion = consultation.opinion
        if opinion is None or not opinion.cost:
            raise
        raise type(error)(error.message, **error.details, opinion=opinion.to_json()) from error
    finally:
        if consultation.opinion is not None:
            tell(consultation.opinion)


def _doubts(found: Mapping[str, Found], known: frozenset[str], policy: RedactionPolicy) -> dict[str, Doubts]:
    """What is as unsure and not asked about is hidden with what is known: nobody has to see it."""
    doubts = {}
    for text, each in found.items():
        asked = tuple(f for f in each.unsure if f.type in known and _is_shown(f.type, policy))
        if asked:
            others = set(each.unsure).difference(asked)
            doubts[text] = Doubts(asked, (*each.certain, *others))
    return doubts


def _is_shown(type_: str, policy: RedactionPolicy) -> bool:
    """What a private model alone may see, or none, is for no adviser either."""
    return policy.action_of(type_).rewrites and type_ not in policy.private


def _read(said: Iterable[Said], shown: Page, policy: RedactionPolicy) -> _Reading:
    """Whatever touches something unsure, and may be what it was suspected of, confirms it, however sure its teller is.

    Anything else counts from its type's threshold on.
    """
    seen: dict[str, list[Finding]] = {}
    confirmed: set[tuple[str, Finding]] = set()
    added = 0
    for each in said:
        for text, excerpt, start, end in shown.back(each.start, each.end):
            if not any(map(str.isalnum, text[start:end])):
                continue
            same = [u for u in excerpt.unsure if u.start < end and start < u.end and confirms(each.type, u.type)]
            confirmed.update((text, suspected) for suspected in same)
            type_ = same[0].type if same else each.type
            if type_ is not None and (same or _counts(type_, each.score, policy)):
                added += not same
                seen.setdefault(text, []).append(Finding(type_, start, end, each.score, _DETECTOR))
    return _Reading({text: tuple(findings) for text, findings in seen.items()}, frozenset(confirmed), added)


def _counts(type_: str, score: float, policy: RedactionPolicy) -> bool:
    return score >= policy.threshold_of(type_) and policy.action_of(type_) is not Action.ALLOW


def _value(text: str, finding: Finding) -> tuple[str, str]:
    return finding.type, text[finding.start : finding.end].casefold()
