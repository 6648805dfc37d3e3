"""Where the words that a target is sent may go, and which levels of a policy allow that. Pure.

A cross-Region inference profile of Bedrock may answer in any Region of its geography, and in the one that is asked.
Sources of the Regions, as of November 2026: AWS CDK, `CrossRegionInferenceProfileRegion` of aws-bedrock-alpha, whose
lists are over all models; for us-west-1, what its `grantProfileUsage` names. Bedrock user guide, "Supported Regions and
models for inference profiles": a global profile's are all commercial Regions.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import StringConstraints

RegionPattern = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,38}\*?$")]
"""A Region, `eu-central-1`, or all whose names begin alike, `eu-*`."""

_APAC = """
    ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3
    ap-southeast-4 ap-southeast-5 ap-southeast-7 ap-east-2 me-central-1
"""

_PROFILES: Mapping[str, frozenset[str] | None] = {
    "us": frozenset({"us-east-1", "us-east-2", "us-west-1", "us-west-2"}),
    "us-gov": frozenset({"us-gov-east-1", "us-gov-west-1"}),
    "eu": frozenset(
        {
            "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2",
            "eu-west-3",
        }
    ),
    "apac": frozenset(_APAC.split()),
    "jp": frozenset({"ap-northeast-1", "ap-northeast-3"}),
    "au": frozenset({"ap-southeast-2", "ap-southeast-4"}),
    "ca": None,  # no source names its Regions
    "global": None,
}  # fmt: skip
"""By what the id of a profile begins with; None for anywhere."""

_HIDDEN = "application-inference-profile"


def resolve_profile(model: str) -> tuple[str | None, str]:
    """The geography of a profile, None for a model by itself, and the id of the model. Takes ids and ARNs."""
    name = model.rsplit("/", 1)[-1]
    geography, _, base = name.partition(".")
    return (geography, base) if geography in _PROFILES else (None, name)


def regions_of_bedrock(model: str, base_model: str | None, region: str | None) -> frozenset[str] | None:
    """Where Bedrock may process what is sent to a model, a profile or an ARN; None for anywhere, or nobody knows where.

    `base_model` is what an ARN hides; `region` the one that is asked.
    """
    if _HIDDEN in model and base_model is None:
        return None
    asked = {each for each in (region, _region_of_arn(model)) if each}
    geography, _ = resolve_profile(base_model or model)
    if geography is None:
        return frozenset(asked) or None
    spanned = _PROFILES[geography]
    return None if spanned is None else spanned | asked


def stays_within(regions: frozenset[str] | None, allowed: Sequence[Sequence[str]]) -> bool:
    """Whether every level's list has each of the Regions. Where nobody knows them, only if no level has a list."""
    if regions is None:
        return not allowed
    return all(any(_matches(pattern, region) for pattern in level) for level in allowed for region in regions)


def _matches(pattern: str, region: str) -> bool:
    return region.startswith(pattern[:-1]) if pattern.endswith("*") else region == pattern


def _region_of_arn(model: str) -> str | None:
    return model.split(":")[3] if model.startswith("arn:") and model.count(":") >= 5 else None
