"""What providers said once, byte for byte, and a server that says it again to whichever of them is asked."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.claude import events, message
from tests.contract.listening import Listening, Said
from tests.contract.provider import chunks, completion
from tests.integration.providers.frames import event

OPENAI, BEDROCK, ANTHROPIC, SIMULATED = PROVIDERS = ("openai", "bedrock", "anthropic", "simulated")

_FOLDER = Path(__file__).parents[2] / "data/providers"
_STREAMS = {OPENAI: "sse", BEDROCK: "eventstream", ANTHROPIC: "sse"}
_KINDS = {"sse": "text/event-stream", "eventstream": "application/vnd.amazon.eventstream"}

type Reply = Callable[[str, bool], bytes]
"""What a provider says, whole or as a stream."""


@dataclass(frozen=True, order=True)
class Recording:
    """One conversation; some were recorded whole only."""

    provider: str
    name: str

    def __call__(self, provider: str, stream: bool) -> bytes:
        assert provider == self.provider
        return self._path(stream).read_bytes()

    def was_made(self, stream: bool) -> bool:
        return self._path(stream).exists()

    def _path(self, stream: bool) -> Path:
        return _FOLDER / self.provider / f"{self.name}.{_STREAMS[self.provider] if stream else 'json'}"


RECORDINGS = sorted(Recording(each, path.stem) for each in _STREAMS for path in (_FOLDER / each).glob("*.json"))


def plain(provider: str, stream: bool) -> bytes:
    """The same short answer of each of them."""
    return Recording(provider, "text")(provider, stream)


def saying(text: str) -> Reply:
    """A text of a test's own: as a stream in pieces, so that no placeholder comes in one."""

    def reply(provider: str, stream: bool) -> bytes:
        match provider, stream:
            case "openai", False:
                return json.dumps(completion({"content": text}).body).encode()
            case "openai", True:
                told = [json.dumps(each) for each in chunks(dict(completion({"content": text}).body))]
                return "".join(f"data: {each}\n\n" for each in [*told, "[DONE]"]).encode()
            case "anthropic", False:
                return json.dumps(message({"type": "text", "text": text})).encode()
            case "anthropic", True:
                return b"".join(events(message({"type": "text", "text": text})))
            case _:
                return _converse(text, stream)

    return reply


def _converse(text: str, stream: bool) -> bytes:
    usage = {"inputTokens": 9, "outputTokens": 9, "totalTokens": 18}
    if not stream:
        told = {"message": {"role": "assistant", "content": [{"text": text}]}}
        return json.dumps(
            {"output": told, "stopReason": "end_turn", "usage": usage, "metrics": {"latencyMs": 1}}
        ).encode()
    pieces = [text[at : at + 5] for at in range(0, len(text), 5)]
    frames = [event("messageStart", {"role": "assistant"})]
    frames += [event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": each}}) for each in pieces]
    frames.append(event("contentBlockStop", {"contentBlockIndex": 0}))
    frames.append(event("messageStop", {"stopReason": "end_turn"}))
    frames.append(event("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}))
    return b"".join(frames)


class Replaying:
    """Three providers at one address, told apart by their paths. `sent` holds every body that any of them was sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.reply: Reply = plain
        self._listening = Listening(self._answer)
        self.url = self._listening.url

    def _answer(self, path: str, _: dict[str, str], body: bytes) -> Said:
        asked = json.loads(body)
        self.sent.append(asked)
        operation = path.rsplit("/", 1)[-1]
        provider = {"completions": OPENAI, "messages": ANTHROPIC}.get(operation, BEDROCK)
        stream = operation == "converse-stream" or bool(asked.get("stream"))
        kind = _KINDS[_STREAMS[provider]] if stream else "application/json"
        return Said(200, kind, self.reply(provider, stream))

    def close(self) -> None:
        self._listening.close()
