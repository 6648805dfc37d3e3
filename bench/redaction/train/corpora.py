"""Sentences that people wrote and labelled (CC BY 4.0), as they are and with other names in them."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.redaction.train.texts import Span, Text, Texts

CORPORA = ("train_btc", "train_wnut17", "train_wikigold")
_KINDS = {"PERSON": "PERSON", "LOCATION": "LOCATION", "ORG": "ORG", "ORG_GROUP": "ORG", "ADDRESS": "ADDRESS"}


def labelled(folder: Path) -> Iterator[Text]:
    """Text and spans of every corpus. What follows an @ is an account of somebody and not a name in the sentence."""
    for corpus in CORPORA:
        for line in (folder / f"{corpus}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            text: str = row["text"]
            spans = [(start, end, _KINDS[kind]) for start, end, kind in row["spans"] if kind in _KINDS]
            yield text, [span for span in (_plain(text, each) for each in spans) if span]


def _plain(text: str, span: Span) -> Span | None:
    start, end, kind = span
    if text[start] in "#@":
        start += 1
    account = text[start - 1 : start] == "@"
    return None if account or text[start:end] in ("", "RT") else (start, end, kind)


def renamed(made: Text, texts: Texts) -> Text:
    """The same sentence with a new name in place of each."""
    text, spans = made
    pieces: list[str] = []
    moved: list[Span] = []
    length = copied = 0
    for start, end, kind in sorted(spans):
        if start < copied:
            continue
        name = texts.replace_name(kind, text[start:end])
        pieces += (text[copied:start], name)
        length += start - copied
        moved.append((length, length + len(name), kind))
        length += len(name)
        copied = end
    pieces.append(text[copied:])
    return "".join(pieces), moved


def recased(made: Text, random: Random) -> Iterator[Text]:
    """Sometimes the same text again, all small or all capital: chats are written so, and headings."""
    text, spans = made
    chance = random.random()
    if chance < 0.07 and len(text.lower()) == len(text):
        yield text.lower(), spans
    elif chance < 0.10 and len(text.upper()) == len(text):
        yield text.upper(), spans
