"""Redact: find personal data, judge how sensitive it is, replace it by placeholders."""

import math
from functools import partial
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sallyport.anonymizing import read_content, redact_content
from sallyport.composition import services
from sallyport.contracts import Purpose, Redaction, RedactRequest
from sallyport.errors import RedactionFailedError
from sallyport.observability import guarded, log_opinion, logger, metrics, tracer
from sallyport.opinion import Consultation, charged
from sallyport.redacting import encode_pseudonyms
from sallyport.redaction.replacements import mac_label
from sallyport.redaction_rules import lists_of


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
@logger.inject_lambda_context(correlation_id_path="request_id")
@guarded(RedactionFailedError)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Raise ContentBlockedError by policy, and RedactionFailedError for whatever goes wrong: then nothing goes on."""
    request = RedactRequest.model_validate(event)
    here, tenant, name = services(), request.caller.tenant, request.request_id
    vault = here.vault
    content = read_content(vault.open(request.content, tenant, Purpose.CONTENT))
    levels = here.configuration.policies(request.caller) if request.redaction.lists else ()
    lists = lists_of([level.policy for level in levels])
    secret = partial(here.backend.cache_macs.secret, mac_label(tenant))
    seconds_left = math.inf if request.deadline is None else request.deadline - here.now()
    consultation = Consultation(lambda: here.backend.adviser, request.redaction, seconds_left)
    turn = partial(redact_content, content, request.redaction, lists, secret, here.now(), consultation=consultation)
    with charged(consultation, log_opinion):
        redacted, pseudonyms, decision = here.threads.remembering(tenant, request.thread, turn)
        redaction = Redaction(
            decision=decision,
            content=vault.seal(redacted.model_dump_json().encode(), tenant, Purpose.REDACTED, name=name),
            pseudonyms=vault.seal(encode_pseudonyms(pseudonyms), tenant, Purpose.PSEUDONYMS, name=name),
        )
    logger.info("redacted", sensitivity=decision.sensitivity, findings=decision.findings, reason=decision.reason)
    metrics.add_metric(name="Findings", unit=MetricUnit.Count, value=sum(decision.findings.values()))
    return redaction.to_json()
