"""Personal data in what a cloud model answered, counted for the ticket and the audit log.

An answer is looked at as the model gave it, with placeholders: what is found was not in the request, or was allowed
to be.
"""

from collections import Counter

from sallyport.asking import Answer, Request
from sallyport.attempts import Inference
from sallyport.brought_up import BroughtUp
from sallyport.contracts import Privacy, Route
from sallyport.conversation import ChatAnswer
from sallyport.redaction.flowing import WholeMask
from sallyport.redaction.flowing_json import FlowingJson
from sallyport.redaction.judge import AnswerHandling
from sallyport.redaction.lists import Lists
from sallyport.redaction_policy import RedactionPolicy
from sallyport.rewriting import rewrite_blocks


def strictest_of(target: str, route: Route, policy: RedactionPolicy) -> AnswerHandling:
    """The most that becomes of what this target brings up: private models may know what they like."""
    if target not in {each.name for each in route.targets if each.privacy is Privacy.CLOUD}:
        return AnswerHandling.ALLOW
    return policy.strictest_answer


def reported(
    inference: Inference, answer: Answer, route: Route, policy: RedactionPolicy, request: Request
) -> Inference:
    """The same with `found`, by type, as far as it is not in the redacted `request`. Of types that the policy allows in
    answers, nothing is said; vectors tell nobody's name.
    """
    strictest = strictest_of(inference.target, route, policy)
    if strictest is AnswerHandling.ALLOW or not isinstance(answer, ChatAnswer):
        return inference
    brought_up = BroughtUp(policy, Lists(), request, AnswerHandling.REPORT)
    found: Counter[str] = Counter()

    def count(type_: str) -> str:
        found[type_] += 1
        return ""

    def look(text: str) -> str:
        mask = WholeMask(brought_up.find, count)
        mask.pieces(text)
        mask.last()
        return text

    def look_into_json(document: str) -> str:
        flowing = FlowingJson(lambda: WholeMask(brought_up.find, count))
        flowing.feed(document)
        flowing.flush()
        return document

    for choice in answer.choices:
        rewrite_blocks(choice.blocks, look, look_into_json, look)
    return inference.model_copy(update={"found": dict(sorted(found.items()))})
