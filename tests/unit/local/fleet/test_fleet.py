"""Which call is admitted, where a profile's calls go, and what goes wrong with them."""

from collections import Counter
from statistics import quantiles

import pytest

from sallyport_local.fleet.fleet import Asked, Fleet, Verdict
from sallyport_local.fleet.script import Fault, Latency, Place, Quota, Script

NOVA = "amazon.nova-lite-v1:0"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def asked(model: str = NOVA, region: str = "us-east-1", account: str = "1", **fields) -> Asked:
    place = Place("bedrock", account, region, model)
    return Asked(**{"place": place, "text": "Hello", "input_tokens": 10, "max_tokens": 90, "streamed": False} | fields)


def taken(script: Script, *calls: Asked) -> list[Verdict]:
    fleet = Fleet(script, Clock())
    return [fleet.take(each) for each in calls]


def test_admits_as_many_as_the_quota_and_says_when_it_will_admit_more():
    script = Script(quotas=(Quota(requests=3),))
    assert [each.status for each in taken(script, *[asked()] * 5)] == [200, 200, 200, 429, 429]
    assert taken(script, *[asked()] * 4)[3].retry_after == 60.0


def test_each_account_region_and_model_has_a_quota_of_its_own():
    script = Script(quotas=(Quota(requests=1),))
    calls = [asked(), asked(account="2"), asked(region="us-west-2"), asked(model="other"), asked()]
    assert [each.status for each in taken(script, *calls)] == [200, 200, 200, 200, 429]


def test_a_profile_has_the_room_of_all_its_regions_and_no_more():
    script = Script(quotas=(Quota(requests=3),))
    verdicts = taken(script, *[asked(model=f"us.{NOVA}")] * 13)
    spread = Counter(each.place.region for each in verdicts if each.status == 200)

    assert spread == {"us-east-1": 3, "us-east-2": 3, "us-west-1": 3, "us-west-2": 3}
    assert (verdicts[-1].status, verdicts[-1].place.region) == (429, "us-east-1")
    assert {each.place.model for each in verdicts} == {NOVA}


def test_a_profile_passes_by_a_region_that_is_down_unless_it_is_the_one_that_is_asked():
    script = Script(faults=(Fault(kind="fail", region="us-west-1"),))
    verdicts = taken(script, *[asked(model=f"us.{NOVA}")] * 20)
    assert {each.status for each in verdicts} == {200}
    assert "us-west-1" not in {each.place.region for each in verdicts}
    assert taken(script, asked(model=f"us.{NOVA}", region="us-west-1"))[0].status == 503


def test_a_fault_comes_and_goes_by_the_script():
    clock = Clock()
    fleet = Fleet(Script(faults=(Fault(kind="fail", begins=5, ends=10, status=500),)), clock)
    seen = []
    for now in (104, 105, 109, 110):
        clock.now = now
        seen.append(fleet.take(asked()).status)
    assert seen == [200, 500, 500, 200]


def test_a_share_of_the_calls_fails_and_the_same_script_fails_the_same_ones():
    script = Script(faults=(Fault(kind="fail", share=0.3),))
    first, second = (taken(script, *[asked()] * 1000) for _ in range(2))
    assert first == second
    assert 230 <= sum(each.status == 503 for each in first) <= 370


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault(kind="hang"), {"seconds": None}),
        (Fault(kind="cut", words=7), {"cut": 7, "status": 200}),
        (Fault(kind="fail", status=429, retry_after=7), {"status": 429, "retry_after": 7}),
    ],
)
def test_a_fault_is_told_in_the_verdict(fault: Fault, told: dict):
    [verdict] = taken(Script(faults=(fault,)), asked())
    assert {name: getattr(verdict, name) for name in told} == told


def test_latencies_have_the_median_and_the_tail_that_are_asked_for():
    script = Script(latency=Latency(median=100, p99=1000))
    cuts = quantiles([each.seconds or 0 for each in taken(script, *[asked()] * 4000)], n=100)
    assert 0.093 <= cuts[49] <= 0.107
    assert 0.8 <= cuts[98] <= 1.25


def test_a_slow_place_takes_as_much_longer():
    usual, slow = (taken(Script(faults=faults), asked())[0] for faults in ((), (Fault(kind="slow", seconds=3),)))
    assert slow.seconds == pytest.approx((usual.seconds or 0) + 3)


def test_books_have_the_tokens_of_what_was_said_and_none_of_what_was_refused():
    fleet = Fleet(Script(quotas=(Quota(tokens=100),)), Clock())
    first, second = fleet.take(asked(mark="mark-1")), fleet.take(asked(mark="mark-2"))
    fleet.close(second, asked(mark="mark-2"), "throttled")
    fleet.close(first, asked(mark="mark-1"), "answered", 20)

    [place] = fleet.books.places()
    assert (place["calls"], place["answered"], place["throttled"]) == (2, 1, 1)
    assert (place["input_tokens"], place["output_tokens"]) == (10, 20)
    assert [(each["mark"], each["end"], each["number"]) for each in fleet.books.after(0, 9)] == [
        ("mark-2", "throttled", 2),
        ("mark-1", "answered", 1),
    ]
    assert fleet.take(asked(input_tokens=10, max_tokens=60)).status == 200, "what was not used is free again"


def test_a_script_that_is_loaded_begins_anew():
    clock = Clock()
    fleet = Fleet(Script(quotas=(Quota(requests=1),)), clock)
    fleet.close(fleet.take(asked()), asked(), "answered", 1)
    clock.now += 7
    fleet.load(Script(quotas=(Quota(requests=1),)))

    assert (fleet.seconds, fleet.books.places()) == (0.0, [])
    assert fleet.take(asked()).status == 200
