"""Personal data that an answer brings up itself, told from what its caller sent and from placeholders."""

import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sallyport.asking import Request
from sallyport.conversation import ChatRequest
from sallyport.redaction.finding import Finding
from sallyport.redaction.judge import AnswerHandling
from sallyport.redaction.lists import Lists
from sallyport.redaction.normalise import normalise
from sallyport.redaction.placeholder import restore_pattern
from sallyport.redaction.replacements import HASH_TOKEN
from sallyport.redaction.search import Search
from sallyport.redaction_policy import RedactionPolicy
from sallyport.rewriting import rewrite, rewrite_json

_SPACE = re.compile(r"\s+")
_NUMBERS = re.compile(r"[0-9](?:[\s().+/-]{0,2}[0-9])*")
_LEAST_DIGITS = 7
"""Of a number that is known again however it is punctuated: fewer stand in many others."""


_SHORT = 64
_MOST_KNOWN = 2000
"""Texts of so many characters that are searched once however often they come: the keys of JSON."""


class BroughtUp:
    """Looks into the texts of one answer, as the model wrote them. `request` is what its caller sent.

    What is found is of types of which `least` or more becomes in answers.
    """

    def __init__(self, policy: RedactionPolicy, lists: Lists, request: Request, least: AnswerHandling) -> None:
        self._search = Search(policy.for_answers(least), lists)
        self._placeholders = restore_pattern(self._search.types)
        self._own = _Own(request)
        self._known: dict[str, list[Finding]] = {}

    def find(self, text: str) -> list[Finding]:
        """Findings by start, none overlapping another; where two do, it is of the type of which more becomes."""
        if len(text) > _SHORT:
            return self._found(text)
        if text not in self._known and len(self._known) < _MOST_KNOWN:
            self._known[text] = self._found(text)
        return self._known[text] if text in self._known else self._found(text)

    def _found(self, text: str) -> list[Finding]:
        seen = self._search.find_rewritten(text)
        if not seen:
            return []
        tokens = sorted(match.span() for at in (self._placeholders, HASH_TOKEN) for match in at.finditer(text))
        return [
            part
            for finding in seen
            for part in _beside(tokens, finding, text)
            if not self._own.has(text[part.start : part.end])
        ]


def token(type_: str) -> str:
    """What stands in an answer for a value of this type, such as `[EMAIL]`: no number, so that nobody's placeholder is
    made.
    """
    return f"[{type_}]"


class _Own:
    """All that a caller said, in whatever part of the request, read when something is first asked of it."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def has(self, value: str) -> bool:
        """Whether the value stands there as words of their own; a number however it is punctuated."""
        plain = _plain(value)
        at = self._text.find(plain)
        while at >= 0:
            end = at + len(plain)
            if not (self._text[at - 1 : at].isalnum() or self._text[end : end + 1].isalnum()):
                return True
            at = self._text.find(plain, at + 1)
        digits = "".join(filter(str.isdigit, plain))
        is_number = len(digits) >= _LEAST_DIGITS and not any(map(str.isalpha, plain))
        return is_number and digits in self._numbers

    @cached_property
    def _text(self) -> str:
        texts: list[str] = []

        def collect(text: str) -> str:
            texts.append(text)
            return text

        rewrite(self._request, collect, lambda document: rewrite_json(document, collect), collect)
        texts += (json.dumps(schema, ensure_ascii=False) for schema in _schemas(self._request))
        return "\0".join(["", *map(_plain, texts), ""])

    @cached_property
    def _numbers(self) -> str:
        runs = (match.group() for match in _NUMBERS.finditer(self._text))
        return "\0".join("".join(filter(str.isdigit, run)) for run in runs)


def _schemas(request: Request) -> Iterator[dict[str, Any]]:
    """In which the names stand that fields of an answer in JSON have."""
    if isinstance(request, ChatRequest):
        yield from (tool.parameters for tool in request.tools if tool.parameters)
        if request.response_format is not None and request.response_format.json_schema:
            yield request.response_format.json_schema


def _plain(written: str) -> str:
    return _SPACE.sub(" ", normalise(written).text.lower()).strip()


def _beside(tokens: list[tuple[int, int]], finding: Finding, text: str) -> Iterator[Finding]:
    """The parts of a finding that no placeholder covers, if there is a word in them."""
    at = finding.start
    for start, end in [*tokens, (finding.end, finding.end)]:
        if end < at or start > finding.end:
            continue
        if any(map(str.isalnum, text[at:start])):
            yield Finding(finding.type, at, start, finding.score, finding.detector)
        at = max(at, end)
