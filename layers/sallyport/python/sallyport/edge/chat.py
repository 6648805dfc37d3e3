"""One chat request: parse, seal, run the workflow, restore the placeholders for this caller last, render."""

import json
from typing import Any

from sallyport.composition import Services
from sallyport.contracts import ChatEnd, ChatStart, Purpose, Ticket
from sallyport.conversation import Block, ChatAnswer, ChatRequest, Text
from sallyport.dialects.openai_chat.parse import Parsed, parse
from sallyport.dialects.openai_chat.render import render
from sallyport.edge.context import Call
from sallyport.edge.outcome import headers_of, outcome_of
from sallyport.errors import AuditUnavailableError, InvalidRequestError, from_failure
from sallyport.observability import logger
from sallyport.redaction.restore import restore
from sallyport.rewriting import rewrite_blocks
from sallyport.tokens import estimate


def complete(here: Services, call: Call, body: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """A ChatCompletion and the headers that tell how it came about. Raise whatever stopped the request."""
    parsed = parse(body)
    if parsed.stream:
        raise InvalidRequestError("Streaming is not available here yet. Leave `stream` out.", param="stream")
    end = _run(here, call, parsed, len(body))
    if end.answer is None:
        raise AuditUnavailableError("The workflow ended without an answer. Try again.", retry_after=5.0)
    tenant = call.caller.tenant
    mapping = json.loads(here.vault.open(end.pseudonyms, tenant, Purpose.PSEUDONYMS))
    answer = ChatAnswer.model_validate_json(here.vault.open(end.answer, tenant, Purpose.ANSWER))
    outcome = outcome_of(end.ticket)
    logger.info("answered", request_id=call.request_id, tenant=tenant, cache=outcome.cache, target=outcome.target)
    completion = render(
        restored(answer, mapping, parsed.request),
        id=f"chatcmpl-{call.request_id}",
        created=int(call.received_at),
        model=answer.model,
        sallyport=outcome.to_json(),
        legacy_functions=parsed.legacy_functions,
    )
    return completion, headers_of(outcome)


def restored(answer: ChatAnswer, mapping: dict[str, str], request: ChatRequest) -> ChatAnswer:
    """The answer with this caller's own values, escaped where the text is JSON."""
    if not mapping:
        return answer
    structured = request.response_format is not None and request.response_format.type != "text"

    def into_json(text: str) -> str:
        return restore(text, mapping, escape=_json_escaped).text

    def into_text(text: str) -> str:
        return restore(text, mapping).text

    def into_block(block: Block) -> Block:
        words = into_json if structured and isinstance(block, Text) else into_text
        [written] = rewrite_blocks((block,), words, into_json)
        return written

    choices = tuple(
        choice.model_copy(update={"blocks": tuple(into_block(block) for block in choice.blocks)})
        for choice in answer.choices
    )
    return answer.model_copy(update={"choices": choices})


def _run(here: Services, call: Call, parsed: Parsed, size: int) -> ChatEnd:
    content = parsed.request.model_dump_json().encode()
    ticket = Ticket(
        request_id=call.request_id,
        caller=call.caller,
        model=parsed.model,
        stream=parsed.stream,
        input_tokens=estimate(parsed.request),
        max_tokens=parsed.request.max_tokens,
        choices=parsed.request.n,
        content_bytes=size,
        cache_control=call.cache_control,
        received_at=call.received_at,
        deadline=call.deadline,
    )
    sealed = here.vault.seal(content, call.caller.tenant, Purpose.CONTENT, name=call.request_id)
    execution = here.backend.workflows.chat(call.request_id, ChatStart(ticket=ticket, content=sealed).to_json())
    if execution.status == "TIMED_OUT":
        raise from_failure("States.Timeout", None)
    if execution.status == "FAILED" or execution.output is None:
        raise from_failure(execution.error or "unknown", execution.cause)
    return ChatEnd.model_validate(dict(execution.output))


def _json_escaped(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]
