"""What passes between the states of `workflows/chat.asl.yaml`: closed, frozen, and silent about their contents.

Content is never in the clear here: it travels as `Sealed`. Everything else is a decision with its reason.
"""

from enum import StrEnum
from typing import Literal, Self

from pydantic import NonNegativeInt, PositiveInt, model_validator

from sallyport.attempts import Attempt, Inference
from sallyport.message import Capability, Message, Name, RequestId, Work
from sallyport.redaction.judge import Sensitivity
from sallyport.redaction_decision import (
    RedactionDecision as RedactionDecision,  # one of the contracts, in a module of its own
)
from sallyport.redaction_policy import (
    RedactionPolicy as RedactionPolicy,  # the same
)


class Purpose(StrEnum):
    """What a data key is for. A function's role names the purposes it may open."""

    CONTENT = "content"  # the request as the client sent it: edge seals, redact opens
    REDACTED = "redacted"  # the request without personal data: redact seals, cache_lookup and infer open
    PSEUDONYMS = "pseudonyms"  # placeholder -> original: redact seals, edge opens
    ANSWER = "answer"  # the model's answer, with placeholders: infer seals, edge opens
    CONVERSATION = "conversation"  # what a named conversation's placeholders stand for: redact seals and opens
    AUDIT = "audit"  # audit records: audit seals, an auditor opens


class Sealed(Message):
    """Encrypted content: inline, or where it lies when it is larger than a state may be."""

    sealed: str | None = None
    sealed_in: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.sealed is None) == (self.sealed_in is None):
            raise ValueError("exactly one of sealed and sealed_in")
        return self


class Caller(Message):
    """Who is calling, as authentication established it."""

    tenant: Name
    project: Name
    key_id: Name
    user: Name | None = None


class CacheControl(Message):
    """What the client's Cache-Control header allows."""

    read: bool = True
    write: bool = True


class Hold(Message):
    """An amount taken from one limit until the request is settled. `scope` names limit and window.

    `taken` is what was taken of the limit when this was, itself included; absent where the ledger did not tell.
    `alert_at` are the percents of the limit at which an operator is told.
    """

    scope: str
    limit: NonNegativeInt
    amount: NonNegativeInt
    taken: NonNegativeInt | None = None
    alert_at: tuple[PositiveInt, ...] = ()


class Reservation(Message):
    """All that one request holds. Times are UNIX seconds."""

    request_id: RequestId
    holds: tuple[Hold, ...]
    expires_at: int


class Privacy(StrEnum):
    """Whether a target keeps content within the operator's own walls."""

    PRIVATE = "private"
    CLOUD = "cloud"


type OnRefusal = Literal["tell", "next_target"]
"""What becomes of a request that a provider's own content policy refuses."""


class Portion(Message):
    """What a request takes of one limit of a target: of the whole, and of its tenant's own part or of what is lent."""

    total: Hold
    own: Hold
    lent: Hold


class RouteTarget(Message):
    """`fits` says whether the request fits into `context_tokens`, which are 0 where nobody wrote them down.
    `regions` are those where it may be answered, if a policy says where that may be. Its health is that of `place`.
    `portions` are of its own limits, `share` is the weight of the tenant in them, and `reserved` that there is room for
    the request: in its reservation, or `instead` in one that Fallback made.
    """

    name: Name
    place: str = ""
    privacy: Privacy
    context_tokens: NonNegativeInt = 0
    fits: bool = True
    regions: tuple[str, ...] | None = None
    share: float | None = None
    portions: tuple[Portion, ...] = ()
    reserved: bool = False
    instead: Reservation | None = None

    @property
    def needs_room(self) -> bool:
        """Whether its limits are to be asked before it is."""
        return bool(self.portions) and not self.reserved


class Route(Message):
    """The targets that could serve a request, best first; none where no model is asked. `reason` says how chosen."""

    alias: Name
    targets: tuple[RouteTarget, ...]
    cache_ttl_seconds: NonNegativeInt
    table_version: str
    reason: str = ""
    on_refusal: OnRefusal = "tell"


