"""Texts through the same workflow as a chat, as far as redact: anonymized, or restored by whoever holds the key."""

import json
from typing import Any

from sallyport.anonymization import Anonymization, AnonymizationRequest
from sallyport.composition import Services
from sallyport.contracts import ChatEnd, Purpose, Sealed, Ticket
from sallyport.dialects.anonymization.parse import KEY_PREFIX, Parsed, ToRestore, parse, parse_restore
from sallyport.dialects.anonymization.render import render, render_restored
from sallyport.edge.chat import run_ticket
from sallyport.edge.context import Call
from sallyport.edge.rate_limits import limits_of, openai_headers
from sallyport.edge.repeats import asked_before, freed_unless_kept, recorded_again
from sallyport.errors import AuditUnavailableError, InvalidRequestError, VaultUnavailableError
from sallyport.message import Work
from sallyport.observability import logger
from sallyport.redaction.restore import restore

ALIAS = "anonymize"
"""What stands in the place of a model in the books."""


def anonymized(here: Services, call: Call, path: str, body: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """The answer's JSON and its headers. Raise whatever stopped the request."""
    parsed = parse(body)
    once = asked_before(here, call, path, body)
    if isinstance(once, ChatEnd):
        return _told(here, parsed, once), recorded_again(here, call, once)
    with freed_unless_kept(once):
        end = _run(here, call, "anonymize", parsed.request, len(body))
        told = _told(here, parsed, end)
        once.keep(end)
    tenant, texts = call.caller.tenant, len(parsed.request.documents)
    logger.info("anonymized", request_id=call.request_id, tenant=tenant, texts=texts)
    return told, _headers(here, end)


def restored(here: Services, call: Call, path: str, body: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """The texts with their originals. It is limited and recorded before they leave, though nothing is left to redact.

    Raise InvalidRequestError for a key that this tenant did not get.
    """
    parsed = parse_restore(body)
    mapping = _opened(here, call, parsed.sealed)
    once = asked_before(here, call, path, body)
    if isinstance(once, ChatEnd):
        # Of the originals nothing was kept: they are in the body that came again.
        return _originals(once, parsed, mapping), recorded_again(here, call, once)
    with freed_unless_kept(once):
        end = _run(here, call, "restore", AnonymizationRequest(documents=()), len(body))
        once.keep(end)
    logger.info("restored", request_id=call.request_id, tenant=call.caller.tenant, texts=len(parsed.texts))
    return _originals(end, parsed, mapping), _headers(here, end)


def _originals(end: ChatEnd, parsed: ToRestore, mapping: dict[str, str]) -> dict[str, Any]:
    texts = [restore(text, mapping) for text in parsed.texts]
    return render_restored(end.ticket.request_id, texts, single=parsed.single)


def _told(here: Services, parsed: Parsed, end: ChatEnd) -> dict[str, Any]:
    """The JSON of what the workflow ended with."""
    decision, tenant = end.ticket.redaction, end.ticket.caller.tenant
    if end.content is None or decision is None:
        raise AuditUnavailableError("The workflow ended without an answer. Try again.", retry_after=5.0)
    result = Anonymization.model_validate_json(here.vault.open(end.content, tenant, Purpose.REDACTED))
    key = KEY_PREFIX + here.vault.inline(end.pseudonyms) if parsed.request.restorable else None
    return render(end.ticket.request_id, result, decision, single=parsed.single, key=key)


def _run(here: Services, call: Call, work: Work, request: AnonymizationRequest, size: int) -> ChatEnd:
    ticket = Ticket(
        request_id=call.request_id,
        caller=call.caller,
        model=ALIAS,
        operation=work,
        input_tokens=0,
        content_bytes=size,
        received_at=call.received_at,
        deadline=call.deadline,
    )
    return run_ticket(here, ticket, request)


def _opened(here: Services, call: Call, sealed: str) -> dict[str, str]:
    try:
        mapping = here.vault.open(Sealed(sealed=sealed), call.caller.tenant, Purpose.PSEUDONYMS)
    except VaultUnavailableError as error:
        if error.retry_after is not None:
            raise
        # Whose key it is makes no difference that a stranger could see.
        raise InvalidRequestError(
            "key opens nothing of this tenant. Send the restore_key as it came with the text.", param="key"
        ) from None
    opened: dict[str, str] = json.loads(mapping)
    return opened


def _headers(here: Services, end: ChatEnd) -> dict[str, str]:
    return openai_headers(limits_of(end.ticket), here.now())
