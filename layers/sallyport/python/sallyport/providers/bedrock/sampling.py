"""Tokens, chance and stop sequences: Converse's inferenceConfig, and top_k in the words of its family."""

from typing import Any

from sallyport.conversation import ChatRequest
from sallyport.providers.bedrock.draft import Draft
from sallyport.providers.bedrock.families import Family, Samplers
from sallyport.providers.refusal import refused

_MOST_TOP_K_OF_NOVA = 128
STOP_SEQUENCE_PATHS = "/stop_sequence", "/delta/stop_sequence"
"""Where Claude's own reply and the last but one event of its own stream tell which stop sequence was met."""


def add_sampling(draft: Draft, request: ChatRequest, family: Family, max_tokens: int) -> None:
    """Raise ProviderRejectedError for a temperature above 1, two samplers where one is taken, and unknown stops."""
    config: dict[str, Any] = {"maxTokens": max_tokens}
    temperature, top_p = _samplers(draft, request, family)
    if temperature is not None:
        config["temperature"] = temperature
    if top_p is not None:
        config["topP"] = top_p
    if stop := [each for each in request.stop if each]:
        if not family.stop:
            raise refused("stop", "It takes no stop sequences.")
        config["stopSequences"] = stop
        if family.claude:
            draft.ask_back(*STOP_SEQUENCE_PATHS)
    draft.arguments["inferenceConfig"] = config


def add_top_k(draft: Draft, request: ChatRequest, family: Family) -> None:
    """After thinking, which excludes it."""
    if request.top_k is None:
        return
    match family.top_k:
        case ("top_k",) if not draft.thinks:
            draft.additional["top_k"] = request.top_k
        case ("inferenceConfig", name) if request.top_k <= _MOST_TOP_K_OF_NOVA:
            draft.additional["inferenceConfig"] = {name: request.top_k}
        case ("inferenceConfig", _):
            draft.leave_out("top_k", f"it takes {_MOST_TOP_K_OF_NOVA} at most, and chooses among more without it")
        case ("top_k",):
            draft.leave_out("top_k", "it cannot be combined with thinking")
        case _:
            draft.leave_out("top_k", "the model has no word for it, or its id does not tell")


def _samplers(draft: Draft, request: ChatRequest, family: Family) -> tuple[float | None, float | None]:
    temperature, top_p = request.temperature, request.top_p
    if temperature is not None and temperature > 1:
        raise refused("temperature", "Bedrock takes 0 to 1.")
    if family.samplers is Samplers.NONE:
        # 1 is the default of both and says nothing, yet many clients send it.
        for name, value in (("temperature", temperature), ("top_p", top_p)):
            if value not in (None, 1):
                draft.leave_out(name, "the model sets it by itself and refuses any other")
        return None, None
    if family.samplers is Samplers.ONE and temperature is not None and top_p is not None:
        if top_p != 1 and temperature != 1:
            raise refused("top_p", "It takes temperature or top_p, not both.")
        return (temperature, None) if top_p == 1 else (None, top_p)
    return temperature, top_p
