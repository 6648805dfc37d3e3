"""What authorize decides of personal data, for redact to follow: every level's rules as one."""

from sallyport.message import Message
from sallyport.redaction.finding import CERTAIN, LITERAL
from sallyport.redaction.judge import Action, AnswerHandling, Handling, SecondOpinion, Sensitivity


class RedactionPolicy(Message):
    """What to do with each entity type; `minimum` is the least sensitivity of everything this caller sends.

    Types of `private` need a private model even when they are masked. A finding is acted upon from the score on that
    `thresholds` has for its type, or `threshold`; `doubtful` is for requests with one below. `uninspected` is for those
    with images, files or sound, `unfamiliar_script` for those in a script that names are not found in. `lists` says
    that the policy names terms and detectors of its own, which are not here: they may be confidential themselves. With
    `explained` the model is told what a placeholder is. `answers` is for what a cloud's answers bring up themselves of
    types that are not allowed in requests, `answer_actions` for the types in it, whatever becomes of them in requests.
    `second_opinion` is for what the engine is unsure of; it is asked for within the Regions that each of
    `opinion_regions` lists.
    """

    default: Action = Action.MASK
    actions: dict[str, Action] = {}
    private: tuple[str, ...] = ()
    threshold: float = CERTAIN
    thresholds: dict[str, float] = {}
    minimum: Sensitivity = Sensitivity.PUBLIC
    doubtful: Handling = Handling.ALLOW
    uninspected: Handling = Handling.ALLOW
    unfamiliar_script: Handling = Handling.ROUTE_PRIVATE
    lists: bool = False
    explained: bool = True
    answers: AnswerHandling = AnswerHandling.ALLOW
    answer_actions: dict[str, AnswerHandling] = {}
    second_opinion: SecondOpinion = SecondOpinion.OFF
    opinion_regions: tuple[tuple[str, ...], ...] = ()

    def action_of(self, type_: str) -> Action:
        """LITERAL is masked whatever the policy says."""
        return Action.MASK if type_ == LITERAL else self.actions.get(type_, self.default)

    def answer_of(self, type_: str) -> AnswerHandling:
        """What becomes of a type in answers."""
        allowed = self.action_of(type_) is Action.ALLOW
        return self.answer_actions.get(type_, AnswerHandling.ALLOW if allowed else self.answers)

    @property
    def strictest_answer(self) -> AnswerHandling:
        """Of any type."""
        return max([self.answers, *self.answer_actions.values()])

    def for_answers(self, least: AnswerHandling) -> "RedactionPolicy":
        """The same of an answer, whoever sees it: types of `least` or stricter are rewritten, the stricter first."""
        named = sorted(self.actions.keys() | self.answer_actions.keys())
        others = AnswerHandling.ALLOW if self.default is Action.ALLOW else self.answers
        return RedactionPolicy(
            default=_rewriting(others, least),
            actions={type_: _rewriting(self.answer_of(type_), least) for type_ in named},
            threshold=self.threshold,
            thresholds=self.thresholds,
        )

    def threshold_of(self, type_: str) -> float:
        """The least score of a finding that is acted upon."""
        return self.thresholds.get(type_, self.threshold)


def _rewriting(handling: AnswerHandling, least: AnswerHandling) -> Action:
    if handling < least:
        return Action.ALLOW
    return Action.MASK_IRREVERSIBLY if handling is AnswerHandling.BLOCK else Action.MASK
