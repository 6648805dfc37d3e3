"""Names of tools and ids of calls within what Converse and Messages allow, and back.

Converse takes a dot and a colon in ids too, and Messages longer names on its newest models: what both take is enough.
"""

import hashlib
import re
from collections import defaultdict, deque

from sallyport.conversation import ChatRequest

_ALLOWED = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def tool_name(name: str) -> str:
    """The name itself, or a like one with a digest, so that two names never meet."""
    if _ALLOWED.fullmatch(name):
        return name
    return f"{re.sub(r'[^a-zA-Z0-9_-]', '_', name)[:51]}_{_digest(name)[:12]}"


def original_names(request: ChatRequest) -> dict[str, str]:
    """From the names that were sent to those that the client knows."""
    return {tool_name(tool.name): tool.name for tool in request.tools}


def call_id(identity: str) -> str:
    """The id itself, or a digest of it. The ids of a reply are its provider's own, so none comes back."""
    return identity if _ALLOWED.fullmatch(identity) else f"call_{_digest(identity)[:32]}"


class CallIds:
    """Ids of one conversation's calls, each used once, handed to their results in the order of the calls.

    Some clients count from call_0 in every turn; an id that was seen is refused.
    """

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._waiting: defaultdict[str, deque[str]] = defaultdict(deque)

    def of_call(self, identity: str) -> str:
        unique = call_id(identity)
        number = 1
        while unique in self._used:
            number += 1
            unique = call_id(f"{identity}_{number}")
        self._used.add(unique)
        self._waiting[identity].append(unique)
        return unique

    def of_result(self, identity: str) -> str | None:
        """None for the result of a call that nobody made."""
        waiting = self._waiting[identity]
        return waiting.popleft() if waiting else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