class Authorization(Message):
    """May this caller use this model now: yes, within these bounds."""

    max_tokens: PositiveInt
    route: Route
    reservation: Reservation
    redaction: RedactionPolicy
    reason: str


class RedactRequest(Message):
    request_id: RequestId
    caller: Caller
    content: Sealed
    redaction: RedactionPolicy
    thread: str | None = None
    deadline: float | None = None


class Redaction(Message):
    decision: RedactionDecision
    content: Sealed
    pseudonyms: Sealed


class CacheLookupRequest(Message):
    request_id: RequestId
    caller: Caller
    content: Sealed
    route: Route
    sensitivity: Sensitivity
    max_tokens: PositiveInt
    cache_control: CacheControl


class CacheOutcome(StrEnum):
    HIT = "hit"
    REPLAY = "replay"  # the same request again, by its Idempotency-Key or as an SDK's retry
    MISS = "miss"
    OFF = "off"
    UNAVAILABLE = "unavailable"


class CacheDecision(Message):
    """`store_key` says under which key an answer may be kept, and is absent when it may not."""

    outcome: CacheOutcome
    reason: str
    store_key: str | None = None
    ttl_seconds: NonNegativeInt = 0
    inference: Inference | None = None


class CacheLookup(Message):
    decision: CacheDecision
    answer: Sealed | None = None


class InferRequest(Message):
    request_id: RequestId
    caller: Caller
    content: Sealed
    route: Route
    redaction: RedactionPolicy = RedactionPolicy()
    sensitivity: Sensitivity
    attempts: tuple[Attempt, ...]
    max_tokens: PositiveInt
    deadline: float


class Answered(Message):
    decision: Inference
    answer: Sealed


class Failure(Message):
    """Step Functions' words for what failed a state."""

    error: str
    cause: str | None = None


class FallbackRequest(Message):
    request_id: RequestId
    route: Route
    sensitivity: Sensitivity
    attempts: tuple[Attempt, ...]
    failure: Failure
    deadline: float


class Fallback(Message):
    """The next target, every failed attempt so far, and the route with the room that was taken at the target."""

    target: Name
    attempts: tuple[Attempt, ...]
    route: Route
    reason: str


class Ticket(Message):
    """A request's decisions so far: what the console shows and what is audited.

    `max_tokens` is for each of `choices` answers. `needs` is what only some targets can do. `conversation` is a keyed
    hash, the same for all requests of one conversation, where a route asks for it; `thread` another, of what the client
    itself calls its conversation.
    """

    request_id: RequestId
    caller: Caller
    model: Name
    operation: Work = "chat"
    stream: bool = False
    input_tokens: NonNegativeInt
    max_tokens: PositiveInt | None = None
    choices: PositiveInt = 1
    needs: tuple[Capability, ...] = ()
    conversation: str | None = None
    thread: str | None = None
    content_bytes: NonNegativeInt
    cache_control: CacheControl = CacheControl()
    received_at: float
    deadline: float
    authorization: Authorization | None = None
    redaction: RedactionDecision | None = None
    cache: CacheDecision | None = None
    attempts: tuple[Attempt, ...] = ()
    inference: Inference | None = None
    failure: Failure | None = None


class ChatStart(Message):
    """Input of the chat workflow."""

    ticket: Ticket
    content: Sealed


class ChatEnd(Message):
    """Output of the chat workflow: an answer, or for a stream the plan to get one."""

    ticket: Ticket
    pseudonyms: Sealed
    answer: Sealed | None = None
    content: Sealed | None = None


class Completed(Message):
    """The one event behind every answer and every refusal of chat. A stream leaves one behind for when it is lost."""

    event: Literal["completed"] = "completed"
    ticket: Ticket
    answer: Sealed | None = None
