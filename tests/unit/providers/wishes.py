"""Everything that a request can say, wish by wish: for tables that hold each provider to an answer for each of them."""

from sallyport.conversation import (
    Audio,
    Block,
    ChatRequest,
    Document,
    Image,
    Message,
    Reasoning,
    Refusal,
    ResponseFormat,
    Role,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)

FIND = Tool(name="find", parameters={"type": "object"})
PLAIN = ChatRequest(
    turns=(Turn(role=Role.USER, blocks=(Text(text="find it"),)),),
    tools=(FIND, Tool(name="look")),
    reasoning_effort="low",
)
SCHEMA = ResponseFormat(type="json_schema", name="a", json_schema={"type": "object"})


def said(*blocks: Block, role: Role = Role.USER) -> ChatRequest:
    return PLAIN.model_copy(update={"turns": (*PLAIN.turns, Turn(role=role, blocks=blocks))})


def wished(**fields: object) -> ChatRequest:
    return PLAIN.model_copy(update=fields)


def answered(thought: Reasoning) -> ChatRequest:
    return said(thought, Text(text="Done."), role=Role.ASSISTANT)


CALL = ToolCall(id="c1", name="find", arguments='{"a": 1}')
RESULT = ToolResult(tool_call_id="c1", content=(Text(text="42"),))
IMAGE = Image(media_type="image/gif", data="aGk=")
FILE = Document(name="a.pdf", data="aGk=")

