"""What a cloud's answer brings up itself, kept from its caller: masked, or the answer ended before it.

It is done on the way out, before placeholders are restored: the cache and the record of repetitions have the answer as
the model gave it, so each request is answered by its own policy, and what a caller sent himself is known in the clear.
"""

from collections import Counter
from dataclasses import dataclass

from sallyport.brought_up import BroughtUp, token
from sallyport.composition import Services
from sallyport.contracts import RedactionPolicy, Ticket
from sallyport.conversation import Block, ChatAnswer, ChatRequest, Choice, Reasoning, StopReason, Text
from sallyport.edge.restoring import is_structured
from sallyport.observability import logger
from sallyport.redaction.flowing import WholeMask, told
from sallyport.redaction.flowing_json import FlowingJson
from sallyport.redaction.judge import AnswerHandling
from sallyport.redaction.lists import Lists
from sallyport.redaction_rules import lists_of
from sallyport.reporting import strictest_of
from sallyport.rewriting import Rewrite, rewrite_blocks


@dataclass(frozen=True, slots=True)
class Withholding:
    """What becomes of an answer to `request`, as its caller sent it; `lists` are the policy's own."""

    ticket: Ticket
    request: ChatRequest
    lists: Lists

    def of(self, target: str) -> "Withheld | None":
        """For an answer of this target; None where nothing is kept from anybody."""
        authorized = self.ticket.authorization
        if authorized is None:
            return None
        policy = authorized.redaction
        if strictest_of(target, authorized.route, policy) < AnswerHandling.MASK:
            return None
        brought_up = BroughtUp(policy, self.lists, self.request, AnswerHandling.MASK)
        return Withheld(policy, brought_up, structured=is_structured(self.request))


def withholding(here: Services, ticket: Ticket, request: ChatRequest) -> Withholding:
    """Raise StoreUnavailableError when the policy's own lists cannot be read: then nothing is known to be harmless."""
    policy = ticket.authorization.redaction if ticket.authorization is not None else None
    if policy is None or not policy.lists or policy.strictest_answer < AnswerHandling.MASK:
        return Withholding(ticket, request, Lists())
    return Withholding(
        ticket, request, lists_of([level.policy for level in here.configuration.policies(ticket.caller)])
    )


def without_withheld(
    here: Services, ticket: Ticket, request: ChatRequest, answer: ChatAnswer, target: str
) -> tuple[ChatAnswer, list[dict[str, str]]]:
    """A whole answer of this target as its caller may see it, and what he is told of what is missing."""
    withheld = withholding(here, ticket, request).of(target)
    if withheld is None:
        return answer, []
    return withheld.masked(answer), withheld.account(ticket.request_id)


class Withheld:
    """One answer, whole or a stream's (`event_mask`). `counts` are what was kept back of it, by type."""

    def __init__(self, policy: RedactionPolicy, brought_up: BroughtUp, *, structured: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.find = brought_up.find
        self.may_block = policy.strictest_answer is AnswerHandling.BLOCK
        self.structured = structured
        self._policy = policy
        self._logprobs = False

    def blocks(self, type_: str) -> bool:
        """Whether an answer ends before it."""
        return self._policy.answer_of(type_) is AnswerHandling.BLOCK

    def without_logprobs(self) -> None:
        """They quote the answer token by token."""
        self._logprobs = True

    def masked(self, answer: ChatAnswer) -> ChatAnswer:
        """A choice in which something is blocked has nothing left but that it was filtered."""
        return answer.model_copy(update={"choices": tuple(map(self._choice, answer.choices))})

    def account(self, request_id: str) -> list[dict[str, str]]:
        """The same, once an answer is whole; an operator is told as well."""
        if self.counts:
            masked, blocked = self._by_handling()
            logger.info("withheld", request_id=request_id, masked=masked, blocked=blocked)
        return self.warnings()

    def warnings(self) -> list[dict[str, str]]:
        """What the caller is told of it."""
        said = []
        masked, blocked = self._by_handling()
        for counts, what in ((masked, "masked by policy"), (blocked, "ended the answer by policy")):
            if counts:
                found = ", ".join(f"{count} {type_}" for type_, count in counts.items())
                said.append({"field": "answer", "reason": f"{found} that the model brought up: {what}"})
        if self._logprobs:
            said.append({"field": "logprobs", "reason": "they would quote what the policy looks for in answers"})
        return said

    def _by_handling(self) -> tuple[dict[str, int], dict[str, int]]:
        """What was masked, and what was blocked, by type."""
        counts = sorted(self.counts.items())
        return (
            {type_: count for type_, count in counts if not self.blocks(type_)},
            {type_: count for type_, count in counts if self.blocks(type_)},
        )

    def _choice(self, choice: Choice) -> Choice:
        found: Counter[str] = Counter()

        def stand_in(type_: str) -> str:
            found[type_] += 1
            return token(type_)

        def mask(text: str) -> str:
            whole = WholeMask(self.find, stand_in)
            whole.pieces(text)
            return told(whole.last())

        def mask_json(document: str) -> str:
            flowing = FlowingJson(lambda: WholeMask(self.find, stand_in))
            return flowing.feed(document) + flowing.flush()

        blocks = [_block(block, mask_json if self._is_json(block) else mask, mask_json) for block in choice.blocks]
        if choice.logprobs is not None:
            self.without_logprobs()
        blocked = Counter({type_: count for type_, count in found.items() if self.blocks(type_)})
        self.counts += blocked or found
        if blocked:
            return Choice(blocks=(), stop_reason=StopReason.FILTERED)
        return choice.model_copy(update={"blocks": tuple(blocks), "logprobs": None})

    def _is_json(self, block: Block) -> bool:
        return self.structured and isinstance(block, Text)


def _block(block: Block, mask: Rewrite, mask_json: Rewrite) -> Block:
    if isinstance(block, Reasoning):
        text = mask(block.text)
        # A thought that is not told as it was signed would be refused when it comes back.
        return block if text == block.text else Reasoning(text=text, redacted=block.redacted)
    [written] = rewrite_blocks((block,), mask, mask_json)
    return written
