"""A request authorized again, by a retry, counts where it counted the first time."""

from types import SimpleNamespace

import pytest

from sallyport.authorization import EXPIRY_MARGIN_SECONDS, authorize
from sallyport.contracts import Caller, Ticket
from sallyport.errors import RateLimitedError
from sallyport.policy import Policy, Scoped
from sallyport.ports import Granted, Refused
from sallyport.routing import packaged_table

RECEIVED = 1_795_198_979.9  # 2026-11-20 18:22:59.9 UTC: a tenth of a second before the next minute
DEADLINE = RECEIVED + 60
LIMITS = {"limits": [{"per": window, "requests": 10} for window in ("minute", "day", "month")]}
LEVELS = (Scoped(scope="tenant/acme", policy=Policy.model_validate(LIMITS)),)
CONFIGURATION = SimpleNamespace(policies=lambda _: LEVELS, table_for=lambda _: packaged_table())

TICKET = Ticket(
    request_id="request-1",
    caller=Caller(tenant="acme", project="fraud", key_id="k1"),
    model="demo",
    input_tokens=10,
    content_bytes=40,
    received_at=RECEIVED,
    deadline=DEADLINE,
)


class NotedLedger:
    """Answers what `answer` says, and notes when it was asked."""

    def __init__(self, answer=None):
        self.answer = answer or Granted()
        self.asked_at = []

    def reserve(self, reservation, *, now):
        self.asked_at.append(now)
        return self.answer


@pytest.mark.parametrize("later", [0.0, 0.2, 30.0, 60.2, 600.0])
def test_a_retry_in_another_minute_reserves_the_same(later):
    ledger = NotedLedger()
    first, again = (authorize(TICKET, CONFIGURATION, ledger, now) for now in (RECEIVED, RECEIVED + later))
    assert again.reservation == first.reservation
    assert ledger.asked_at == [RECEIVED, RECEIVED + later], "what has expired by now is still given back by now"


def test_counts_in_the_windows_in_which_the_request_came():
    reserved = authorize(TICKET, CONFIGURATION, NotedLedger(), RECEIVED + 0.2).reservation
    windows = [hold.scope.split("|")[3] for hold in reserved.holds]
    assert windows == ["2026-11-20T18:22", "2026-11-20", "2026-11"]


def test_holds_what_it_took_until_after_the_deadline():
    reserved = authorize(TICKET, CONFIGURATION, NotedLedger(), RECEIVED + 0.2).reservation
    assert reserved.expires_at == int(DEADLINE + EXPIRY_MARGIN_SECONDS)


def test_a_refusal_says_how_long_to_wait_from_now():
    full = Refused("tenant/acme|requests|minute|2026-11-20T18:22", 10, 10)
    with pytest.raises(RateLimitedError) as raised:
        authorize(TICKET, CONFIGURATION, NotedLedger(full), RECEIVED - 19.9)
    assert raised.value.retry_after == 20.0
