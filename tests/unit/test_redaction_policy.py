"""sallyport.redaction_policy: what redact follows."""

from sallyport.redaction.finding import CERTAIN, LITERAL
from sallyport.redaction.judge import Action, AnswerHandling
from sallyport.redaction_policy import RedactionPolicy


def test_literals_are_masked_whatever_is_said():
    policy = RedactionPolicy(default=Action.ALLOW, actions={LITERAL: Action.BLOCK})
    assert (policy.action_of(LITERAL), policy.action_of("EMAIL")) == (Action.MASK, Action.ALLOW)


def test_a_type_without_a_threshold_of_its_own_has_the_common_one():
    policy = RedactionPolicy(thresholds={"EMAIL": 0.9})
    assert (policy.threshold_of("EMAIL"), policy.threshold_of("PHONE")) == (0.9, CERTAIN)


def test_of_answers_everything_is_rewritten_that_requests_may_not_hold_unless_it_is_named():
    policy = RedactionPolicy(
        default=Action.ROUTE_PRIVATE,
        actions={"EMAIL": Action.BLOCK, "DATE": Action.ALLOW, "IBAN": Action.HASH},
        thresholds={"EMAIL": 0.9},
        answers=AnswerHandling.MASK,
        answer_actions={"PHONE": AnswerHandling.BLOCK, "URL": AnswerHandling.REPORT},
    ).for_answers(AnswerHandling.MASK)
    told = [policy.action_of(type_) for type_ in ("PERSON", "EMAIL", "IBAN", "DATE", "PHONE", "URL")]
    assert told == [Action.MASK, Action.MASK, Action.MASK, Action.ALLOW, Action.MASK_IRREVERSIBLY, Action.ALLOW]
    assert (policy.threshold_of("EMAIL"), policy.threshold_of("DATE")) == (0.9, CERTAIN)
