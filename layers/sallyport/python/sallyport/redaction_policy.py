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
    `explained` the model is told what a placeholder is. `answers` is for what a cloud's answers bring up themselves.
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
    second_opinion: SecondOpinion = SecondOpinion.OFF
    opinion_regions: tuple[tuple[str, ...], ...] = ()

    def action_of(self, type_: str) -> Action:
        """LITERAL is masked whatever the policy says."""
        return Action.MASK if type_ == LITERAL else self.actions.get(type_, self.default)

    def for_answers(self) -> "RedactionPolicy":
        """The same of an answer: what is not allowed in requests is masked, whoever might see it."""
        actions = {type_: _of_answer(action) for type_, action in self.actions.items()}
        return RedactionPolicy(
            default=_of_answer(self.default),
            actions=actions,
            threshold=self.threshold,
            thresholds=self.thresholds,
        )

    def threshold_of(self, type_: str) -> float:
        """The least score of a finding that is acted upon."""
        return self.thresholds.get(type_, self.threshold)


def _of_answer(action: Action) -> Action:
    return action if action is Action.ALLOW else Action.MASK
