"""A canary's trial: what settle sees of its requests and of the others is counted, and a canary that does worse ends.

Counting is a sample, never a reason to fail: a batch that loses the race for the record again and again is left out.
"""

from collections.abc import Sequence

from sallyport.canary import Trial, Verdict, gets, judge, seen
from sallyport.configuration import FRESH_SECONDS, Configuration
from sallyport.contracts import Ticket
from sallyport.ports import Records
from sallyport.registry import end_canary
from sallyport.table_versions import Canary, Change, name_of

TRIALS = "trial"
"""Partition of the configuration records."""

AUTHOR = "sallyport"
"""Who rolls a canary back that does worse."""

KEPT_SECONDS = 90 * 86_400

_TRIES = 5
_FAULTS = frozenset(
    {
        "DeadlineExceededError",
        "ModelNotFoundError",
        "NoHealthyPrivateTargetError",
        "NoPrivateTargetError",
        "NoTargetLeftError",
        "ProviderDeniedError",
        "ProviderError",
        "ProviderRejectedError",
        "ProviderReplyError",
        "ProviderThrottledError",
        "ProviderTimeoutError",
        "ProviderUnavailableError",
    }
)
"""What a table can be the reason of. What a policy or a limit refuses, or a client ends, tells nothing about it."""


def observe(tickets: Sequence[Ticket], configuration: Configuration, records: Records, now: float) -> Change | None:
    """Count what came of these requests. The change that rolled the canary back, if this made it.

    Raise StoreUnavailableError; nothing else rests on it.
    """
    canary = configuration.canary()
    if canary is None:
        return None
    counted = count(tickets, canary, configuration.routing_table().version)
    if not counted.canary.requests and not counted.current.requests:
        return None
    trial = _add(records, canary, counted, now)
    verdict = judge(trial) if trial else Verdict(False, "the count was left out")
    return end_canary(records, canary, author=AUTHOR, comment=verdict.reason, now=now) if verdict.ends else None


def count(tickets: Sequence[Ticket], canary: Canary, current: str) -> Trial:
    """What came of those requests that one of the two tables served; `current` is the name of the one in force."""
    arms: dict[str, list[tuple[bool, int]]] = {name_of(canary.version): [], current: []}
    for ticket in tickets:
        version, outcome = _version_of(ticket, canary, current), _outcome_of(ticket)
        if version in arms and outcome is not None:
            arms[version].append(outcome)
    return Trial(canary=seen(arms[name_of(canary.version)]), current=seen(arms[current]))


def read_trial(records: Records, canary: Canary) -> Trial:
    """What was counted so far."""
    record = records.get(TRIALS, _sort_of(canary))
    return Trial() if record is None else Trial.model_validate(dict(record.body))


def _version_of(ticket: Ticket, canary: Canary, current: str) -> str | None:
    """Nothing is written down of a request for a model that its table did not have; but whose it was is known."""
    if ticket.authorization is not None:
        return ticket.authorization.route.table_version
    if ticket.received_at < canary.since + FRESH_SECONDS:
        return None
    return name_of(canary.version) if gets(canary, ticket.request_id) else current


def _outcome_of(ticket: Ticket) -> tuple[bool, int] | None:
    """Whether it failed, and its latency; None for what no model was asked for, and for what says nothing.

    One that another target saved counts as failed, also when the first was only skipped: it failed before.
    """
    inference, failure = ticket.inference, ticket.failure
    if failure is not None and failure.error not in _FAULTS:
        return None
    if inference is None and failure is None:
        return None
    saved = bool(ticket.attempts) or (inference is not None and bool(inference.skipped))
    return failure is not None or saved, inference.latency_ms if inference else 0


def _add(records: Records, canary: Canary, counted: Trial, now: float) -> Trial | None:
    for _ in range(_TRIES):
        record = records.get(TRIALS, _sort_of(canary))
        known = Trial() if record is None else Trial.model_validate(dict(record.body))
        trial, version = known.plus(counted), 0 if record is None else record.version
        ends = int(now + KEPT_SECONDS)
        if records.put(TRIALS, _sort_of(canary), trial.to_json(), expect=version, expires_at=ends):
            return trial
    return None


def _sort_of(canary: Canary) -> str:
    """A version may be a canary again; its trial is then another."""
    return f"{name_of(canary.version)}|{canary.since}"
