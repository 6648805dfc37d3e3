"""What can happen to a chat request, and the path that it takes then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sallyport.errors import StoreUnavailableError, VaultUnavailableError
from tests.workflow.chat_gateway import CANARY, MAIL, NOW, ChatGateway, planted
from tests.workflow.chat_runs import HANGS, SAYS_NOTHING, Troubles

THROTTLED = "TooManyRequestsException"
SERVICE = "ServiceException"

LOOKED_UP = ("Authorize", "Redact", "ForAModel?", "CacheLookup", "Answered?")
ANSWERED = (*LOOKED_UP, "Infer", "Publish", "Done")
SECOND_ANSWERED = (*LOOKED_UP, "Infer", "Fallback", "Infer", "Publish", "Done")
HIT = (*LOOKED_UP, "Publish", "Done")
PLANNED = (*LOOKED_UP, "Watch", "Planned")
ANONYMIZED = ("Authorize", "Redact", "ForAModel?", "PublishAnonymized", "Anonymized")
FAILED = ("PublishFailure", "Failed")
GIVEN_UP = (*LOOKED_UP, "Infer", "Fallback", *FAILED)
UNRECORDED = "AuditUnavailableError"


TEXTS = f'{{"documents": ["{CANARY}, {MAIL}"], "restorable": true}}'.encode()


def _all_is_well(gateway: ChatGateway) -> None:
    pass


@dataclass(frozen=True)
class Scenario:
    """`asked_before` has the same question answered and settled first. `ticket` are the fields that differ."""

    path: tuple[str, ...]
    error: str | None = None
    model: str = "demo"
    tenant: str = "bank"
    project: str = "web"
    content: Any = field(default_factory=planted)
    ticket: Mapping[str, Any] = field(default_factory=dict)
    asked_before: bool = False
    breaks: Callable[[ChatGateway], None] = _all_is_well
    troubles: Troubles = field(default_factory=dict)


def _bug_in(port: str) -> Callable[[ChatGateway], None]:
    """A foreign error, whose text quotes what it failed on."""
    return lambda gateway: gateway.break_port(port, ValueError(f"cannot digest {CANARY}"))


def _cache_is_down(gateway: ChatGateway) -> None:
    gateway.break_port("cache", StoreUnavailableError("The cache is out of reach."))


def _vault_is_down(gateway: ChatGateway) -> None:
    gateway.break_service("vault", VaultUnavailableError("The key store is out of reach.", retry_after=5.0))


def _providers_have_a_bug(gateway: ChatGateway) -> None:
    gateway.break_service("providers", KeyError(CANARY))


SCENARIOS: Mapping[str, Scenario] = {
    # The cache
    "a new question is asked of a model": Scenario(ANSWERED),
    "the answer calls a tool": Scenario(ANSWERED, content=planted(calls_tool=True)),
    "the same question again is a hit": Scenario(HIT, asked_before=True),
    "a fresh answer is asked for": Scenario(
        ANSWERED, asked_before=True, ticket={"cache_control": {"read": False, "write": True}}
    ),
    "the cache's store is down": Scenario(ANSWERED, asked_before=True, breaks=_cache_is_down),
    "the cache function has a bug": Scenario(ANSWERED, asked_before=True, breaks=_bug_in("cache")),
    "the cache function hangs": Scenario(ANSWERED, troubles={"cache_lookup": (HANGS, 1)}),
    "the cache function is throttled": Scenario(ANSWERED, troubles={"cache_lookup": (THROTTLED, 1)}),
    "a stream leaves with its plan": Scenario(PLANNED, ticket={"stream": True}),
    "a stream without a cache leaves with its plan": Scenario(
        PLANNED, ticket={"stream": True}, breaks=_bug_in("cache")
    ),
    "a stream that hits is answered": Scenario(HIT, asked_before=True, ticket={"stream": True}),
    # Targets
    "the first target throttles": Scenario(SECOND_ANSWERED, model="throttled"),
    "the first target is down": Scenario(SECOND_ANSWERED, model="down"),
    "the first target hangs up": Scenario(SECOND_ANSWERED, model="closing"),
    "the first target answers garbage": Scenario(SECOND_ANSWERED, model="garbage"),
    "the first target is too slow": Scenario(SECOND_ANSWERED, model="slow"),
    "the call of the first target never ends": Scenario(SECOND_ANSWERED, troubles={"infer": (HANGS, 1)}),
    "all targets fail": Scenario(
        (*LOOKED_UP, "Infer", "Fallback", "Infer", "Fallback", *FAILED), "ProviderUnavailableError", model="doomed"
    ),
    "a provider rejects the request": Scenario(GIVEN_UP, "ProviderRejectedError", model="rejecting"),
    "a provider denies access": Scenario(SECOND_ANSWERED, model="denying"),
    "nobody may see what is confidential": Scenario(
        (*LOOKED_UP, "Infer", *FAILED), "NoPrivateTargetError", project="discreet"
    ),
    "the deadline is over before a model is called": Scenario(
        (*LOOKED_UP, "Infer", *FAILED), "DeadlineExceededError", ticket={"deadline": NOW - 0.5}
    ),
    # Refusals
    "a model that is not there": Scenario(("Authorize", *FAILED), "ModelNotFoundError", model="gpt-0"),
    "a tenant that is not known": Scenario(("Authorize", *FAILED), "ModelNotFoundError", tenant="stranger"),
    "a rate limit is used up": Scenario(
        ("Authorize", *FAILED), "RateLimitedError", tenant="limited", asked_before=True
    ),
    "a budget is used up": Scenario(("Authorize", *FAILED), "BudgetExhaustedError", tenant="poor"),
    "content is blocked": Scenario(("Authorize", "Redact", *FAILED), "ContentBlockedError", project="strict"),
    # Us
    "the vault is out of reach": Scenario(
        ("Authorize", "Redact", *FAILED),
        "VaultUnavailableError",
        breaks=_vault_is_down,
    ),
    "content is none": Scenario(
        ("Authorize", "Redact", *FAILED), "RedactionFailedError", content=b'{"turns": "canary-5e1f"}'
    ),
    "authorize has a bug": Scenario(("Authorize", *FAILED), "InternalError", tenant="poor", breaks=_bug_in("ledger")),
    "infer has a bug": Scenario((*LOOKED_UP, "Infer", *FAILED), "InternalError", breaks=_providers_have_a_bug),
    "redact hangs": Scenario(("Authorize", "Redact", *FAILED), "RedactionFailedError", troubles={"redact": (HANGS, 1)}),
    "infer answers what is no answer": Scenario(
        (*LOOKED_UP, "Infer", *FAILED), "InternalError", troubles={"infer": (SAYS_NOTHING, 1)}
    ),
    # Lambda
    "every function that may be is throttled once": Scenario(
        SECOND_ANSWERED,
        model="down",
        troubles=dict.fromkeys(("authorize", "redact", "infer", "fallback"), (THROTTLED, 1)),
    ),
    "Lambda fails for every function but infer": Scenario(
        SECOND_ANSWERED, model="down", troubles=dict.fromkeys(("authorize", "redact", "fallback"), (SERVICE, 2))
    ),
    "a call that may have reached a model is not made again": Scenario(
        (*LOOKED_UP, "Infer", *FAILED), "Lambda.ServiceException", troubles={"infer": (SERVICE, 1)}
    ),
    "a function stays throttled": Scenario(
        ("Authorize", *FAILED), "Lambda.TooManyRequestsException", troubles={"authorize": (THROTTLED, 3)}
    ),
    # Texts for their owner
    "texts are anonymized": Scenario(ANONYMIZED, content=TEXTS, ticket={"operation": "anonymize"}),
    "anonymized texts cannot be recorded": Scenario(
        (*ANONYMIZED[:-1], "Unrecorded"),
        UNRECORDED,
        content=TEXTS,
        ticket={"operation": "anonymize"},
        troubles={"publish": ("InternalError", 3)},
    ),
    # The record
    "publishing fails and then succeeds": Scenario(ANSWERED, troubles={"publish": ("InternalError", 2)}),
    "an answer cannot be recorded": Scenario(
        (*LOOKED_UP, "Infer", "Publish", "Unrecorded"), UNRECORDED, troubles={"publish": ("InternalError", 3)}
    ),
    "a hit cannot be recorded": Scenario(
        (*LOOKED_UP, "Publish", "Unrecorded"),
        UNRECORDED,
        asked_before=True,
        troubles={"publish": ("InternalError", 3)},
    ),
    "a refusal cannot be recorded": Scenario(
        ("Authorize", "PublishFailure", "Unrecorded"),
        UNRECORDED,
        model="gpt-0",
        troubles={"publish": ("InternalError", 3)},
    ),
    "watching over a stream fails and then succeeds": Scenario(
        PLANNED, ticket={"stream": True}, troubles={"watch": ("InternalError", 2)}
    ),
    "a stream of little patience is watched for less long": Scenario(
        PLANNED, ticket={"stream": True, "deadline": NOW + 4.5}
    ),
    "a stream that nobody can watch over does not begin": Scenario(
        (*LOOKED_UP, "Watch", *FAILED), UNRECORDED, ticket={"stream": True}, troubles={"watch": ("InternalError", 3)}
    ),
    "watching over a stream takes too long": Scenario(
        (*LOOKED_UP, "Watch", *FAILED), UNRECORDED, ticket={"stream": True}, troubles={"watch": (HANGS, 1)}
    ),
    "neither a stream nor its refusal can be recorded": Scenario(
        (*LOOKED_UP, "Watch", "PublishFailure", "Unrecorded"),
        UNRECORDED,
        ticket={"stream": True},
        troubles={"watch": ("InternalError", 3), "publish": ("InternalError", 3)},
    ),
    "recording takes too long": Scenario(
        (*LOOKED_UP, "Infer", "Publish", "Unrecorded"), UNRECORDED, troubles={"publish": (HANGS, 1)}
    ),
}
