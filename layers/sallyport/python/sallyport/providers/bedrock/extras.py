"""Fields of one API alone: those that Converse can carry, those that are refused, and those that are left out."""

from collections.abc import Mapping
from typing import Any

from sallyport.conversation import ChatRequest
from sallyport.providers.bedrock.draft import Draft
from sallyport.providers.bedrock.families import Family
from sallyport.providers.refusal import refused

_TIERS: Mapping[str, str] = {
    "auto": "default", "standard_only": "default", "default": "default", "flex": "flex", "priority": "priority",
}  # fmt: skip
"""OpenAI's and Anthropic's words for Bedrock's."""

_LEFT_OUT: Mapping[str, str] = {
    "store": "the gateway keeps nothing at a provider",
    "verbosity": "Converse has no word for it",
    "safety_identifier": "it names a person, and Bedrock has no place for it but its invocation log",
    "prompt_cache_key": "Bedrock remembers prompts up to the marks in them",
    "prompt_cache_options": "Bedrock remembers prompts up to the marks in them",
    "prompt_cache_retention": "Bedrock remembers prompts up to the marks in them",
    "prediction": "Converse takes no predicted answer",
    "diagnostics": "Converse has no word for it",
    "speed": "Converse has no word for it",
    "user_profile_id": "it names a person, and Bedrock has no place for it but its invocation log",
    "metadata": "it would be written into Bedrock's invocation log",
    "output_config": "Converse has a word for the effort and the format alone",
}
"""Fields of OpenAI's and Anthropic's APIs, and why leaving them out does no harm."""

_ANYWHERE = frozenset({"global", "not_available"})


def add_extras(draft: Draft, request: ChatRequest, family: Family) -> None:
    """Raise ProviderRejectedError for a wish to be served in one part of the world: the target's region decides.

    A name that no API has is the client's own and may be content, so such fields are counted and never named.
    """
    extras = {name: value for name, value in request.extras.items() if value is not None}
    if extras.pop("inference_geo", "global") not in _ANYWHERE:
        raise refused("inference_geo", "The target's region decides. Ask for a model of that region.")
    _add_tier(draft, extras, family)
    _add_betas(draft, extras, family)
    if extras.get("modalities") == ["text"]:
        del extras["modalities"]
    for name, reason in _LEFT_OUT.items():
        if name in extras:
            draft.leave_out(name, reason)
    unknown = len(extras.keys() - _LEFT_OUT.keys())
    if unknown:
        draft.leave_out("extras", f"{unknown} fields are none that this kind of provider knows")


def _add_tier(draft: Draft, extras: dict[str, Any], family: Family) -> None:
    if "service_tier" not in extras:
        return
    asked = extras.pop("service_tier")
    tier = _TIERS.get(asked) if isinstance(asked, str) else None
    if tier is None:
        draft.leave_out("service_tier", f"Bedrock's words are {', '.join(_TIERS)}")
    elif tier != "default" and not family.tiers:
        draft.leave_out("service_tier", "the model is served in the default tier alone")
    else:
        draft.arguments["serviceTier"] = {"type": tier}


def _add_betas(draft: Draft, extras: dict[str, Any], family: Family) -> None:
    """What Claude's API has behind a beta's name, which Bedrock takes in the body, it takes with that name alone."""
    betas = extras.pop("anthropic_beta", None)
    named = isinstance(betas, list) and bool(betas) and all(isinstance(each, str) for each in betas)
    if betas is not None and not (named and family.claude):
        draft.leave_out("anthropic_beta", "Claude alone takes it, as a list of names")
        named = False
    if named:
        draft.additional["anthropic_beta"] = betas
    edits = extras.pop("context_management", None)
    if edits is not None and named and isinstance(edits, dict):
        draft.additional["context_management"] = edits
    elif edits is not None:
        draft.leave_out("context_management", "Claude alone takes it, together with the name of its beta")
