"""Betas of Anthropic's API that a client names in a header: which may be passed on, and why the others are not.

Sources: https://platform.claude.com/docs/en/api/beta-headers, the types of Anthropic's SDK, and for Bedrock the page on
Claude's Messages API in its user guide.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from sallyport.attempts import Unmet

HEADER = "anthropic-beta"

LONG_CONTEXT = "context-1m-2025-08-07"

PASSED = frozenset({
    LONG_CONTEXT, "context-management-2025-06-27", "effort-2025-11-24", "interleaved-thinking-2025-05-14",
    "output-128k-2025-02-19", "token-efficient-tools-2025-02-19",
})  # fmt: skip
"""They change how Claude thinks and how much it reads and writes, and nothing that the gateway would have to know."""

_GENERAL = frozenset({
    "extended-cache-ttl", "max-tokens-3-5-sonnet", "pdfs", "prompt-caching", "structured-outputs", "token-counting",
    "tools",
})  # fmt: skip
"""What these switched on is part of the API by now, and is asked for by fields of its own."""

_AT_ANTHROPIC = "is of tools that run at a provider, which the gateway lets none do"
_NOT_PASSED: Mapping[str, str] = {
    "advanced-tool-use": _AT_ANTHROPIC,
    "code-execution": _AT_ANTHROPIC,
    "computer-use": "is of tools with types of Anthropic's own, which are not supported",
    "files-api": "is of files that lie at Anthropic, which are not supported; send them with the message",
    "fine-grained-tool-streaming": "changes no more than when arguments of tools come, and they might be no JSON",
    "mcp-client": _AT_ANTHROPIC,
    "skills": _AT_ANTHROPIC,
    "web-fetch": _AT_ANTHROPIC,
}
"""A beta's name without its date, and why leaving it out does no harm: what it is for is not there, or is refused."""

UNKNOWN = "unknown"
"""In the place of a name that is not known here: it is the client's own, and may be content."""

LONGER_THAN = 200_000
"""Tokens of context, from which on a beta has to be named, and a token has another price."""

_NOTHING = "means nothing to this target"
_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def betas_of(headers: Sequence[str]) -> tuple[str, ...]:
    """What the headers name, in their order and each once; of one that is not known here, only that it is there."""
    named = list(dict.fromkeys(filter(None, (each.strip() for header in headers for each in header.split(",")))))
    known = ((name, _DATE.sub("", name)) for name in named)
    return tuple(
        name if name in PASSED else family if family in _NOT_PASSED else UNKNOWN
        for name, family in known
        if family not in _GENERAL
    )


def passed(betas: Collection[str], context_tokens: int) -> list[str]:
    """Those that a Claude of so large a context is told. A longer one is an operator's to allow: it costs more."""
    return [name for name in betas if name in PASSED and (name != LONG_CONTEXT or context_tokens > LONGER_THAN)]


def not_passed(betas: Collection[str], context_tokens: int | None = None) -> list[Unmet]:
    """What a client is told of the others; of all, for a target that is no Claude: it has no `context_tokens` here.

    A name of the client's own is counted and never repeated.
    """
    told = () if context_tokens is None else passed(betas, context_tokens)
    otherwise = _NOTHING if context_tokens is None else f"is for targets of more than {LONGER_THAN} context_tokens"
    unmet = [
        Unmet(field=HEADER, reason=f"{name} {_NOT_PASSED.get(name, otherwise)}")
        for name in betas
        if name != UNKNOWN and name not in told
    ]
    if unknown := sum(name == UNKNOWN for name in betas):
        unmet.append(Unmet(field=HEADER, reason=f"{unknown} of the names are not known here, and not passed on"))
    return unmet
