"""providers/bedrock/families: what a model id tells, whatever stands around it."""

import pytest

from sallyport.providers.bedrock.families import Family, Samplers, Thinking, family_of
from sallyport.routing import Target

SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"
ALL = {"auto", "any", "tool"}


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("anthropic.claude-3-haiku-20240307-v1:0", Thinking.NONE),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", Thinking.NONE),
        ("anthropic.claude-v2:1", Thinking.NONE),
        ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", Thinking.BUDGET),
        ("eu.anthropic.claude-sonnet-4-20250514-v1:0", Thinking.BUDGET),
        ("anthropic.claude-opus-4-1-20250805-v1:0", Thinking.BUDGET),
        (SONNET, Thinking.BUDGET),
        ("anthropic.claude-opus-4-6-v1", Thinking.EITHER),
        ("anthropic.claude-opus-4-7", Thinking.ADAPTIVE),
        ("global.anthropic.claude-opus-5", Thinking.ADAPTIVE),
        ("anthropic.claude-mythos-preview", Thinking.ADAPTIVE),
        ("us.amazon.nova-lite-v1:0", Thinking.NONE),
        ("us.amazon.nova-2-lite-v1:0", Thinking.NOVA),
        ("openai.gpt-oss-120b-1:0", Thinking.FIELD),
        ("deepseek.v3-v1:0", Thinking.FIELD),
        ("us.deepseek.r1-v1:0", Thinking.NONE),
        ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123", Thinking.NONE),
    ],
)
def test_how_it_is_told_to_think(model, thinking):
    assert family_of(model).thinking is thinking


@pytest.mark.parametrize(
    "model",
    [
        f"us.{SONNET}", f"eu.{SONNET}", f"apac.{SONNET}", f"global.{SONNET}", f"us-gov.{SONNET}", SONNET.upper(),
        f"arn:aws:bedrock:us-east-1::foundation-model/{SONNET}",
        f"arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.{SONNET}",
    ],
)  # fmt: skip
def test_regions_profiles_and_arns_are_of_their_models_family(model):
    assert family_of(model) == family_of(SONNET)


def test_an_arn_that_hides_its_model_is_of_no_family():
    assert family_of("arn:aws:bedrock:us-east-1:1:application-inference-profile/nova") == Family()
    assert family_of("arn:aws:bedrock:us-east-1:1:provisioned-model/abc") == Family()


@pytest.mark.parametrize(
    ("model", "places", "long"),
    [
        ("anthropic.claude-3-haiku-20240307-v1:0", set(), False),
        ("anthropic.claude-3-5-sonnet-20240620-v1:0", set(), False),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", {"tools", "system", "messages"}, False),
        ("anthropic.claude-3-5-haiku-20241022-v1:0", {"tools", "system", "messages"}, False),
        ("anthropic.claude-opus-4-1-20250805-v1:0", {"tools", "system", "messages"}, False),
        (SONNET, {"tools", "system", "messages"}, True),
        ("us.amazon.nova-pro-v1:0", {"system", "messages"}, False),
        ("us.meta.llama3-3-70b-instruct-v1:0", set(), False),
    ],
)
def test_where_it_remembers_prompts(model, places, long):
    family = family_of(model)

    assert (family.caching, family.long_caching) == (places, long)


@pytest.mark.parametrize(
    ("model", "choices"),
    [
        (SONNET, ALL), ("us.amazon.nova-lite-v1:0", ALL), ("anthropic.claude-v2:1", set()),
        ("anthropic.claude-opus-5", ALL), ("anthropic.claude-opus-5-5", {"auto"}), ("anthropic.claude-haiku-5-5", ALL),
        ("anthropic.claude-fable-5", ALL), ("anthropic.claude-fable-5-1", {"auto"}),
        ("mistral.mistral-large-2407-v1:0", {"auto", "any"}), ("us.meta.llama3-3-70b-instruct-v1:0", set()),
        ("cohere.command-r-v1:0", set()),
    ],
)  # fmt: skip
def test_how_it_can_be_made_to_call_a_tool(model, choices):
    assert family_of(model).choices == choices


@pytest.mark.parametrize(
    ("model", "off"),
    [
        ("anthropic.claude-sonnet-5", "disabled"),
        ("anthropic.claude-haiku-5-5", "disabled"),
        ("anthropic.claude-sonnet-5-5", "between_tools"),
        ("anthropic.claude-opus-5-5", None),
        ("anthropic.claude-fable-5", None),
        ("anthropic.claude-mythos-preview", None),
    ],
)
def test_what_thinks_unasked_can_mostly_be_told_not_to(model, off):
    assert (family_of(model).thinks_unasked, family_of(model).off) == (True, off)


@pytest.mark.parametrize(
    ("model", "samplers"),
    [
        ("anthropic.claude-opus-4-20250514-v1:0", Samplers.BOTH),
        ("anthropic.claude-opus-4-1-20250805-v1:0", Samplers.ONE),
        ("anthropic.claude-opus-4-6-v1", Samplers.ONE),
        ("anthropic.claude-opus-4-7", Samplers.NONE),
        ("us.amazon.nova-lite-v1:0", Samplers.BOTH),
    ],
)
def test_which_samplers_it_takes(model, samplers):
    assert family_of(model).samplers is samplers


@pytest.mark.parametrize(
    ("model", "enforces"),
    [
        (SONNET, True), ("anthropic.claude-opus-4-1-20250805-v1:0", False), ("us.amazon.nova-2-lite-v1:0", False),
        ("openai.gpt-oss-120b-1:0", True), ("qwen.qwen3-32b-v1:0", True), ("mistral.ministral-3-8b-instruct", True),
        ("mistral.mistral-large-2407-v1:0", False), ("us.meta.llama4-scout-17b-instruct-v1:0", False),
    ],
)  # fmt: skip
def test_which_enforce_a_schema(model, enforces):
    assert (family_of(model).json_schema, family_of(model).strict) == (enforces, enforces)


def test_a_target_tells_what_its_arn_hides():
    arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
    target = {"provider": "bedrock", "model": arn, "privacy": "cloud"}
    assert family_of(Target.model_validate(target).known_model) == Family()
    assert family_of(Target.model_validate(target | {"base_model": f"us.{SONNET}"}).known_model) == family_of(SONNET)
