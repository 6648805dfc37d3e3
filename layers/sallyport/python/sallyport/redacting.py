"""A whole request, redacted: one map of placeholders for all of its texts, one judgement for all of its findings."""

import json
from collections import Counter
from collections.abc import Mapping

from sallyport.contracts import RedactionDecision, RedactionPolicy
from sallyport.conversation import ChatRequest
from sallyport.errors import ContentBlockedError, RequestTooLargeError
from sallyport.redaction.detect import detect
from sallyport.redaction.finding import LITERAL, TYPES, Finding
from sallyport.redaction.judge import Action, judge
from sallyport.redaction.pseudonyms import Pseudonyms
from sallyport.redaction.redact import redact
from sallyport.rewriting import rewrite, rewrite_json, uninspected

VERSION = "1"
"""Of what redaction does to a text; part of every cache key, so that an old answer never meets a new placeholder."""

MOST_CHARACTERS = 2_000_000
"""What is searched in one request: half a million tokens of English. The worst text takes 3 µs a character, so a second
request never waits longer than some 6 s for one regular expression to end, nor Lambda's timeout of 30 s for redact."""

_CHARACTERS_PER_TEXT = 10
"""What a text costs by itself, however short it is: a million of three letters took 17 s."""


def redact_request(request: ChatRequest, policy: RedactionPolicy) -> tuple[ChatRequest, Pseudonyms, RedactionDecision]:
    """Look at every text first, judge all findings together, then mask: a verdict holds for the whole request.

    Raise ContentBlockedError, naming types and never values, when the policy blocks what was found, and
    RequestTooLargeError, before anything is searched, for more than MOST_CHARACTERS of different texts.
    """
    groups = _types_by_action(policy)
    found = {text: _findings(text, groups) for text in _texts(request)}
    counts = Counter(finding.type for findings in found.values() for finding in findings)
    judgement = judge(counts, actions=policy.actions, default=policy.default, minimum=policy.minimum)
    if judgement.blocked:
        raise ContentBlockedError(
            f"The policy does not let {', '.join(judgement.blocked)} through. Remove it and send the request again.",
            types=list(judgement.blocked),
        )
    pseudonyms = Pseudonyms()

    def mask(text: str) -> str:
        masked = [finding for finding in found[text] if finding.type in judgement.mask]
        return redact(text, masked, pseudonyms) if masked else text

    redacted = rewrite(request, mask, lambda document: rewrite_json(document, mask))
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


def _texts(request: ChatRequest) -> list[str]:
    """Each different text once, in the order of appearance."""
    texts: dict[str, None] = {}

    def collect(text: str) -> str:
        texts[text] = None
        return text

    rewrite(request, collect, lambda document: rewrite_json(document, collect))
    if sum(map(len, texts)) + _CHARACTERS_PER_TEXT * len(texts) > MOST_CHARACTERS:
        raise RequestTooLargeError(
            f"The request has more text than can be searched for personal data, {MOST_CHARACTERS} characters. "
            "Send less at once.",
            param="messages",
        )
    return list(texts)


def _types_by_action(policy: RedactionPolicy) -> dict[Action, frozenset[str]]:
    """LITERAL is with what is masked, whatever the policy says."""
    action_of = {type_: policy.actions.get(type_, policy.default) for type_ in TYPES} | {LITERAL: Action.MASK}
    groups = {action: frozenset(type_ for type_ in TYPES if action_of[type_] is action) for action in Action}
    return {action: types for action, types in groups.items() if types}


def _findings(text: str, groups: Mapping[Action, frozenset[str]]) -> list[Finding]:
    """Those of each action by themselves: overlapping findings become one, and a mild action must not hide a strict."""
    return [finding for types in groups.values() for finding in detect(text, types=types)]


def encode_pseudonyms(pseudonyms: Pseudonyms) -> bytes:
    """The map from placeholder to original, as edge opens it."""
    return json.dumps(pseudonyms.to_dict(), separators=(",", ":"), ensure_ascii=False).encode()
