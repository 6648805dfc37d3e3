"""Our request as the arguments of Converse."""

import json
from typing import Any

from sallyport.conversation import ChatRequest, ResponseFormat, Tool, ToolCall
from sallyport.providers.bedrock import limits
from sallyport.providers.bedrock.families import Family, family_of
from sallyport.providers.bedrock.limits import refused
from sallyport.providers.bedrock.messages import messages, system_blocks
from sallyport.providers.bedrock.thinking import apply_effort
from sallyport.providers.names import tool_name
from sallyport.routing import Target

_NO_TOOLS = "Do not call any tool in this answer."
_JSON_ONLY = "Answer with one JSON object and nothing else: no introduction, no code fence."


def build(request: ChatRequest, target: Target, max_tokens: int) -> dict[str, Any]:
    """Keyword arguments of `converse`. `max_tokens` is always sent: Bedrock reserves its quota on it.

    Raise ProviderRejectedError, with `param`, for what Bedrock cannot honour.
    """
    limits.check(request)
    family = family_of(target.model)
    arguments: dict[str, Any] = {
        "modelId": target.model,
        "messages": messages(request, family),
        "inferenceConfig": _inference(request, family, max_tokens),
    }
    system = system_blocks(request)
    tools = _tool_config(request)
    if tools:
        arguments["toolConfig"] = tools
        if request.tool_choice and request.tool_choice.mode == "none":
            system.append({"text": _NO_TOOLS})
    if request.parallel_tool_calls is False and request.tools and family.claude:
        choice = {"disable_parallel_tool_use": True}
        _additional(arguments)["tool_choice"] = choice if "toolChoice" in tools else {"type": "auto", **choice}
    if request.response_format:
        _apply_format(arguments, system, request.response_format)
    if system:
        arguments["system"] = system
    apply_effort(arguments, request, family)
    return arguments


def _inference(request: ChatRequest, family: Family, max_tokens: int) -> dict[str, Any]:
    config: dict[str, Any] = {"maxTokens": max_tokens}
    temperature, top_p = request.temperature, request.top_p
    if temperature is not None and temperature > 1:
        raise refused("temperature", "Bedrock takes 0 to 1.")
    if family.one_sampler and temperature is not None and top_p is not None:
        # 1 is the default of both and says nothing, yet many clients send it.
        if top_p != 1 and temperature != 1:
            raise refused("top_p", "It takes temperature or top_p, not both.")
        temperature, top_p = (temperature, None) if top_p == 1 else (None, top_p)
    if temperature is not None:
        config["temperature"] = temperature
    if top_p is not None:
        config["topP"] = top_p
    if stop := [each for each in request.stop if each]:
        config["stopSequences"] = stop
    return config


def _tool_config(request: ChatRequest) -> dict[str, Any]:
    """Empty when no tool is needed. A conversation that used tools needs their specifications for ever."""
    used = {block.name for turn in request.turns for block in turn.blocks if isinstance(block, ToolCall)}
    choice = request.tool_choice
    if choice and choice.mode == "none" and not used:
        return {}
    known = {tool.name for tool in request.tools}
    tools = [*request.tools, *(Tool(name=name) for name in sorted(used - known))]
    if not tools:
        return {}
    config: dict[str, Any] = {"tools": [_specification(tool) for tool in tools]}
    match choice.mode if choice and request.tools else None:
        case "auto":
            config["toolChoice"] = {"auto": {}}
        case "required":
            config["toolChoice"] = {"any": {}}
        case "one" if choice and choice.name:
            config["toolChoice"] = {"tool": {"name": tool_name(choice.name)}}
    return config


def _specification(tool: Tool) -> dict[str, Any]:
    schema = {"type": "object", "properties": {}} | (tool.parameters or {})
    if schema["type"] != "object":
        raise refused("tools", "The parameters of a tool must be an object's schema.")
    specification: dict[str, Any] = {
        "name": tool_name(tool.name),
        "description": (tool.description or "").strip() or tool.name,
        "inputSchema": {"json": schema},
    }
    return {"toolSpec": specification}


def _apply_format(arguments: dict[str, Any], system: list[dict[str, Any]], response: ResponseFormat) -> None:
    match response.type:
        case "json_object":
            # Converse has no such mode; OpenAI's own asks for the same words in the prompt.
            system.append({"text": _JSON_ONLY})
        case "json_schema":
            structure = {"name": response.name, "description": response.description}
            schema = json.dumps(_closed(response.json_schema or {"type": "object"}), ensure_ascii=False)
            filled = {name: value for name, value in structure.items() if value} | {"schema": schema}
            text_format = {"type": "json_schema", "structure": {"jsonSchema": filled}}
            arguments["outputConfig"] = {"textFormat": text_format}


def _closed(schema: Any) -> Any:
    """The schema with `additionalProperties: false` on every object that leaves it open, as Bedrock demands."""
    match schema:
        case dict():
            closed = {key: _closed(value) for key, value in schema.items()}
            if schema.get("type") == "object":
                closed.setdefault("additionalProperties", False)
            return closed
        case list():
            return [_closed(value) for value in schema]
        case _:
            return schema


def _additional(arguments: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = arguments.setdefault("additionalModelRequestFields", {})
    return fields
