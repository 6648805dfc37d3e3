"""A whole request, redacted: one map of placeholders for all of its texts, one judgement for all of its findings."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sallyport.asking import Request
from sallyport.contracts import RedactionDecision, RedactionPolicy
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import ContentBlockedError, RequestTooLargeError
from sallyport.explaining import explained
from sallyport.fixed_names import fixed_names
from sallyport.opinion import Consultation, Verdict
from sallyport.redaction.across import find_across
from sallyport.redaction.judge import Ground, Judgement, Sensitivity, judge
from sallyport.redaction.lists import Lists
from sallyport.redaction.pseudonyms import Pseudonyms, pseudonyms_of
from sallyport.redaction.redact import redact
from sallyport.redaction.remembered import Remembered
from sallyport.redaction.replacements import Replacements
from sallyport.redaction.script import unfamiliar_script
from sallyport.redaction.seams import Seam, seams_of
from sallyport.redaction.search import Found, Search
from sallyport.rewriting import rewrite, rewrite_json, side_by_side, uninspected
from sallyport.sensitivity import grounds

VERSION = "2"
"""Of what redaction does to a text; part of every cache key, so that an old answer never meets a new placeholder."""

MOST_CHARACTERS = 2_000_000
"""What is searched in one request: half a million tokens of English. The worst text takes 5 µs a character, so a second
request never waits longer than some 10 s for one regular expression to end, nor Lambda's timeout of 30 s for redact."""

_CHARACTERS_PER_TEXT = 10
"""What a text costs by itself, however short it is: a million of three letters took 17 s."""

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
    Thoughts that a provider sealed are looked into as well; with something to mask in them they lose their
    seal.
    Raise ContentBlockedError, naming types and never values, when the policy blocks what was found, and
    RequestTooLargeError, before anything is searched, for more than MOST_CHARACTERS of different texts.
    """
    search = Search(policy, lists or Lists())
    texts, thoughts = _texts(request)
    messages = [seams_of(each) for each in side_by_side(request)]
    names = fixed_names(request, frozenset(texts)) if search.kept_back else []
    _check_size(request, [*texts, *thoughts, *chain.from_iterable(names)], messages)
    alone = {text: search.find(text) for text in texts}
    sealed = {text: search.find_in_seal(text) for text in thoughts}
    across = find_across(search, messages, alone)
    besides = across.counts + search.find_in_names(names)
    script = next(filter(None, map(unfamiliar_script, (*texts, *thoughts))), None)
    surroundings = _Surroundings(uninspected(request), script, remembered.sensitivity, besides, across.doubtful)
    verdicts = _second_look({**across.found, **sealed}, policy, surroundings, consultation)

    def revised(text: str, looked: Found) -> Found:
        verdict = verdicts.get(text)
        return looked if verdict is None else search.revise(text, looked, verdict.found, verdict.settled)

    alone = {text: revised(text, looked) for text, looked in alone.items()}
    sealed = {text: revised(text, looked) for text, looked in sealed.items()}
    found = {
        text: search.both(looked, across.found[text]) if text in verdicts else across.found[text]
        for text, looked in alone.items()
    }
    every = [*alone.values(), *sealed.values()]
    replaceable = sum((each.counts for each in every), across.counts)
    counts = sum((each.counts for each in every), besides)
    doubtful = sum((each.doubtful for each in every), across.doubtful)
    judgement = _judged(counts, policy, surroundings.raise_(policy, doubtful))
    pseudonyms = pseudonyms_of(remembered.pseudonyms, search.types)
    apart = isinstance(request, EmbeddingRequest)

    def replaced(text: str, looked: Found) -> str:
        own = Pseudonyms(search.types) if apart else pseudonyms
        return redact(text, looked.rewritten, Replacements(own, policy.action_of, hash_secret))

    def mask(text: str) -> str:
        return replaced(text, found[text]) if found[text].rewritten else text

    def unseal(text: str) -> str:
        return replaced(text, revised(text, search.find(text))) if sealed[text].rewritten else text

    redacted = rewrite(request, mask, lambda document: rewrite_json(document, mask), unseal)
    return (
        redacted,
        pseudonyms,
        RedactionDecision(
            findings=dict(sorted(counts.items())),
            doubtful=dict(sorted(doubtful.items())),
            masked=sum(count for entity, count in replaceable.items() if entity in judgement.rewrite),
            uninspected=surroundings.uninspected,
            sensitivity=judgement.sensitivity,
            reason=judgement.reason,
            opinion=None if consultation is None else consultation.opinion,
        ),
    )


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


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What is judged beside the findings of single texts.

    `uninspected`, `script` and what was `before` raise the sensitivity: see `grounds`. `counts` are of what is found
    between texts and in names, `doubtful` of what may be between texts; nobody can be asked about either.
    """

    uninspected: int
    script: str | None
    before: Sensitivity
    counts: Counter[str]
    doubtful: Counter[str]

    def raise_(self, policy: RedactionPolicy, doubtful: Mapping[str, int]) -> list[Ground]:
        return grounds(policy, doubtful=doubtful, uninspected=self.uninspected, script=self.script, before=self.before)


def _second_look(
    found: Mapping[str, Found],
    policy: RedactionPolicy,
    surroundings: _Surroundings,
    consultation: Consultation | None,
) -> Mapping[str, Verdict]:
    """What somebody else says of what is unsure. Not of what is refused, or stays on private models, without that."""
    if consultation is None or not any(consultation.asks_about(u.type) for each in found.values() for u in each.unsure):
        return {}
    counts = sum((each.counts for each in found.values()), surroundings.counts)
    unsure = Counter(u.type for each in found.values() for u in each.unsure if not consultation.asks_about(u.type))
    rest = surroundings.doubtful + unsure
    if _judged(counts, policy, surroundings.raise_(policy, rest)).sensitivity >= Sensitivity.CONFIDENTIAL:
        return {}
    return consultation.on(found)


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
    return list(texts), list(thoughts)


def _check_size(request: Request, texts: Sequence[str], messages: Sequence[Sequence[Sequence[Seam]]]) -> None:
    """What lies around seams is searched again: as a whole, and once more in its pieces if there is something in it."""
    seams = [seam for ways in messages for way in ways for seam in way]
    characters = sum(map(len, texts)) + 2 * sum(len(seam.text) for seam in seams)
    searches = len(texts) + sum(1 + len(seam.pieces) for seam in seams)
    if characters + _CHARACTERS_PER_TEXT * searches > MOST_CHARACTERS:
        raise RequestTooLargeError(
            f"The request has more text than can be searched for personal data, {MOST_CHARACTERS} characters. "
            "Send less at once.",
            param="input" if isinstance(request, EmbeddingRequest) else "messages",
        )


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


def encode_pseudonyms(pseudonyms: Pseudonyms) -> bytes:
    """The map from placeholder to original, of this request alone, as edge opens it."""
    return json.dumps(pseudonyms.used(), separators=(",", ":"), ensure_ascii=False).encode()
