"""sallyport.regions: where a target's words may go, and who allows it."""

import pytest
from pydantic import TypeAdapter, ValidationError

from sallyport.regions import RegionPattern, regions_of_bedrock, resolve_profile, stays_within

SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"
PROFILE = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/"
HIDDEN = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc123"


@pytest.mark.parametrize(
    ("model", "geography", "base"),
    [
        (SONNET, None, SONNET),
        (f"us.{SONNET}", "us", SONNET),
        (f"us-gov.{SONNET}", "us-gov", SONNET),
        (f"global.{SONNET}", "global", SONNET),
        (f"{PROFILE}eu.{SONNET}", "eu", SONNET),
        (f"arn:aws:bedrock:us-east-1::foundation-model/{SONNET}", None, SONNET),
        ("moonshotai.kimi-k2.5", None, "moonshotai.kimi-k2.5"),
        ("usable.model-1", None, "usable.model-1"),
    ],
)
def test_a_profile_is_its_geography_and_its_model(model, geography, base):
    assert resolve_profile(model) == (geography, base)


JAPAN, AUSTRALIA = {"ap-northeast-1", "ap-northeast-3"}, {"ap-southeast-2", "ap-southeast-4"}


@pytest.mark.parametrize(
    ("model", "base_model", "region", "regions"),
    [
        (SONNET, None, "us-east-1", {"us-east-1"}),
        (SONNET, None, None, None),
        (f"jp.{SONNET}", None, "ap-northeast-1", JAPAN),
        (f"jp.{SONNET}", None, None, JAPAN),
        (f"au.{SONNET}", None, "ap-southeast-2", AUSTRALIA),
        (f"au.{SONNET}", None, "ap-southeast-6", AUSTRALIA | {"ap-southeast-6"}),
        (f"us.{SONNET}", None, "us-east-1", {"us-east-1", "us-east-2", "us-west-1", "us-west-2"}),
        (f"us-gov.{SONNET}", None, "us-gov-west-1", {"us-gov-east-1", "us-gov-west-1"}),
        (f"global.{SONNET}", None, "eu-west-1", None),
        (f"ca.{SONNET}", None, "ca-central-1", None),
        (f"{PROFILE}jp.{SONNET}", None, None, JAPAN | {"eu-west-1"}),
        (f"{PROFILE}global.{SONNET}", None, "eu-west-1", None),
        (HIDDEN, None, "eu-west-1", None),
        (HIDDEN, SONNET, None, {"eu-west-1"}),
        (HIDDEN, f"jp.{SONNET}", None, JAPAN | {"eu-west-1"}),
        (HIDDEN, f"global.{SONNET}", "eu-west-1", None),
        ("arn:aws:bedrock:eu-west-1:123456789012:provisioned-model/abc", None, None, {"eu-west-1"}),
    ],
)
def test_where_bedrock_may_answer(model, base_model, region, regions):
    assert regions_of_bedrock(model, base_model, region) == regions


def test_asia_reaches_to_the_gulf():
    assert "me-central-1" in regions_of_bedrock(f"apac.{SONNET}", None, "ap-south-1")
    assert not stays_within(regions_of_bedrock(f"apac.{SONNET}", None, "ap-south-1"), [["ap-*"]])


@pytest.mark.parametrize(
    ("regions", "allowed", "stays"),
    [
        (None, [], True),
        (None, [["eu-*"]], False),
        ({"eu-west-1"}, [], True),
        ({"eu-west-1"}, [["eu-*"]], True),
        ({"eu-west-1"}, [["eu-west-1"]], True),
        ({"eu-west-1"}, [["eu-west-2"]], False),
        ({"eu-west-1"}, [["eu-west"]], False),
        ({"eu-west-1", "eu-west-3"}, [["eu-west-1"]], False),
        ({"eu-west-1", "eu-west-3"}, [["eu-west-1", "eu-west-3"]], True),
        ({"eu-west-1"}, [["eu-*"], ["us-*"]], False),
        ({"eu-west-1"}, [[]], False),
    ],
)
def test_every_region_is_in_every_list(regions, allowed, stays):
    assert stays_within(None if regions is None else frozenset(regions), allowed) is stays


@pytest.mark.parametrize("written", ["*", "", "EU-*", "e", "eu-*-1", "*-1", "eu_west", "eu west", "eu-**"])
def test_what_is_no_region_is_refused(written):
    with pytest.raises(ValidationError):
        TypeAdapter(RegionPattern).validate_python(written)


@pytest.mark.parametrize("written", ["eu-*", "eu-central-1", "us-gov-west-1", "house"])
def test_a_region_or_all_that_begin_alike(written):
    assert TypeAdapter(RegionPattern).validate_python(written) == written
