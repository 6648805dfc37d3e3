"""What providers said once, byte for byte, and a server that says it again to whichever of them is asked."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.claude import events, message
from tests.contract.listening import Listening, Said
from tests.contract.provider import Reply as Scripted
from tests.contract.provider import calling as provider_calling
from tests.contract.provider import chunks, completion
from tests.integration.providers.frames import event

OPENAI, BEDROCK, ANTHROPIC, SIMULATED = PROVIDERS = ("openai", "bedrock", "anthropic", "simulated")

_FOLDER = Path(__file__).parents[2] / "data/providers"
_STREAMS = {OPENAI: "sse", BEDROCK: "eventstream", ANTHROPIC: "sse"}
_KINDS = {"sse": "text/event-stream", "eventstream": "application/vnd.amazon.eventstream"}

type Json = dict[str, Any]

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
    pieces = [{"text": text[at : at + 5]} for at in range(0, len(text), 5)]
    return _reply(completion({"content": text}), {"type": "text", "text": text}, {"text": text}, None, pieces)


def calling(name: str) -> Reply:
    """A call of the tool that is known to the provider by this name."""
    use = {"toolUseId": "call_9", "name": name}
    block = {"type": "tool_use", "id": "call_9", "name": name, "input": {"who": "it"}}
    called = provider_calling(("call_9", name, {"who": "it"}))
    pieces = [{"toolUse": {"input": '{"who": "it"}'}}]
    return _reply(called, block, {"toolUse": use | {"input": {"who": "it"}}}, {"toolUse": use}, pieces)


def _reply(completed: Scripted, block: Json, content: Json, start: Json | None, pieces: list[Json]) -> Reply:
    """The same in three wires: OpenAI's completion, Anthropic's block, Converse's content and how that is streamed."""

    def reply(provider: str, stream: bool) -> bytes:
        called = "input" in block
        match provider, stream:
            case "openai", False:
                return json.dumps(completed.body).encode()
            case "openai", True:
                told = [json.dumps(each) for each in chunks(dict(completed.body))]
                return "".join(f"data: {each}\n\n" for each in [*told, "[DONE]"]).encode()
            case "anthropic", _:
                said = message(block, stop="tool_use" if called else "end_turn")
                return b"".join(events(said)) if stream else json.dumps(said).encode()
            case _:
                end = {"stopReason": "tool_use" if called else "end_turn"}
                return _streamed(start, pieces, end) if stream else json.dumps(_converse(content, end)).encode()

    return reply


_COUNTED = {"usage": {"inputTokens": 9, "outputTokens": 9, "totalTokens": 18}, "metrics": {"latencyMs": 1}}


def _converse(content: Json, end: Json) -> Json:
    return {"output": {"message": {"role": "assistant", "content": [content]}}, **end, **_COUNTED}


def _streamed(start: Json | None, pieces: list[Json], end: Json) -> bytes:
    frames = [event("messageStart", {"role": "assistant"})]
    if start:
        frames.append(event("contentBlockStart", {"contentBlockIndex": 0, "start": start}))
    frames += [event("contentBlockDelta", {"contentBlockIndex": 0, "delta": each}) for each in pieces]
    frames.append(event("contentBlockStop", {"contentBlockIndex": 0}))
    return b"".join([*frames, event("messageStop", end), event("metadata", _COUNTED)])


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
