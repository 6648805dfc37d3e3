"""What is said: turns, and what is sent along with them, in the words of each dialect."""

from typing import Any

from sallyport.dialects.openai_responses.sealing import wrap
from tests.contract.matrix.dialects import CHAT, MESSAGES, RESPONSES

EMAIL = "bob@corp.example.org"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PDF = "JVBERi0xLjQKJSVFT0YK"
WAV = "UklGRiQAAABXQVZF"

USER = {"role": "user", "content": "Hello."}
AGAIN = {"role": "user", "content": "And now?"}
THOUGHT, SIGNATURE = "Two and two.", "EqoBCkgIARABGAIiQL8="


def said(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(parts)}]


def _thought(text: str, signature: str) -> dict[str, dict[str, Any]]:
    signed = {"type": "thinking", "thinking": text, "signature": signature}
    answer = {"type": "text", "text": "4"}
    summary = [{"type": "summary_text", "text": text}]
    item = {"type": "reasoning", "id": "rs_1", "summary": summary, "encrypted_content": wrap(signature, None)}
    return {
        MESSAGES: {"messages": [USER, {"role": "assistant", "content": [signed, answer]}, AGAIN]},
        RESPONSES: {"input": [USER, item, {"role": "assistant", "content": "4"}, AGAIN]},
    }


_DATA_URL = f"data:image/png;base64,{PNG}"
_SOURCE = {"type": "base64", "media_type": "image/png", "data": PNG}
_PDF_SOURCE = {"type": "base64", "media_type": "application/pdf", "data": PDF}
_MARK = {"cache_control": {"type": "ephemeral"}}
_BREAKPOINT = {"prompt_cache_breakpoint": {"mode": "explicit"}}

CONVERSATIONS: dict[str, dict[str, dict[str, Any]]] = {
    "system prompt": {
        CHAT: {"messages": [{"role": "system", "content": "Be brief."}, USER]},
        MESSAGES: {"system": "Be brief."},
        RESPONSES: {"instructions": "Be brief."},
    },
    "several turns": {
        CHAT: {"messages": [USER, {"role": "assistant", "content": "Hi."}, AGAIN]},
        MESSAGES: {"messages": [USER, {"role": "assistant", "content": "Hi."}, AGAIN]},
        RESPONSES: {"input": [USER, {"role": "assistant", "content": "Hi."}, AGAIN]},
    },
    "begun answer": {
        CHAT: {"messages": [USER, {"role": "assistant", "content": "Hi, "}]},
        MESSAGES: {"messages": [USER, {"role": "assistant", "content": "Hi, "}]},
        RESPONSES: {"input": [USER, {"role": "assistant", "content": "Hi, "}]},
    },
    "name of a speaker": {CHAT: {"messages": [USER | {"name": "one"}]}},
    "image": {
        CHAT: {"messages": said({"type": "image_url", "image_url": {"url": _DATA_URL}})},
        MESSAGES: {"messages": said({"type": "image", "source": _SOURCE})},
        RESPONSES: {"input": said({"type": "input_image", "image_url": _DATA_URL})},
    },
    "detail of an image": {
        CHAT: {"messages": said({"type": "image_url", "image_url": {"url": _DATA_URL, "detail": "low"}})},
        RESPONSES: {"input": said({"type": "input_image", "image_url": _DATA_URL, "detail": "low"})},
    },
    "document": {
        CHAT: {"messages": said({"type": "file", "file": {"filename": "a.pdf", "file_data": PDF}})},
        MESSAGES: {"messages": said({"type": "document", "title": "a.pdf", "source": _PDF_SOURCE})},
        RESPONSES: {"input": said({"type": "input_file", "filename": "a.pdf", "file_data": PDF})},
    },
    "sound": {
        CHAT: {"messages": said({"type": "input_audio", "input_audio": {"data": WAV, "format": "wav"}})},
    },
    "signed thoughts returned": _thought(THOUGHT, SIGNATURE),
    "cache marks": {
        CHAT: {"messages": said({"type": "text", "text": "Hello."} | _BREAKPOINT)},
        MESSAGES: {"messages": said({"type": "text", "text": "Hello."} | _MARK)},
        RESPONSES: {"input": said({"type": "input_text", "text": "Hello."} | _BREAKPOINT)},
    },
    "placeholders restored": {
        CHAT: {"messages": [{"role": "user", "content": f"I am {EMAIL}."}]},
        MESSAGES: {"messages": [{"role": "user", "content": f"I am {EMAIL}."}]},
        RESPONSES: {"input": f"I am {EMAIL}."},
    },
}
"""Feature to dialect to the fields by which it is asked for. A dialect that is missing has no word for it."""
