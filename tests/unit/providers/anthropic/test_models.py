"""providers/anthropic/models: what a model's name tells of it."""

import pytest

from sallyport.providers.anthropic.models import OTHER, model_of


@pytest.mark.parametrize(
    ("name", "thinks", "adaptive", "enabled", "samples", "one_sampler", "schemas"),
    [
        ("claude-2.1", False, False, False, True, False, False),
        ("claude-3-5-haiku-20241022", False, False, False, True, False, False),
        ("claude-3-7-sonnet-20250219", True, False, True, True, False, False),
        ("claude-sonnet-4-20250514", True, False, True, True, False, False),
        ("claude-opus-4-1-20250805", True, False, True, True, True, True),
        ("claude-sonnet-4-5", True, False, True, True, True, True),
        ("anthropic/claude-sonnet-4.6", True, True, True, True, True, True),
        ("claude-opus-4-6", True, True, True, True, True, True),
        ("claude-opus-4-7", True, True, False, False, False, True),
        ("claude-opus-5-20270101", True, True, False, False, False, True),
        ("claude-latest", True, True, False, False, False, True),
    ],
)
def test_versions(name, thinks, adaptive, enabled, samples, one_sampler, schemas):
    model = model_of(name)

    assert (model.thinks, model.adaptive, "enabled" in model.modes) == (thinks, adaptive, enabled)
    assert (model.samples, model.one_sampler, model.schemas) == (samples, one_sampler, schemas)


@pytest.mark.parametrize(
    ("name", "efforts"),
    [
        ("claude-sonnet-4-5", ""),
        ("claude-opus-4-5", "low medium high"),
        ("claude-sonnet-4-6", "low medium high max"),
        ("claude-opus-4-7", "low medium high xhigh max"),
    ],
)
def test_efforts(name, efforts):
    assert model_of(name).efforts == tuple(efforts.split())


@pytest.mark.parametrize(
    ("name", "unasked", "off", "forces", "begun"),
    [
        ("claude-sonnet-4-5", False, "disabled", True, True),
        ("claude-opus-4-6", False, "disabled", True, False),
        ("claude-opus-4-8", False, "disabled", True, False),
        ("claude-opus-5", True, "disabled", True, False),
        ("claude-haiku-5-5", True, "disabled", True, False),
        ("claude-sonnet-5-5", True, "between_tools", False, False),
        ("claude-opus-5-5", True, None, False, False),
        ("claude-fable-5", True, None, True, False),
        ("claude-fable-5-1", True, None, False, False),
        ("claude-mythos-preview", True, None, False, False),
    ],
)
def test_what_the_newer_ones_do_unasked(name, unasked, off, forces, begun):
    model = model_of(name)

    assert (model.unasked, model.off, model.forces, model.begun) == (unasked, off, forces, begun)
    assert off is None or off in model.modes


@pytest.mark.parametrize("name", ["kimi-k2", "glm-4.6", "deepseek-chat"])
def test_of_others_nothing_is_known(name):
    assert model_of(name) is OTHER
