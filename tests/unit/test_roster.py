"""sallyport.roster: who is known to ask a target, and for how long."""

import pytest

from sallyport.contracts import Failure
from sallyport.errors import RateLimitedError
from sallyport.roster import NOTED_EVERY_SECONDS, Roster
from sallyport.shares import KNOWN_SECONDS, SHARES, Askers, Seen
from tests.unit.doubles import CALLER, MemoryRecords, a_route, a_ticket, an_authorization

NOON = 1_795_176_000.0


@pytest.fixture
def records():
    return MemoryRecords()


def asked(target="gpt", *, tenant="acme", share=2.0, reserved=True, at=NOON):
    route = a_route(target)
    targets = tuple(each.model_copy(update={"share": share, "reserved": reserved}) for each in route.targets)
    return a_ticket(
        caller=CALLER.model_copy(update={"tenant": tenant}),
        received_at=at,
        authorization=an_authorization(route=route.model_copy(update={"targets": targets})),
    )


def refused(target="gpt", tenant="acme"):
    error = RateLimitedError("It is taken.", shares={"targets": [target], "weight": 2.0})
    caller = CALLER.model_copy(update={"tenant": tenant})
    failure = Failure(error="RateLimitedError", cause=str(error))
    return a_ticket(caller=caller, received_at=NOON, failure=failure)


def noted(records, target="gpt"):
    record = records.get(SHARES, target)
    return (
        {}
        if record is None
        else {name: seen.weight for name, seen in Askers.model_validate(record.body).tenants.items()}
    )


@pytest.mark.parametrize("ticket", [asked(), refused()], ids=["answered", "refused for the limit"])
def test_who_asks_is_noted_with_its_weight(ticket, records):
    Roster(records).note([ticket], NOON)
    assert noted(records) == {"acme": 2.0}


@pytest.mark.parametrize(
    "ticket",
    [
        a_ticket(),
        asked(share=None, reserved=False),
        asked(reserved=False),
        a_ticket(failure=Failure(error="NoTargetLeftError", cause=None)),
    ],
    ids=["not authorized", "a target without limits", "a target that was not reserved", "another failure"],
)
def test_who_asks_for_nothing_that_is_shared_is_not_noted(ticket, records):
    Roster(records).note([ticket], NOON)
    assert records.rows == {}


def test_all_who_ask_are_noted_by_whoever_settles(records):
    Roster(records).note([asked(tenant="acme"), asked(tenant="globex"), asked("claude")], NOON)
    Roster(records).note([asked(tenant="initech", share=5.0)], NOON + 1)
    assert noted(records) == {"acme": 2.0, "globex": 2.0, "initech": 5.0}
    assert noted(records, "claude") == {"acme": 2.0}


def test_is_noted_now_and_then_and_not_at_every_request(records):
    roster = Roster(records)
    for second in range(NOTED_EVERY_SECONDS + 1):
        roster.note([asked(at=NOON + second)], NOON + second)
    assert records.get(SHARES, "gpt").version == 2


def test_who_was_away_for_a_day_is_forgotten(records):
    Roster(records).note([asked(tenant="globex")], NOON)
    later = NOON + KNOWN_SECONDS + 1
    Roster(records).note([asked(at=later)], later)
    assert noted(records) == {"acme": 2.0}


def test_who_loses_the_race_for_the_record_tries_again(records):
    put, lost = records.put, []

    def lose_once(*arguments, **options):
        if not lost:
            lost.append(True)
            Roster(MemoryRecords())
            put(SHARES, "gpt", Askers(tenants={"globex": Seen(weight=1.0, at=NOON)}).to_json())
        return put(*arguments, **options)

    records.put = lose_once
    Roster(records).note([asked()], NOON)
    assert noted(records) == {"acme": 2.0, "globex": 1.0}
