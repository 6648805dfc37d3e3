"""Take personal data out of texts for whoever sent them: by the caller's policy, or as hiring needs it."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime

from pydantic import ConfigDict, TypeAdapter

from sallyport.anonymization import Anonymization, AnonymizationRequest, AnonymizedDocument, Replaced
from sallyport.asking import Request
from sallyport.contracts import RedactionDecision, RedactionPolicy
from sallyport.conversation import ChatRequest
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import RequestTooLargeError
from sallyport.opinion import Consultation
from sallyport.redacting import redact_turn
from sallyport.redaction.judge import Action, SecondOpinion, judge
from sallyport.redaction.lists import Lists
from sallyport.redaction.pseudonyms import Pseudonyms
from sallyport.redaction.redact import redact
from sallyport.redaction.remembered import Remembered
from sallyport.redaction.replacements import Replacements
from sallyport.redaction.search import Search
from sallyport.searching import MOST_CHARACTERS

# All are closed and share no required field, so that nothing can be read as another.
_CONTENT: TypeAdapter[Request | AnonymizationRequest] = TypeAdapter(
    ChatRequest | EmbeddingRequest | AnonymizationRequest, config=ConfigDict(hide_input_in_errors=True)
)

MOST_HIRING_CHARACTERS = 500_000
"""Some hundred CVs. They take 5 µs a character, the worst text 9, of the 30 s that redact has."""

_FOR_ITS_OWNER = {Action.ROUTE_PRIVATE: Action.MASK, Action.BLOCK: Action.MASK_IRREVERSIBLY}
"""A text that goes back to where it came from needs no private model and is not refused; but what a policy lets pass to
no model is kept for no way back either."""

type Secret = Callable[[], bytes]
type Redacted = tuple[Request | Anonymization, Pseudonyms, RedactionDecision]


def read_content(content: bytes) -> Request | AnonymizationRequest:
    """What redact is handed, as it was sealed. Raise pydantic's ValidationError, which quotes nothing of it."""
    return _CONTENT.validate_json(content)


def redact_content(
    content: Request | AnonymizationRequest,
    policy: RedactionPolicy,
    lists: Lists,
    secret: Secret,
    now: float,
    remembered: Remembered,
    *,
    consultation: Consultation | None = None,
) -> tuple[Redacted, Remembered]:
    """What a model is asked, redacted, or texts anonymized on the UTC day of `now`, a UNIX time; and what is to be
    remembered of the conversation. Raise as either does.

    `lists` are the policy's own, `secret` gives the tenant's where the policy hashes a type. A `consultation` is about
    what a model is asked: no budget is held for texts that go back to where they came from.
    """
    if isinstance(content, AnonymizationRequest):
        today = datetime.fromtimestamp(now, UTC).date()
        return anonymize(content, policy, today, lists, secret), remembered
    return redact_turn(content, policy, lists, secret, remembered, consultation)


def anonymize(
    request: AnonymizationRequest,
    policy: RedactionPolicy,
    today: date,
    lists: Lists | None = None,
    secret: Secret | None = None,
) -> tuple[Anonymization, Pseudonyms, RedactionDecision]:
    """The texts without personal data; the map back, empty unless one was asked for; and the decision.

    Whatever the policy does not allow is replaced, what it blocks too. One value has one placeholder in all texts of a
    request. Raise RequestTooLargeError for more than MOST_CHARACTERS.
    """
    most = MOST_HIRING_CHARACTERS if request.mode == "hiring" else MOST_CHARACTERS
    if sum(map(len, request.documents)) > most:
        raise RequestTooLargeError(
            f"The texts have more than {most} characters, which is what one request may have. Send fewer at once.",
            param="input",
        )
    if request.mode == "hiring":
        return _for_hiring(request, policy, today)
    search = Search(_for_the_owner(policy), lists or Lists())
    pseudonyms = Pseudonyms(search.types)
    replacements = Replacements(pseudonyms, _for_the_owner(policy).action_of, secret)
    documents = tuple(_by_policy(text, search, replacements) for text in request.documents)
    return (
        Anonymization(documents=documents),
        pseudonyms if request.restorable else Pseudonyms(),
        _decision(documents, policy),
    )


def _for_the_owner(policy: RedactionPolicy) -> RedactionPolicy:
    actions = {type_: _FOR_ITS_OWNER.get(action, action) for type_, action in policy.actions.items()}
    default = _FOR_ITS_OWNER.get(policy.default, policy.default)
    return policy.model_copy(
        update={"actions": actions, "default": default, "private": (), "second_opinion": SecondOpinion.OFF}
    )


def _by_policy(text: str, search: Search, replacements: Replacements) -> AnonymizedDocument:
    found = search.find(text).rewritten
    replaced = tuple(
        Replaced(
            type=each.type,
            start=each.start,
            end=each.end,
            score=round(each.score, 3),
            placeholder=replacements.placeholder_for(each.type, text[each.start : each.end]),
        )
        for each in sorted(found, key=lambda finding: finding.start)
    )
    return AnonymizedDocument(text=redact(text, found, replacements), findings=replaced)


def _for_hiring(
    request: AnonymizationRequest, policy: RedactionPolicy, today: date
) -> tuple[Anonymization, Pseudonyms, RedactionDecision]:
    # 45 ms of regular expressions that a chat, which starts this function as well, need not wait for.
    from sallyport.redaction.hiring.anonymize import anonymize_cv, candidate_id

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
    judgement = judge(counts, policy.actions, policy.default, private=policy.private, minimum=policy.minimum)
    return RedactionDecision(
        findings=dict(sorted(counts.items())),
        masked=counts.total(),
        sensitivity=judgement.sensitivity,
        reason=f"{counts.total()} replaced for the caller; no model sees them",
    )
