"""What a model that is none answers. Pure: the same request has the same answer."""

import json
import re
from itertools import takewhile

from sallyport.attempts import Usage
from sallyport.conversation import (
    Audio,
    Block,
    ChatAnswer,
    ChatRequest,
    Choice,
    Document,
    Image,
    Reasoning,
    Role,
    StopReason,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)
from sallyport.errors import ProviderRejectedError
from sallyport.providers.example import example
from sallyport.providers.pieces import is_json, likely
from sallyport.tokens import estimate, estimate_text

THOUGHT = "Simulated reasoning: repeat what was said."
SIGNATURE = "simulated-signature"
"""Stands for a provider's own: a thought that comes back with it, unchanged, is known again."""

_ASKS_FOR_TOOL = re.compile(r"\b(?:call|use)\b.*\b(?:tool|function)\b", re.IGNORECASE | re.DOTALL)


def answer(request: ChatRequest, model: str, max_tokens: int) -> ChatAnswer:
    """The same answer for the same request, as often as `n` asks for it."""
    try:
        return _answer(request, model, max_tokens)
    except ValueError as error:
        raise ProviderRejectedError("The schema of a tool or of the answer is no JSON schema. Correct it.") from error


def _answer(request: ChatRequest, model: str, max_tokens: int) -> ChatAnswer:
    text = _last_text(request)
    blocks: list[Block] = []
    stop, met, said = StopReason.TOOL_CALLS, None, ""
    if request.reasoning_effort not in (None, "none"):
        hidden = request.thinking is not None and request.thinking.display == "omitted"
        blocks.append(Reasoning(text="" if hidden else THOUGHT, signature=SIGNATURE))
    if calls := _calls(request, text):
        blocks += calls
    else:
        said, stop, met = _cut(_words(request, model, text), request.stop, max_tokens)
        blocks.append(Text(text=said))
    logprobs = likely(said, alternatives=request.top_logprobs, json_text=is_json(request)) if request.logprobs else None
    choice = Choice(blocks=tuple(blocks), stop_reason=stop, stop_sequence=met, logprobs=logprobs)
    return ChatAnswer(model=model, choices=(choice,) * request.n, usage=_usage(request, blocks))


def _words(request: ChatRequest, model: str, text: str) -> str:
    response = request.response_format
    if response and response.type == "json_schema":
        return json.dumps(example(response.json_schema or {"type": "object"}, text), ensure_ascii=False)
    if response and response.type == "json_object":
        return json.dumps({"simulated": True, "model": model, "you_said": text}, ensure_ascii=False)
    head = f"Simulated answer by {model} (no model was called)."
    attached = _attachments(request)
    seen = f" You sent {attached}." if attached else ""
    if result := _last_result(request):
        return f"{head}{seen} {result}"
    return f"{head}{seen} You said: {text}"


def _last_text(request: ChatRequest) -> str:
    for turn in reversed(request.turns):
        texts = [block.text for block in turn.blocks if isinstance(block, Text)]
        if turn.role is Role.USER and texts:
            return "\n".join(texts)
    return ""


def _last_result(request: ChatRequest) -> str:
    """What the tool results say that the conversation ends with, in one turn or one each; empty when there are none."""
    last = [*takewhile(_has_results, reversed(request.turns))][::-1]
    results = [block for turn in last for block in turn.blocks if isinstance(block, ToolResult)]
    text = "\n".join(inner.text for result in results for inner in result.content if isinstance(inner, Text))
    head = "The tool failed" if any(result.is_error for result in results) else "The tool answered"
    return f"{head}: {text}" if text else ""


def _has_results(turn: Turn) -> bool:
    return any(isinstance(block, ToolResult) for block in turn.blocks)


def _attachments(request: ChatRequest) -> str:
    """Images in tool results too; of thoughts, those that come back as they were signed."""
    blocks = [block for turn in request.turns for block in turn.blocks]
    blocks += [inner for block in blocks if isinstance(block, ToolResult) for inner in block.content]
    kinds: tuple[tuple[str, type[Image | Document | Audio]], ...] = (
        ("images", Image),
        ("documents", Document),
        ("sounds", Audio),
    )
    counts = [(name, sum(isinstance(block, kind) for block in blocks)) for name, kind in kinds]
    counts.append(("thoughts", sum(isinstance(block, Reasoning) and is_own(block) for block in blocks)))
    return ", ".join(f"{name}: {count}" for name, count in counts if count)


def is_own(thought: Reasoning) -> bool:
    """Whether it comes back as it was signed here; its words may have been omitted."""
    return thought.signature == SIGNATURE and thought.text in ("", THOUGHT)


def _calls(request: ChatRequest, text: str) -> list[ToolCall]:
    head = f"call_simulated_{len(request.turns)}"
    return [
        ToolCall(
            id=f"{head}_{number}" if number else head,
            name=tool.name,
            arguments=json.dumps(example(tool.parameters or {"type": "object"}, text), ensure_ascii=False),
        )
        for number, tool in enumerate(_tools(request, text))
    ]


def _tools(request: ChatRequest, text: str) -> tuple[Tool, ...]:
    """Those to call: all that the text names, unless one at a time was asked for."""
    choice = request.tool_choice
    mode = choice.mode if choice else "auto"
    if not request.tools or mode == "none":
        return ()
    if mode == "one" and choice:
        return tuple(tool for tool in request.tools if tool.name == choice.name)[:1]
    named = tuple(tool for tool in request.tools if re.search(rf"\b{re.escape(tool.name)}\b", text))
    named = named[:1] if request.parallel_tool_calls is False else named
    if mode == "required":
        return named or request.tools[:1]
    if any(isinstance(block, ToolResult) for block in request.turns[-1].blocks):
        return ()
    return named or (request.tools[:1] if _ASKS_FOR_TOOL.search(text) else ())


def _cut(text: str, stops: tuple[str, ...], max_tokens: int) -> tuple[str, StopReason, str | None]:
    """The text up to the first stop sequence and within the limit, why it ends there, and the sequence."""
    ends = [(end, stop) for stop in stops if stop and (end := text.find(stop)) >= 0]
    end, met = min(ends, default=(len(text), None), key=lambda each: each[0])
    cut, reason = text[:end], StopReason.END if met is None else StopReason.STOP_SEQUENCE
    if estimate_text(cut) <= max_tokens:
        return cut, reason, met
    # Three bytes are a token to the estimator; half a character at the end is left out.
    return cut.encode()[: max_tokens * 3].decode(errors="ignore"), StopReason.LENGTH, None


def _usage(request: ChatRequest, blocks: list[Block]) -> Usage:
    """One prompt, and every answer, by the estimator."""
    thoughts = sum(estimate_text(block.text) for block in blocks if isinstance(block, Reasoning))
    said = sum(estimate_text(block.text) for block in blocks if isinstance(block, Text))
    called = sum(estimate_text(block.arguments) for block in blocks if isinstance(block, ToolCall))
    return Usage(
        input_tokens=estimate(request),
        output_tokens=(thoughts + said + called) * request.n,
        reasoning_tokens=thoughts * request.n,
    )
