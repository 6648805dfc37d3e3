"""Our request as the body of a message."""

from collections.abc import Iterable, Mapping
from typing import Any

from sallyport.attempts import Unmet
from sallyport.conversation import ChatRequest, ResponseFormat, Role, Tool, ToolCall, Turn
from sallyport.providers.anthropic import limits
from sallyport.providers.anthropic.marks import finish_marks
from sallyport.providers.anthropic.messages import cache_control, messages, system_blocks
from sallyport.providers.anthropic.models import Model, model_of
from sallyport.providers.anthropic.sampling import sampling, unsampled
from sallyport.providers.anthropic.thinking import thought_of
from sallyport.providers.anthropic.turns import alternated
from sallyport.providers.names import tool_name
from sallyport.providers.refusal import refuse_any, refused
from sallyport.providers.schemas import closed
from sallyport.routing import Target

_JSON_ONLY = "Answer with one JSON object and nothing else: no introduction, no code fence."
_CHOICES: Mapping[str, str] = {"auto": "auto", "required": "any", "one": "tool", "none": "none"}
_OWN = frozenset({
    "cache_control", "max_tokens", "messages", "model", "stop_sequences", "stream", "system", "temperature",
    "thinking", "tool_choice", "tools", "top_k", "top_p",
})  # fmt: skip
"""Fields that the rest of the request decides, whatever `extras` say."""


def build(request: ChatRequest, target: Target, max_tokens: int, *, stream: bool = False) -> dict[str, Any]:
    """The JSON body. What only this API understands comes from `extras`, and never overrides the rest.

    Raise ProviderRejectedError, with `param`, for what Anthropic cannot honour.
    """
    refuse_any(request, limits.REFUSED)
    model = model_of(target.model)
    turns = alternated(request.turns)
    if turns[-1].role is Role.ASSISTANT and not model.begun:
        raise refused("messages", "It goes on with no answer that is begun. Let a user's message be the last.")
    thought = thought_of(request, turns, model, max_tokens)
    extras = request.extras if request.extras_of == "anthropic" else {}
    body: dict[str, Any] = {name: value for name, value in extras.items() if name not in _OWN}
    body |= {"model": target.model, "max_tokens": max_tokens, "messages": messages(turns), "stream": stream}
    system = system_blocks(request)
    if request.response_format and request.response_format.type == "json_object":
        # Messages has no such mode; OpenAI's own asks for the same words in the prompt.
        system.append({"type": "text", "text": _JSON_ONLY})
    filled = {
        "system": system,
        "stop_sequences": _stop(request),
        "thinking": thought.thinking,
        "metadata": _joined(extras, "metadata", user_id=limits.user_of(request)),
        "output_config": _joined(
            extras, "output_config", effort=thought.effort, format=_format(request.response_format, model)
        ),
        **_tools(request, turns, model),
    }
    body |= {name: value for name, value in filled.items() if value}
    body |= sampling(request, model, thinks=thought.thinks)
    finish_marks(body, request)
    return body


def unmet(request: ChatRequest, target: Target) -> tuple[Unmet, ...]:
    """What of the request `build` leaves out or says otherwise, as far as that can be told without the limit."""
    model = model_of(target.model)
    max_tokens = min(request.max_tokens or target.max_output_tokens, target.max_output_tokens)
    thought = thought_of(request, alternated(request.turns), model, max_tokens)
    told = [*limits.left_out(request), *unsampled(request, model), *thought.unmet]
    if not model.schemas and any(tool.strict for tool in request.tools):
        told.append(Unmet(field="tools.strict", reason="is unknown to this model, which follows schemas as it can"))
    return tuple(told)


def _stop(request: ChatRequest) -> list[str]:
    stop = [each for each in request.stop if each]
    if not all(each.strip() for each in stop):
        raise refused("stop", "Anthropic takes no stop sequence of white space alone.")
    return stop


def _joined(extras: dict[str, Any], name: str, **own: Any) -> dict[str, Any]:
    """What the client sent of a field that is known in part, and our part of it."""
    rest = extras.get(name)
    return (rest if isinstance(rest, dict) else {}) | {key: value for key, value in own.items() if value is not None}


def _tools(request: ChatRequest, turns: Iterable[Turn], model: Model) -> dict[str, Any]:
    """Tools and the choice among them. What earlier turns called needs a specification, but may not be called."""
    if not request.tools:
        used = {block.name for turn in turns for block in turn.blocks if isinstance(block, ToolCall)}
        made = [_tool(Tool(name=name), model) for name in sorted(used)]
        return {"tools": made, "tool_choice": {"type": "none"}} if made else {}
    choice, one_only = request.tool_choice, request.parallel_tool_calls is False
    told: dict[str, Any] = {"type": _CHOICES[choice.mode if choice else "auto"]}
    if choice and choice.mode == "one":
        told["name"] = tool_name(choice.name or "")
    if one_only and told["type"] != "none":
        told["disable_parallel_tool_use"] = True
    tools = [_tool(tool, model) for tool in request.tools]
    return {"tools": tools, "tool_choice": told} if choice or one_only else {"tools": tools}


def _tool(tool: Tool, model: Model) -> dict[str, Any]:
    schema = {"type": "object", "properties": {}} | (tool.parameters or {})
    if schema["type"] != "object":
        raise refused("tools", "The parameters of a tool must be an object's schema.")
    made: dict[str, Any] = {"name": tool_name(tool.name), "input_schema": schema}
    if tool.description and tool.description.strip():
        made["description"] = tool.description
    if tool.strict and model.schemas:
        made |= {"strict": True, "input_schema": closed(schema)}
    return made | cache_control(tool.cache)


def _format(response: ResponseFormat | None, model: Model) -> dict[str, Any] | None:
    if response is None or response.type != "json_schema":
        return None
    if not model.schemas:
        raise refused("response_format", "It answers by no schema.")
    schema = closed(response.json_schema or {"type": "object"})
    if response.description:
        schema.setdefault("description", response.description)
    return {"type": "json_schema", "schema": schema}
