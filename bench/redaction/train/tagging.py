"""Texts as the trainer wants them: features and a tag for every token."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from bench.redaction.train.texts import Span, Text
from sallyport.redaction.tagger.features import Look, look, sequence
from sallyport.redaction.tagger.tokens import tokenise
from sallyport.redaction.tagger.words import KnownWords


class Tagged:
    """Reads texts with one table of words."""

    def __init__(self, words: Path) -> None:
        known = KnownWords.open(words)
        self._look = lru_cache(maxsize=200_000)(lambda word: look(word, known))

    def read(self, made: Text) -> tuple[list[list[str]], list[str]]:
        """Features and tags (`O`, `B-PERSON`, `I-PERSON` …) of a text."""
        text, spans = made
        tokens = tokenise(text)
        looks: list[Look] = [self._look(token.group()) for token in tokens]
        return sequence(looks), _tags([token.span() for token in tokens], spans)


def _tags(tokens: Sequence[tuple[int, int]], spans: Sequence[Span]) -> list[str]:
    tags = ["O"] * len(tokens)
    for start, end, kind in spans:
        inside = [at for at, (first, last) in enumerate(tokens) if first < end and last > start]
        for nth, at in enumerate(inside):
            tags[at] = f"{'I' if nth else 'B'}-{kind}"
    return tags
