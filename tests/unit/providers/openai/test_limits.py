"""providers/openai/limits: nothing that a request says is lost without a word."""

import pytest

from sallyport.conversation import Image, Text, Thinking, ToolResult
from sallyport.errors import ProviderRejectedError
from sallyport.providers.openai.build import build
from sallyport.providers.openai.limits import check, of_openai, unmet
from tests.unit.providers.wishes import PLAIN, WISHES, every_field, said, wished

OPENAI, OTHER = "https://api.openai.com/v1", "http://127.0.0.1:8000/v1"

WARNED = {
    "ChatRequest.betas": "anthropic-beta",
    "ChatRequest.cache": "cache_control",
    "ChatRequest.thinking": "thinking.budget_tokens",
    "Text.cache": "cache_control",
    "Image.cache": "cache_control",
    "Document.cache": "cache_control",
    "ToolCall.cache": "cache_control",
    "ToolResult.cache": "cache_control",
    "Tool.cache": "cache_control",
    "ToolResult.is_error": "is_error",
    "Reasoning.text": "messages",
    "Reasoning.signature": "messages",
    "Reasoning.redacted": "messages",
    "Thinking.mode": "thinking.type",
    "Thinking.budget_tokens": "thinking.budget_tokens",
    "Thinking.display": "thinking.display",
    "Thinking.effort": "output_config.effort",
}
"""Wish to the name under which a client is told that it was not sent, or not in all; everything else is passed on."""
THERE = {OPENAI: {"ChatRequest.top_k": "top_k"}, OTHER: {"ChatRequest.extras_of": "service_tier"}}


def told(request, target):
    return {each.field for each in unmet(request, target)}


def test_every_field_of_a_request_is_in_the_table():
    assert set(WISHES) == every_field()


@pytest.mark.parametrize("base_url", [OPENAI, OTHER])
@pytest.mark.parametrize("name", sorted(WISHES))
def test_every_wish_is_passed_on_or_told_of(name, base_url, target_of):
    target = target_of(base_url=base_url)
    without, wish = WISHES[name]
    field = (WARNED | THERE[base_url]).get(name)

    assert told(wish, target) - told(without, target) == ({field} if field else set())
    assert field or build(wish, target, 50) != build(without, target, 50)


def test_a_plain_request_is_honoured_whole(target_of):
    assert unmet(PLAIN, target_of(base_url=OPENAI)) == ()


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://api.openai.com/v1", True),
        ("https://eu.api.openai.com/v1", True),
        ("https://acme.openai.azure.com/openai/v1", True),
        ("https://notopenai.com/v1", False),
        ("https://openai.com.example.test/v1", False),
        (None, False),
    ],
)
def test_openais_own_hosts(base_url, expected, target_of):
    assert of_openai(target_of(base_url=base_url)) is expected


@pytest.mark.parametrize(
    ("thinking", "effort", "fields"),
    [
        (Thinking(mode="enabled", budget_tokens=1024), "low", {"thinking.budget_tokens"}),
        (Thinking(mode="disabled"), "none", set()),
        (Thinking(mode="disabled", effort="high"), "none", {"output_config.effort"}),
        (Thinking(effort="high"), "high", set()),
        (Thinking(mode="adaptive", display="omitted"), "high", {"thinking.type", "thinking.display"}),
        (Thinking(mode="between_tools", effort="max"), "max", {"thinking.type"}),
    ],
)
def test_what_the_one_word_for_thinking_leaves_out(thinking, effort, fields, target_of):
    assert told(wished(thinking=thinking, reasoning_effort=effort), target_of()) == fields


def test_a_mark_inside_of_a_result_is_seen(target_of):
    for inside in (Text(text="1", cache="5m"), Image(url="https://a.test/b", cache="5m")):
        assert told(said(ToolResult(tool_call_id="c", content=(inside,))), target_of()) == {"cache_control"}


@pytest.mark.parametrize(
    ("base_url", "extras", "fields"),
    [
        (OPENAI, {"service_tier": "auto"}, set()),
        (OTHER, {"service_tier": "auto", "speed": "fast"}, {"service_tier", "speed"}),
        (OPENAI, {"inference_geo": "global"}, {"inference_geo"}),
        (OPENAI, {"canary": 1, "canary2": 1}, {"extras"}),
    ],
)
def test_what_only_anthropic_understands_is_told(base_url, extras, fields, target_of):
    request = wished(extras=extras, extras_of="anthropic")
    assert told(request, target_of(base_url=base_url)) == fields
    assert "canary" not in str(unmet(request, target_of(base_url=base_url)))
    assert unmet(wished(extras=extras), target_of(base_url=base_url)) == ()


@pytest.mark.parametrize(
    ("fields", "base_url", "param"),
    [
        ({"stop": ("a", "b", "c", "d", "e")}, OPENAI, "stop"),
        ({"stop": ("a", "b", "c", "d", "e")}, OTHER, None),
        ({"stop": ("a", "b", "c", "d")}, OPENAI, None),
        ({"extras": {"inference_geo": "eu"}, "extras_of": "anthropic"}, OTHER, "inference_geo"),
        ({"extras": {"inference_geo": "global"}, "extras_of": "anthropic"}, OTHER, None),
        ({"extras": {"inference_geo": "eu"}}, OTHER, None),
    ],
)
def test_refuses_by_name_what_an_application_builds_on(fields, base_url, param, target_of):
    request, target = wished(**fields), target_of(base_url=base_url)
    if param is None:
        check(request, target)
        build(request, target, 50)
        return
    with pytest.raises(ProviderRejectedError) as refused:
        build(request, target, 50)
    assert refused.value.details["param"] == param
    assert param in refused.value.message


def test_betas_of_another_api_are_told(request_of, target_of):
    told = unmet(request_of(betas=("effort-2025-11-24",)), target_of())
    assert [(each.field, each.reason) for each in told] == [
        ("anthropic-beta", "effort-2025-11-24 means nothing to this target")
    ]
