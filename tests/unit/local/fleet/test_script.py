"""A fleet's script: whom a quota or a fault is for, and what is no script."""

import pytest
from pydantic import ValidationError

from sallyport_local.fleet.script import Fault, Place, Quota, Script, Where, wrong_with

HERE = Place("bedrock", "111111111111", "us-east-1", "nova")


@pytest.mark.parametrize(
    ("where", "covers"),
    [
        ({}, True),
        ({"provider": "bedrock", "region": "us-east-1"}, True),
        ({"account": "111111111111", "model": "nova"}, True),
        ({"provider": "openai"}, False),
        ({"region": "us-east-2"}, False),
        ({"account": "222222222222", "model": "nova"}, False),
    ],
)
def test_covers_every_place_that_it_does_not_exclude(where: dict, covers: bool):
    assert Where(**where).covers(HERE) is covers


def test_the_first_quota_that_covers_a_place_is_its_quota():
    narrow, wide = Quota(region="us-east-1", requests=3), Quota(requests=9)
    script = Script(quotas=(narrow, wide))

    assert script.quota_of(HERE) == narrow
    assert script.quota_of(Place("openai", "own", "", "gpt")) == wide
    assert Script().quota_of(HERE) is None


@pytest.mark.parametrize(("at", "on"), [(0.9, False), (1.0, True), (2.9, True), (3.0, False)])
def test_a_fault_is_on_from_when_it_begins_until_before_it_ends(at: float, on: bool):
    assert Fault(kind="fail", begins=1, ends=3).is_on(HERE, at) is on


@pytest.mark.parametrize(
    "wrong",
    [
        {"quota": []},
        {"quotas": [{"requests": 0}]},
        {"faults": [{"kind": "outage"}]},
        {"faults": [{"kind": "fail", "status": 200}]},
        {"faults": [{"kind": "fail", "share": 1.5}]},
        {"latency": {"median": 0}},
    ],
)
def test_what_is_misspelt_or_out_of_range_is_an_error_that_names_its_place(wrong: dict):
    with pytest.raises(ValidationError) as raised:
        Script.model_validate(wrong)
    assert next(iter(wrong)) in wrong_with(raised.value)
