"""What becomes of what is said, and of what is sent along."""

from collections.abc import Mapping

from tests.contract.matrix.asks.conversations import EMAIL, PDF, PNG, SIGNATURE, THOUGHT, WAV
from tests.contract.matrix.dialects import CHAT, MESSAGES, OPENAIS, RESPONSES
from tests.contract.matrix.meets.words import ByDialect, Has, Meets, refused, said, warned, yes
from tests.contract.matrix.recordings import ANTHROPIC, BEDROCK, OPENAI, SIMULATED

TOLD = "Told <EMAIL_1>."
_RESTORED = {"text": f"Told {EMAIL}."}
_PNG_URL = f"data:image/png;base64,{PNG}"
_PNG_SOURCE = {"type": "base64", "media_type": "image/png", "data": PNG}
_UNMARKED: ByDialect = {
    MESSAGES: warned("cache_control"),
    **dict.fromkeys(OPENAIS, warned("prompt_cache_breakpoint")),
}
_LAST = "messages.0.content.0"

CONVERSATIONS: Mapping[str, Mapping[str, Meets | ByDialect]] = {
    "system prompt": {
        OPENAI: yes({"messages.0": {"role": "system", "content": "Be brief."}, "messages.1.role": "user"}),
        BEDROCK: yes({"system": [{"text": "Be brief."}], "messages.0.role": "user"}),
        ANTHROPIC: yes({"system": [{"type": "text", "text": "Be brief."}], "messages.0.role": "user"}),
        SIMULATED: said("You said: Hello."),
    },
    "several turns": {
        OPENAI: yes({"messages.1": {"role": "assistant", "content": "Hi."}, "messages.2.content": "And now?"}),
        BEDROCK: yes({"messages.1.content": [{"text": "Hi."}], "messages.2.content": [{"text": "And now?"}]}),
        ANTHROPIC: yes({"messages.1.content.0.text": "Hi.", "messages.2.content.0.text": "And now?"}),
        SIMULATED: said("You said: And now?"),
    },
    "begun answer": {
        OPENAI: yes({"messages.1": {"role": "assistant", "content": "Hi, "}, "messages.2": None}),
        BEDROCK: yes({"messages.1": {"role": "assistant", "content": [{"text": "Hi,"}]}, "messages.2": None}),
        ANTHROPIC: yes({"messages.1.role": "assistant", "messages.1.content.0.text": "Hi,", "messages.2": None}),
        SIMULATED: said("You said: Hello."),
    },
    "name of a speaker": {
        OPENAI: yes({"messages.0.name": "one"}),
        BEDROCK: warned("messages.name"),
        ANTHROPIC: warned("messages.name"),
        SIMULATED: said("You said: Hello."),
    },
    "image": {
        OPENAI: yes({_LAST: {"type": "image_url", "image_url": {"url": _PNG_URL}}}),
        BEDROCK: yes({_LAST: {"image": {"format": "png", "source": {"bytes": PNG}}}}),
        ANTHROPIC: yes({_LAST: {"type": "image", "source": _PNG_SOURCE}}),
        SIMULATED: said("You sent images: 1."),
    },
    "detail of an image": {
        OPENAI: yes({f"{_LAST}.image_url.detail": "low"}),
        BEDROCK: {
            CHAT: warned("image_url.detail", sent={_LAST: {"image": {"format": "png", "source": {"bytes": PNG}}}}),
            RESPONSES: warned("input", sent={_LAST: {"image": {"format": "png", "source": {"bytes": PNG}}}}),
        },
        ANTHROPIC: {
            CHAT: warned("image_url.detail", sent={_LAST: {"type": "image", "source": _PNG_SOURCE}}),
            RESPONSES: warned("input", sent={_LAST: {"type": "image", "source": _PNG_SOURCE}}),
        },
        SIMULATED: said("You sent images: 1."),
    },
    "document": {
        OPENAI: yes({f"{_LAST}.file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}}),
        BEDROCK: yes({f"{_LAST}.document": {"format": "pdf", "name": "a 1", "source": {"bytes": PDF}}}),
        ANTHROPIC: yes({f"{_LAST}.source.data": PDF, f"{_LAST}.title": "a.pdf"}),
        SIMULATED: said("You sent documents: 1."),
    },
    "sound": {
        OPENAI: yes({f"{_LAST}.input_audio": {"data": WAV, "format": "wav"}}),
        BEDROCK: refused("input_audio"),
        ANTHROPIC: refused("input_audio"),
        SIMULATED: said("You sent sounds: 1."),
    },
    "signed thoughts returned": {
        OPENAI: {
            MESSAGES: warned("messages", sent={"messages.1": {"role": "assistant", "content": "4"}}),
            RESPONSES: warned("input", sent={"messages.1": {"role": "assistant", "content": "4"}}),
        },
        BEDROCK: yes(
            {"messages.1.content.0.reasoningContent": {"reasoningText": {"text": THOUGHT, "signature": SIGNATURE}}}
        ),
        ANTHROPIC: yes(
            {"messages.1.content.0": {"type": "thinking", "thinking": THOUGHT, "signature": SIGNATURE}}
        ),
        SIMULATED: {
            MESSAGES: warned("messages", reads={"text": Has("You said: And now?")}),
            RESPONSES: warned("input", reads={"text": Has("You said: And now?")}),
        },
    },
    "cache marks": {
        OPENAI: _UNMARKED,
        BEDROCK: {
            MESSAGES: yes({"messages.0.content.1.cachePoint": {"type": "default"}}),
            **dict.fromkeys(OPENAIS, yes({"messages.0.content.1.cachePoint": {"type": "default", "ttl": "1h"}})),
        },
        ANTHROPIC: {
            MESSAGES: yes({f"{_LAST}.cache_control": {"type": "ephemeral"}}),
            **dict.fromkeys(OPENAIS, yes({f"{_LAST}.cache_control": {"type": "ephemeral", "ttl": "1h"}})),
        },
        SIMULATED: _UNMARKED,
    },
    "placeholders restored": {
        OPENAI: yes({"messages.0.content": "I am <EMAIL_1>."}, reads=_RESTORED),
        BEDROCK: yes({_LAST: {"text": "I am <EMAIL_1>."}}, reads=_RESTORED),
        ANTHROPIC: yes({f"{_LAST}.text": "I am <EMAIL_1>."}, reads=_RESTORED),
        SIMULATED: said(f"You said: I am {EMAIL}."),
    },
}  # fmt: skip
"""Feature to provider to how it is met, by dialect where that matters."""
