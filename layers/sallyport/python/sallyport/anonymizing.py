"""Take personal data out of texts for whoever sent them: by the caller's policy, or as hiring needs it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from pydantic import ConfigDict, TypeAdapter

from sallyport.anonymization import Anonymization, AnonymizationRequest, AnonymizedDocument, Replaced
from sallyport.asking import Request
from sallyport.contracts import RedactionDecision, RedactionPolicy
from sallyport.conversation import ChatRequest
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import RequestTooLargeError
from sallyport.redacting import MOST_CHARACTERS
from sallyport.redaction.detect import detect
from sallyport.redaction.finding import LITERAL, TYPES
from sallyport.redaction.hiring.anonymize import anonymize_cv, candidate_id
from sallyport.redaction.judge import Action, judge
from sallyport.redaction.pseudonyms import Pseudonyms
from sallyport.redaction.redact import redact

# All are closed and share no required field, so that nothing can be read as another.
_CONTENT: TypeAdapter[Request | AnonymizationRequest] = TypeAdapter(
    ChatRequest | EmbeddingRequest | AnonymizationRequest, config=ConfigDict(hide_input_in_errors=True)
)

_IRREVERSIBLE = frozenset({Action.BLOCK})
"""What a policy blocks is replaced for its owner, and never kept for a way back."""


def read_content(content: bytes) -> Request | AnonymizationRequest:
    """What redact is handed, as it was sealed. Raise pydantic's ValidationError, which quotes nothing of it."""
    return _CONTENT.validate_json(content)


def anonymize(
    request: AnonymizationRequest, policy: RedactionPolicy, today: date
) -> tuple[Anonymization, Pseudonyms, RedactionDecision]:
    """The texts without personal data; the map back, empty unless one was asked for; and the decision.

    Whatever the policy does not allow is replaced, what it blocks too: the text goes back to where it came from, and no
    further. One value has one placeholder in all texts of a request. Raise RequestTooLargeError for more than
    MOST_CHARACTERS.
    """
    if sum(map(len, request.documents)) > MOST_CHARACTERS:
        raise RequestTooLargeError(
            f"The texts have more than {MOST_CHARACTERS} characters, which is what one request may have. Send fewer.",
            param="input",
        )
    if request.mode == "hiring":
        return _for_hiring(request, policy, today)
    pseudonyms = Pseudonyms()
    documents = tuple(_by_policy(text, policy, pseudonyms) for text in request.documents)
    kept = _without(pseudonyms, _irreversible(policy)) if request.restorable else Pseudonyms()
    return Anonymization(documents=documents), kept, _decision(documents, policy)


def _by_policy(text: str, policy: RedactionPolicy, pseudonyms: Pseudonyms) -> AnonymizedDocument:
    allowed = {type_ for type_ in TYPES if policy.actions.get(type_, policy.default) is Action.ALLOW}
    found = detect(text, types=frozenset(TYPES - allowed) | {LITERAL})
    masked = redact(text, found, pseudonyms)
    replaced = tuple(
        Replaced(
            type=each.type,
            start=each.start,
            end=each.end,
            score=round(each.score, 3),
            placeholder=pseudonyms.placeholder_for(each.type, text[each.start : each.end]),
        )
        for each in found
    )
    return AnonymizedDocument(text=masked, findings=replaced)


def _for_hiring(
    request: AnonymizationRequest, policy: RedactionPolicy, today: date
) -> tuple[Anonymization, Pseudonyms, RedactionDecision]:
    documents = []
    for place, text in enumerate(request.documents):
        candidate = candidate_id(request.first_candidate + place)
        cv = anonymize_cv(text, candidate=candidate, today=today, employers=request.employers)
        findings = tuple(
            Replaced(
                type=each.type,
                start=each.start,
                end=each.end,
                score=round(each.score, 3),
                placeholder=each.replacement,
                category=each.category,
                reason=each.reason,
            )
            for each in cv.removals
        )
        documents.append(AnonymizedDocument(text=cv.text, findings=findings, candidate=candidate))
    anonymized = tuple(documents)
    return Anonymization(documents=anonymized, mode="hiring"), Pseudonyms(), _decision(anonymized, policy)


def _decision(documents: Iterable[AnonymizedDocument], policy: RedactionPolicy) -> RedactionDecision:
    counts = Counter(each.type for document in documents for each in document.findings)
    judgement = judge(counts, policy.actions, policy.default, minimum=policy.minimum)
    return RedactionDecision(
        findings=dict(sorted(counts.items())),
        masked=counts.total(),
        sensitivity=judgement.sensitivity,
        reason=f"{counts.total()} replaced for the caller; no model sees them",
    )


def _irreversible(policy: RedactionPolicy) -> frozenset[str]:
    return frozenset(type_ for type_ in TYPES if policy.actions.get(type_, policy.default) in _IRREVERSIBLE)


def _without(pseudonyms: Pseudonyms, types: frozenset[str]) -> Pseudonyms:
    """The map less the values of some types, with all the others' numbers as they are."""
    kept = {key: value for key, value in pseudonyms.to_dict().items() if key[1:-1].rpartition("_")[0] not in types}
    return Pseudonyms.from_dict(kept)
