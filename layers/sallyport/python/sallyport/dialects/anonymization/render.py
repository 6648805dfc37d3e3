"""Anonymized and restored texts as JSON: with the fields of one text on top, or of several below `results`."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sallyport.anonymization import Anonymization, AnonymizedDocument
from sallyport.contracts import RedactionDecision
from sallyport.redaction.restore import Restored


def render(
    request_id: str, anonymization: Anonymization, decision: RedactionDecision, *, single: bool, key: str | None
) -> dict[str, Any]:
    """`key` restores what was replaced, if a way back was asked for."""
    results = [_document(each) for each in anonymization.documents]
    told: dict[str, Any] = {"id": request_id, "object": "anonymization", "mode": anonymization.mode}
    told |= results[0] if single else {"results": [{"index": at, **each} for at, each in enumerate(results)]}
    told |= {"counts": decision.findings, "sensitivity": decision.sensitivity}
    return told | ({"restore_key": key} if key is not None else {})


def render_restored(request_id: str, texts: Sequence[Restored], *, single: bool) -> dict[str, Any]:
    """`unknown` counts placeholders that the key has no original for; they stay as they are."""
    results = [{"text": each.text, "restored": each.restored, "unknown": each.unknown} for each in texts]
    told: dict[str, Any] = {"id": request_id, "object": "restoration"}
    return told | (results[0] if single else {"results": [{"index": at, **each} for at, each in enumerate(results)]})


def _document(document: AnonymizedDocument) -> dict[str, Any]:
    told: dict[str, Any] = {
        "text": document.text,
        "findings": [each.to_json() for each in document.findings],
        "counts": dict(sorted(Counter(each.type for each in document.findings).items())),
    }
    return told if document.candidate is None else {"candidate": document.candidate, **told}
