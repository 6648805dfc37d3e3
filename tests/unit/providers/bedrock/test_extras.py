"""providers/bedrock/extras: fields of one API, each carried, refused, or told of without a client's own name."""

import pytest

from sallyport.errors import ProviderRejectedError
from sallyport.providers.bedrock.build import unmet

SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA = "us.amazon.nova-lite-v1:0"
EDITS = {"edits": [{"type": "clear_tool_uses_20250919"}]}


@pytest.mark.parametrize(
    ("model", "asked", "sent", "warned"),
    [
        (NOVA, "auto", "default", []), (NOVA, "default", "default", []), (NOVA, "standard_only", "default", []),
        (NOVA, "flex", "flex", []), (NOVA, "priority", "priority", []), (SONNET, "auto", "default", []),
        (SONNET, "flex", None, ["service_tier"]), (NOVA, "scale", None, ["service_tier"]),
        (NOVA, ["canary"], None, ["service_tier"]),
    ],
)  # fmt: skip
def test_service_tiers_in_bedrocks_words(built, left_out, request_of, model, asked, sent, warned):
    request = request_of(extras={"service_tier": asked})

    assert built(request, model).get("serviceTier") == (sent and {"type": sent})
    assert left_out(request, model) == warned


@pytest.mark.parametrize(
    "name",
    [
        "store", "verbosity", "safety_identifier", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
        "prediction", "diagnostics", "speed", "user_profile_id", "metadata", "output_config",
    ],
)  # fmt: skip
def test_fields_of_other_apis_are_named(built, left_out, request_of, name):
    assert built(request_of(extras={name: "x"})) == built(request_of())
    assert left_out(request_of(extras={name: "x"})) == [name]


@pytest.mark.parametrize("extras", [{"store": None}, {"modalities": ["text"]}, {"inference_geo": "global"}], ids=str)
def test_what_asks_for_nothing_is_not_told(built, left_out, request_of, extras):
    assert built(request_of(extras=extras)) == built(request_of())
    assert left_out(request_of(extras=extras)) == []


def test_a_clients_own_names_are_counted_and_never_quoted(request_of, target_of):
    (told,) = unmet(request_of(extras={"canary one": 1, "canary": None, "canary two": 2}), target_of(SONNET))

    assert (told.field, told.reason[:8]) == ("extras", "2 fields")
    assert "canary" not in told.reason


def test_a_place_to_be_served_in_is_refused_by_name(built, request_of):
    with pytest.raises(ProviderRejectedError) as error:
        built(request_of(extras={"inference_geo": "us"}, extras_of="anthropic"))

    assert error.value.details == {"param": "inference_geo"}


@pytest.mark.parametrize(
    ("model", "extras", "sent", "warned"),
    [
        (SONNET, {"anthropic_beta": ["a"], "context_management": EDITS}, True, []),
        (SONNET, {"anthropic_beta": ["a"]}, True, []),
        (SONNET, {"context_management": EDITS}, False, ["context_management"]),
        (SONNET, {"anthropic_beta": "a"}, False, ["anthropic_beta"]),
        (SONNET, {"anthropic_beta": []}, False, ["anthropic_beta"]),
        (NOVA, {"anthropic_beta": ["a"], "context_management": EDITS}, False, ["anthropic_beta", "context_management"]),
    ],
)
def test_claudes_betas_are_carried_to_claude(built, left_out, request_of, model, extras, sent, warned):
    request = request_of(extras=extras, extras_of="anthropic")

    assert built(request, model).get("additionalModelRequestFields") == (extras if sent else None)
    assert left_out(request, model) == warned


BETA, LONG = "interleaved-thinking-2025-05-14", "context-1m-2025-08-07"


@pytest.mark.parametrize(
    ("model", "extras", "sent", "warned"),
    [
        (SONNET, {}, [BETA], ["anthropic-beta", "anthropic-beta"]),
        (SONNET, {"anthropic_beta": ["a"]}, ["a", BETA], ["anthropic-beta", "anthropic-beta"]),
        (SONNET, {"anthropic_beta": "a"}, None, ["anthropic_beta", *["anthropic-beta"] * 3]),
        (NOVA, {}, None, ["anthropic-beta"] * 3),
    ],
)
def test_betas_of_a_header_come_in_the_field_of_bedrock(built, left_out, request_of, model, extras, sent, warned):
    request = request_of(extras=extras, extras_of="anthropic", betas=(BETA, LONG, "unknown"))

    assert built(request, model).get("additionalModelRequestFields") == (sent and {"anthropic_beta": sent})
    assert left_out(request, model) == warned


def test_a_beta_of_a_header_lets_through_what_is_behind_it(built, left_out, request_of):
    beta = "context-management-2025-06-27"
    request = request_of(extras={"context_management": EDITS}, extras_of="anthropic", betas=(beta,))

    assert built(request, SONNET)["additionalModelRequestFields"] == {
        "anthropic_beta": [beta], "context_management": EDITS
    }  # fmt: skip
    assert left_out(request, SONNET) == []
