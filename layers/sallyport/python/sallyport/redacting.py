"""A whole request, redacted: one map of placeholders for all of its texts, one judgement for all of its findings."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from sallyport.asking import Request
from sallyport.contracts import RedactionDecision, RedactionPolicy
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import ContentBlockedError
from sallyport.explaining import explained
from sallyport.opinion import Consultation, Verdict
from sallyport.redaction.judge import Ground, Judgement, Sensitivity, judge
from sallyport.redaction.lists import Lists
from sallyport.redaction.pseudonyms import Pseudonyms, pseudonyms_of
from sallyport.redaction.redact import redact
from sallyport.redaction.remembered import Remembered
from sallyport.redaction.replacements import Replacements
from sallyport.redaction.script import unfamiliar_script
from sallyport.redaction.search import Found, Search
from sallyport.rewriting import rewrite, rewrite_json, uninspected
from sallyport.searching import Searched, revise, search_request
from sallyport.sensitivity import grounds

VERSION = "2"
"""Of what redaction does to a text; part of every cache key, so that an old answer never meets a new placeholder."""

_NOTHING = Remembered()


def redact_request[Asked: Request](
    request: Asked,
    policy: RedactionPolicy,
    lists: Lists | None = None,
    hash_secret: Callable[[], bytes] | None = None,
    remembered: Remembered = _NOTHING,
    consultation: Consultation | None = None,
) -> tuple[Asked, Pseudonyms, RedactionDecision]:
    """Look at every text first, judge all findings together, then mask: a verdict holds for the whole request.

    `lists` are the policy's own, `hash_secret` gives the tenant's where the policy hashes a type. What is
    `remembered` of the conversation goes on: its placeholders, and its sensitivity. A `consultation` gives a second
    opinion on what is unsure.
    Texts to be embedded are numbered each for itself, so that one text has one vector, whatever is beside it; their map
    is empty, for nothing ever leads back from a vector.

    Texts that stand side by side in a message are also looked at as one: a value that is split between them is masked
    in each. Names that a model must find as they are cannot be masked: they can only be refused, or kept private.
    Thoughts that a provider sealed are looked into as well; with something to mask in them they lose their seal.

    Raise ContentBlockedError, naming types and never values, when the policy blocks what was found, and
    RequestTooLargeError for more than can be searched.
    """
    search = Search(policy, lists or Lists())
    searched = search_request(request, search)
    unseen, script = uninspected(request), _first_unfamiliar_script(searched)

    def judged(counts: Mapping[str, int], doubtful: Mapping[str, int]) -> Judgement:
        before = remembered.sensitivity
        raised = grounds(policy, doubtful=doubtful, uninspected=unseen, script=script, before=before)
        return _judged(counts, policy, raised)

    verdicts = _second_look(searched, judged, consultation)
    searched = searched.revised(search, verdicts)
    judgement = judged(searched.counts, searched.doubtful)
    pseudonyms = pseudonyms_of(remembered.pseudonyms, search.types)
    apart = isinstance(request, EmbeddingRequest)

    def replaced(text: str, looked: Found) -> str:
        own = Pseudonyms(search.types) if apart else pseudonyms
        return redact(text, looked.rewritten, Replacements(own, policy.action_of, hash_secret))

    def mask(text: str) -> str:
        looked = searched.across.found[text]
        return replaced(text, looked) if looked.rewritten else text

    def unseal(text: str) -> str:
        if not searched.thoughts[text].rewritten:
            return text
        return replaced(text, revise(search, text, search.find(text), verdicts))

    redacted = rewrite(request, mask, lambda document: rewrite_json(document, mask), unseal)
    return redacted, pseudonyms, _decision(searched, judgement, unseen, consultation)


def redact_turn[Asked: Request](
    request: Asked,
    policy: RedactionPolicy,
    lists: Lists,
    hash_secret: Callable[[], bytes],
    remembered: Remembered,
    consultation: Consultation | None = None,
) -> tuple[tuple[Asked, Pseudonyms, RedactionDecision], Remembered]:
    """The same, with a note for the model where something was masked; and what is to be remembered of it all."""
    redacted, pseudonyms, decision = redact_request(request, policy, lists, hash_secret, remembered, consultation)
    if decision.masked and policy.explained:
        redacted = explained(redacted)
    return (redacted, pseudonyms, decision), Remembered(
        pseudonyms.to_dict(), max(remembered.sensitivity, decision.sensitivity)
    )


def _first_unfamiliar_script(searched: Searched) -> str | None:
    return next(filter(None, map(unfamiliar_script, (*searched.texts, *searched.thoughts))), None)


def _second_look(
    searched: Searched,
    judged: Callable[[Mapping[str, int], Mapping[str, int]], Judgement],
    consultation: Consultation | None,
) -> Mapping[str, Verdict]:
    """What somebody else says of what is unsure. Not of what is refused, or stays on private models, without that.

    Nobody can be asked about names, or what may be between texts.
    """
    if consultation is None:
        return {}
    found = searched.as_rewritten
    unsure = Counter(each.type for looked in found.values() for each in looked.unsure)
    if not any(map(consultation.asks_about, unsure)):
        return {}
    rest = Counter({type_: count for type_, count in unsure.items() if not consultation.asks_about(type_)})
    if judged(searched.counts, searched.across.doubtful + rest).sensitivity >= Sensitivity.CONFIDENTIAL:
        return {}
    return consultation.on(found)


def _judged(counts: Mapping[str, int], policy: RedactionPolicy, raised: Sequence[Ground]) -> Judgement:
    judgement = judge(
        counts,
        actions=policy.actions,
        default=policy.default,
        private=policy.private,
        minimum=policy.minimum,
        grounds=raised,
    )
    if judgement.blocked:
        raise ContentBlockedError(
            f"The policy does not let {', '.join(judgement.blocked)} through. Remove it and send the request again.",
            types=list(judgement.blocked),
        )
    return judgement


def _decision(
    searched: Searched, judgement: Judgement, unseen: int, consultation: Consultation | None
) -> RedactionDecision:
    return RedactionDecision(
        findings=dict(sorted(searched.counts.items())),
        doubtful=dict(sorted(searched.doubtful.items())),
        masked=sum(count for type_, count in searched.replaceable.items() if type_ in judgement.rewrite),
        uninspected=unseen,
        sensitivity=judgement.sensitivity,
        reason=judgement.reason,
        opinion=None if consultation is None else consultation.opinion,
    )


def encode_pseudonyms(pseudonyms: Pseudonyms) -> bytes:
    """The map from placeholder to original, of this request alone, as edge opens it."""
    return json.dumps(pseudonyms.used(), separators=(",", ":"), ensure_ascii=False).encode()
