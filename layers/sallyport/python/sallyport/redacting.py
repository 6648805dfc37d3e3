"""A whole request, redacted: one map of placeholders for all of its texts, one judgement for all of its findings."""

import json
from collections import Counter
from collections.abc import Mapping

from sallyport.asking import Request
from sallyport.contracts import RedactionDecision, RedactionPolicy
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import ContentBlockedError, RequestTooLargeError
from sallyport.redaction.detect import detect_apart
from sallyport.redaction.finding import LITERAL, TYPES, Finding
from sallyport.redaction.judge import Action, Judgement, judge
from sallyport.redaction.pseudonyms import Pseudonyms
from sallyport.redaction.redact import redact
from sallyport.rewriting import rewrite, rewrite_json, uninspected

VERSION = "2"
"""Of what redaction does to a text; part of every cache key, so that an old answer never meets a new placeholder."""

MOST_CHARACTERS = 2_000_000
"""What is searched in one request: half a million tokens of English. The worst text takes 5 µs a character, so a second
request never waits longer than some 10 s for one regular expression to end, nor Lambda's timeout of 30 s for redact."""

_CHARACTERS_PER_TEXT = 10
"""What a text costs by itself, however short it is: a million of three letters took 17 s."""


def redact_request[Asked: Request](
    request: Asked, policy: RedactionPolicy
) -> tuple[Asked, Pseudonyms, RedactionDecision]:
    """Look at every text first, judge all findings together, then mask: a verdict holds for the whole request.

    Texts to be embedded are numbered each for itself, so that one text has one vector, whatever is beside it; their map
    is empty, for nothing ever leads back from a vector.

    Thoughts that a provider sealed are looked into as well; with something to mask in them they lose their seal.
    Raise ContentBlockedError, naming types and never values, when the policy blocks what was found, and
    RequestTooLargeError, before anything is searched, for more than MOST_CHARACTERS of different texts.
    """
    groups = _types_by_action(policy)
    # In a sealed text, the placeholders of earlier requests are no news: who signed it had seen nothing else.
    in_seals = {action: types - {LITERAL} for action, types in groups.items()}
    texts, thoughts = _texts(request)
    found = {text: _findings(text, groups) for text in texts}
    sealed = {text: _findings(text, in_seals) for text in thoughts}
    counts = Counter(finding.type for each in (found, sealed) for findings in each.values() for finding in findings)
    judgement = _judged(counts, policy)
    pseudonyms = Pseudonyms()
    alone = isinstance(request, EmbeddingRequest)

    def mask(text: str) -> str:
        masked = [finding for finding in found[text] if finding.type in judgement.mask]
        return redact(text, masked, Pseudonyms() if alone else pseudonyms) if masked else text

    def unseal(text: str) -> str:
        if all(finding.type not in judgement.mask for finding in sealed[text]):
            return text
        masked = [each for each in _findings(text, groups) if each.type == LITERAL or each.type in judgement.mask]
        return redact(text, masked, pseudonyms)

    redacted = rewrite(request, mask, lambda document: rewrite_json(document, mask), unseal)
    return (
        redacted,
        pseudonyms,
        RedactionDecision(
            findings=dict(sorted(counts.items())),
            masked=sum(count for entity, count in counts.items() if entity in judgement.mask),
            uninspected=uninspected(request),
            sensitivity=judgement.sensitivity,
            reason=judgement.reason,
        ),
    )


def _texts(request: Request) -> tuple[list[str], list[str]]:
    """Each different text once, in the order of appearance, and each sealed thought."""
    texts: dict[str, None] = {}
    thoughts: dict[str, None] = {}

    def collect(text: str) -> str:
        texts[text] = None
        return text

    def collect_thought(text: str) -> str:
        thoughts[text] = None
        return text

    rewrite(request, collect, lambda document: rewrite_json(document, collect), collect_thought)
    every = [*texts, *thoughts]
    if sum(map(len, every)) + _CHARACTERS_PER_TEXT * len(every) > MOST_CHARACTERS:
        raise RequestTooLargeError(
            f"The request has more text than can be searched for personal data, {MOST_CHARACTERS} characters. "
            "Send less at once.",
            param="input" if isinstance(request, EmbeddingRequest) else "messages",
        )
    return list(texts), list(thoughts)


def _judged(counts: Mapping[str, int], policy: RedactionPolicy) -> Judgement:
    judgement = judge(counts, actions=policy.actions, default=policy.default, minimum=policy.minimum)
    if judgement.blocked:
        raise ContentBlockedError(
            f"The policy does not let {', '.join(judgement.blocked)} through. Remove it and send the request again.",
            types=list(judgement.blocked),
        )
    return judgement


def _types_by_action(policy: RedactionPolicy) -> dict[Action, frozenset[str]]:
    """LITERAL is with what is masked, whatever the policy says."""
    action_of = {type_: policy.actions.get(type_, policy.default) for type_ in TYPES} | {LITERAL: Action.MASK}
    groups = {action: frozenset(type_ for type_ in TYPES if action_of[type_] is action) for action in Action}
    return {action: types for action, types in groups.items() if types}


def _findings(text: str, groups: Mapping[Action, frozenset[str]]) -> list[Finding]:
    """Those of each action by themselves: overlapping findings become one, and a mild action must not hide a strict."""
    return [finding for found in detect_apart(text, list(groups.values())) for finding in found]


def encode_pseudonyms(pseudonyms: Pseudonyms) -> bytes:
    """The map from placeholder to original, as edge opens it."""
    return json.dumps(pseudonyms.to_dict(), separators=(",", ":"), ensure_ascii=False).encode()
