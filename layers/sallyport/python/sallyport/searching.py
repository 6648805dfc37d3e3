"""A whole request, searched: each of its texts once, what is split between them, and names that must stay."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from sallyport.asking import Request
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import RequestTooLargeError
from sallyport.fixed_names import fixed_names
from sallyport.opinion import Verdict
from sallyport.redaction.across import Across, find_across
from sallyport.redaction.seams import Seam, seams_of
from sallyport.redaction.search import Found, Search
from sallyport.rewriting import rewrite, rewrite_json, side_by_side

MOST_CHARACTERS = 2_000_000
"""What is searched in one request: half a million tokens of English. The worst text takes 5 µs a character, so a second
request never waits longer than some 10 s for one regular expression to end, nor Lambda's timeout of 30 s for redact."""

_CHARACTERS_PER_TEXT = 10
"""What a text costs by itself, however short it is: a million of three letters took 17 s."""


@dataclass(frozen=True)
class Searched:
    """What is in each of the `texts` by itself, in each of the sealed `thoughts`, only `across` texts, in `names`."""

    texts: Mapping[str, Found]
    thoughts: Mapping[str, Found]
    across: Across
    names: Counter[str]

    @cached_property
    def replaceable(self) -> Counter[str]:
        """By type, what is acted upon where something could stand in for it."""
        return sum((each.counts for each in self._each()), self.across.counts)

    @cached_property
    def counts(self) -> Counter[str]:
        """By type, all that is acted upon."""
        return self.replaceable + self.names

    @cached_property
    def doubtful(self) -> Counter[str]:
        return sum((each.doubtful for each in self._each()), self.across.doubtful)

    @cached_property
    def as_rewritten(self) -> dict[str, Found]:
        """By text or thought, with what only its neighbours tell of it."""
        return {**self.across.found, **self.thoughts}

    def revised(self, search: Search, verdicts: Mapping[str, Verdict]) -> "Searched":
        """The same after a second opinion."""
        texts = {text: revise(search, text, looked, verdicts) for text, looked in self.texts.items()}
        both = {text: search.both(texts[text], self.across.found[text]) for text in texts if text in verdicts}
        return Searched(
            texts,
            {text: revise(search, text, looked, verdicts) for text, looked in self.thoughts.items()},
            replace(self.across, found={**self.across.found, **both}),
            self.names,
        )

    def _each(self) -> Iterable[Found]:
        return chain(self.texts.values(), self.thoughts.values())


def search_request(request: Request, search: Search) -> Searched:
    """Raise RequestTooLargeError, before anything is searched, for more than MOST_CHARACTERS of different texts."""
    texts, thoughts = _texts(request)
    messages = [seams_of(each) for each in side_by_side(request)]
    names = fixed_names(request, frozenset(texts)) if search.kept_back else []
    _check_size(request, [*texts, *thoughts, *chain.from_iterable(names)], messages)
    alone = {text: search.find(text) for text in texts}
    sealed = {text: search.find_in_seal(text) for text in thoughts}
    return Searched(alone, sealed, find_across(search, messages, alone), search.find_in_names(names))


def revise(search: Search, text: str, looked: Found, verdicts: Mapping[str, Verdict]) -> Found:
    """What a text holds after a second opinion, if there is one on it."""
    verdict = verdicts.get(text)
    return looked if verdict is None else search.revise(text, looked, verdict.found, verdict.settled)


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
