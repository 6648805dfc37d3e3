"""What a cloud's answer brings up itself, kept from its caller: masked, or the answer ended before it.

It is done on the way out, before placeholders are restored: the cache and the record of repetitions have the answer as
the model gave it, so each request is answered by its own policy, and what a caller sent himself is known in the clear.
"""

from collections import Counter
from dataclasses import dataclass

from sallyport.brought_up import BroughtUp, masked
from sallyport.composition import Services
from sallyport.contracts import Ticket
from sallyport.conversation import Block, ChatAnswer, ChatRequest, Choice, Reasoning, StopReason, Text
from sallyport.edge.restoring import is_structured
from sallyport.observability import logger
from sallyport.redaction.judge import AnswerHandling
from sallyport.redaction.lists import Lists
from sallyport.redaction_rules import lists_of
from sallyport.reporting import handling_of
from sallyport.rewriting import rewrite_blocks, rewrite_json


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
        handling = handling_of(target, authorized.route, authorized.redaction)
        if handling < AnswerHandling.MASK:
            return None
        brought_up = BroughtUp(authorized.redaction, self.lists, self.request)
        return Withheld(handling, brought_up, structured=is_structured(self.request))


def withholding(here: Services, ticket: Ticket, request: ChatRequest) -> Withholding:
    """Raise StoreUnavailableError when the policy's own lists cannot be read: then nothing is known to be harmless."""
    policy = ticket.authorization.redaction if ticket.authorization is not None else None
    if policy is None or not policy.lists or policy.answers < AnswerHandling.MASK:
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

    def __init__(self, handling: AnswerHandling, brought_up: BroughtUp, *, structured: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.brought_up = brought_up
        self.blocks = handling is AnswerHandling.BLOCK
        self.structured = structured
        self._logprobs = False

    def mask(self, text: str) -> str:
        found = self.brought_up.find(text)
        self.counts.update(finding.type for finding in found)
        return masked(text, found)

    def mask_json(self, document: str) -> str:
        return rewrite_json(document, self.mask)

    def without_logprobs(self) -> None:
        """They quote the answer token by token."""
        self._logprobs = True

    def masked(self, answer: ChatAnswer) -> ChatAnswer:
        """A choice that is blocked has nothing left but that it was filtered."""
        return answer.model_copy(update={"choices": tuple(map(self._choice, answer.choices))})

    def account(self, request_id: str) -> list[dict[str, str]]:
        """The same, once an answer is whole; an operator is told as well."""
        if self.counts:
            handling = AnswerHandling.BLOCK if self.blocks else AnswerHandling.MASK
            logger.info("withheld", request_id=request_id, handling=handling, found=dict(sorted(self.counts.items())))
        return self.warnings()

    def warnings(self) -> list[dict[str, str]]:
        """What the caller is told of it."""
        said = []
        if self.counts:
            what = ", ".join(f"{count} {type_}" for type_, count in sorted(self.counts.items()))
            reason = "ended the answer by policy" if self.blocks else "masked by policy"
            said.append({"field": "answer", "reason": f"{what} that the model brought up: {reason}"})
        if self._logprobs:
            said.append({"field": "logprobs", "reason": "they would quote what the policy looks for in answers"})
        return said

    def _choice(self, choice: Choice) -> Choice:
        before = self.counts.total()
        blocks: list[Block] = []
        for block in choice.blocks:
            if isinstance(block, Reasoning):
                told = self.mask(block.text)
                # A thought that is not told as it was signed would be refused when it comes back.
                blocks.append(block if told == block.text else Reasoning(text=told, redacted=block.redacted))
            else:
                words = self.mask_json if self.structured and isinstance(block, Text) else self.mask
                blocks += rewrite_blocks((block,), words, self.mask_json)
        if choice.logprobs is not None:
            self.without_logprobs()
        if self.blocks and self.counts.total() > before:
            return Choice(blocks=(), stop_reason=StopReason.FILTERED)
        return choice.model_copy(update={"blocks": tuple(blocks), "logprobs": None})
