"""Personal data in what a cloud model answered, counted for the ticket and the audit log.

An answer is looked at as the model gave it, with placeholders: what is found was not in the request, or was allowed
to be.
"""

from collections import Counter

from sallyport.asking import Answer
from sallyport.attempts import Inference
from sallyport.contracts import Privacy, Route
from sallyport.conversation import ChatAnswer
from sallyport.redaction.finding import LITERAL, TYPES
from sallyport.redaction.judge import Action
from sallyport.redaction.lists import Lists
from sallyport.redaction.search import Search
from sallyport.redaction_policy import RedactionPolicy
from sallyport.rewriting import rewrite_blocks, rewrite_json


def reported(inference: Inference, answer: Answer, route: Route, policy: RedactionPolicy) -> Inference:
    """The same with `found`, by type: of those that the policy allows in requests, nothing is said.

    Private models may know what they like, vectors tell nobody's name, and a policy may not care.
    """
    cloud = {target.name for target in route.targets if target.privacy is Privacy.CLOUD}
    if not policy.answers_reported or inference.target not in cloud or not isinstance(answer, ChatAnswer):
        return inference
    search = Search(policy, Lists())
    told = {type_ for type_ in TYPES - {LITERAL} if policy.action_of(type_) is not Action.ALLOW}
    found: Counter[str] = Counter()

    def look(text: str) -> str:
        found.update(search.find(text).counts)
        return text

    for choice in answer.choices:
        rewrite_blocks(choice.blocks, look, lambda document: rewrite_json(document, look), look)
    counts = {type_: count for type_, count in sorted(found.items()) if type_ in told}
    return inference.model_copy(update={"found": counts})