WISHES: dict[str, tuple[ChatRequest, ChatRequest]] = {
    "ChatRequest.turns": (PLAIN, said(Text(text="more"))),
    "ChatRequest.tools": (PLAIN, wished(tools=(FIND,))),
    "ChatRequest.tool_choice": (PLAIN, wished(tool_choice=ToolChoice(mode="none"))),
    "ChatRequest.parallel_tool_calls": (
        said(Text(text="find and look")),
        said(Text(text="find and look")).model_copy(update={"parallel_tool_calls": False}),
    ),
    "ChatRequest.temperature": (PLAIN, wished(temperature=0.5)),
    "ChatRequest.top_p": (PLAIN, wished(top_p=0.5)),
    "ChatRequest.top_k": (PLAIN, wished(top_k=5)),
    "ChatRequest.stop": (wished(tools=()), wished(tools=(), stop=("You said",))),
    "ChatRequest.seed": (PLAIN, wished(seed=1)),
    "ChatRequest.n": (PLAIN, wished(n=2)),
    "ChatRequest.presence_penalty": (PLAIN, wished(presence_penalty=0.5)),
    "ChatRequest.frequency_penalty": (PLAIN, wished(frequency_penalty=0.5)),
    "ChatRequest.logit_bias": (PLAIN, wished(logit_bias={"1": 1.0})),
    "ChatRequest.logprobs": (wished(tools=()), wished(tools=(), logprobs=True)),
    "ChatRequest.top_logprobs": (
        wished(tools=(), logprobs=True),
        wished(tools=(), logprobs=True, top_logprobs=1),
    ),
    "ChatRequest.reasoning_effort": (wished(reasoning_effort=None), PLAIN),
    "ChatRequest.thinking": (PLAIN, wished(thinking=Thinking(mode="enabled", budget_tokens=2000))),
    "ChatRequest.response_format": (wished(tools=()), wished(tools=(), response_format=SCHEMA)),
    "ChatRequest.user": (PLAIN, wished(user="u")),
    "ChatRequest.metadata": (PLAIN, wished(metadata={"a": "b"})),
    "ChatRequest.cache": (PLAIN, wished(cache="5m")),
    "ChatRequest.extras": (PLAIN, wished(extras={"verbosity": "low"})),
    "ChatRequest.betas": (PLAIN, wished(betas=("effort-2025-11-24",))),
    "ChatRequest.extras_of": (
        wished(extras={"service_tier": "auto"}),
        wished(extras={"service_tier": "standard_only"}, extras_of="anthropic"),
    ),
    "Turn.role": (PLAIN, wished(turns=(PLAIN.turns[0].model_copy(update={"role": Role.ASSISTANT}),))),
    "Turn.blocks": (PLAIN, said(Text(text="more"))),
    "Turn.name": (PLAIN, wished(turns=(PLAIN.turns[0].model_copy(update={"name": "ann"}),))),
    "Text.text": (PLAIN, said(Text(text="more"))),
    "Text.cache": (said(Text(text="more")), said(Text(text="more", cache="5m"))),
    "Image.media_type": (said(IMAGE), said(Image(media_type="image/png", data="aGk="))),
    "Image.data": (said(IMAGE), said(Image(media_type="image/gif", data="eW8="))),
    "Image.detail": (said(IMAGE), said(IMAGE.model_copy(update={"detail": "low"}))),
    "Image.cache": (said(IMAGE), said(IMAGE.model_copy(update={"cache": "5m"}))),
    "Document.name": (said(FILE), said(FILE.model_copy(update={"name": "b.pdf"}))),
    "Document.media_type": (said(FILE), said(FILE.model_copy(update={"media_type": "text/csv"}))),
    "Document.data": (PLAIN, said(FILE)),
    "Document.cache": (said(FILE), said(FILE.model_copy(update={"cache": "5m"}))),
    "Audio.format": (said(Audio(format="mp3", data="aGk=")), said(Audio(format="wav", data="aGk="))),
    "Audio.data": (PLAIN, said(Audio(format="mp3", data="aGk="))),
    "ToolCall.id": (said(CALL), said(CALL.model_copy(update={"id": "c2"}))),
    "ToolCall.name": (said(CALL), said(CALL.model_copy(update={"name": "look"}))),
    "ToolCall.arguments": (said(CALL), said(CALL.model_copy(update={"arguments": "{}"}))),
    "ToolCall.cache": (said(CALL), said(CALL.model_copy(update={"cache": "1h"}))),
    "ToolResult.tool_call_id": (said(RESULT), said(RESULT.model_copy(update={"tool_call_id": "c2"}))),
    "ToolResult.content": (said(RESULT), said(RESULT.model_copy(update={"content": (IMAGE,)}))),
    "ToolResult.is_error": (said(RESULT), said(RESULT.model_copy(update={"is_error": True}))),
    "ToolResult.cache": (said(RESULT), said(RESULT.model_copy(update={"cache": "1h"}))),
    "Reasoning.text": (PLAIN, answered(Reasoning(text="Hm."))),
    "Reasoning.signature": (PLAIN, answered(Reasoning(text="Hm.", signature="s"))),
    "Reasoning.redacted": (PLAIN, answered(Reasoning(redacted="aGk="))),
    "Refusal.text": (PLAIN, said(Refusal(text="No."), role=Role.ASSISTANT)),
    "Tool.name": (PLAIN, wished(tools=(Tool(name="other"),))),
    "Tool.description": (PLAIN, wished(tools=(FIND.model_copy(update={"description": "d"}), PLAIN.tools[1]))),
    "Tool.parameters": (PLAIN, wished(tools=(FIND.model_copy(update={"parameters": {}}), PLAIN.tools[1]))),
    "Tool.strict": (PLAIN, wished(tools=(FIND.model_copy(update={"strict": True}), PLAIN.tools[1]))),
    "Tool.cache": (PLAIN, wished(tools=(FIND.model_copy(update={"cache": "1h"}), PLAIN.tools[1]))),
    "ToolChoice.mode": (PLAIN, wished(tool_choice=ToolChoice(mode="none"))),
    "ToolChoice.name": (PLAIN, wished(tool_choice=ToolChoice(mode="one", name="look"))),
    "ResponseFormat.type": (wished(tools=()), wished(tools=(), response_format=ResponseFormat(type="json_object"))),
    "ResponseFormat.name": (
        wished(response_format=SCHEMA),
        wished(response_format=SCHEMA.model_copy(update={"name": "b"})),
    ),
    "ResponseFormat.description": (
        wished(response_format=SCHEMA),
        wished(response_format=SCHEMA.model_copy(update={"description": "d"})),
    ),
    "ResponseFormat.json_schema": (
        wished(tools=(), response_format=SCHEMA),
        wished(tools=(), response_format=SCHEMA.model_copy(update={"json_schema": {"type": "array"}})),
    ),
    "ResponseFormat.strict": (
        wished(response_format=SCHEMA),
        wished(response_format=SCHEMA.model_copy(update={"strict": True})),
    ),
    "Thinking.mode": (PLAIN, wished(thinking=Thinking(mode="adaptive"))),
    "Thinking.budget_tokens": (PLAIN, wished(thinking=Thinking(budget_tokens=2000))),
    "Thinking.display": (PLAIN, wished(thinking=Thinking(display="omitted"))),
    "Thinking.effort": (PLAIN, wished(thinking=Thinking(effort="high"))),
}
"""Field to a request that does not wish for it, and the same that does."""

FETCHED = {"Image.url", "Image.url_field", "Document.url", "Document.url_field"}
"""By edge, so that no provider meets them."""

ELSEWHERE = {"ChatRequest.max_tokens", "ChatRequest.drill"} | FETCHED
"""An argument of its own; and what inference refuses for all but simulated targets."""


def every_field() -> set[str]:
    """Of a request and all that is in it, but the tags by which blocks are told apart."""
    kinds: tuple[type[Message], ...] = (
        ChatRequest, Turn, Text, Image, Document, Audio, ToolCall, ToolResult, Reasoning, Refusal, Tool, ToolChoice,
        ResponseFormat, Thinking,
    )  # fmt: skip
    names = {f"{kind.__name__}.{name}" for kind in kinds for name in kind.model_fields}
    return {name for name in names if not name.endswith(".type") or name == "ResponseFormat.type"} - ELSEWHERE
