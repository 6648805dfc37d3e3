"""What Converse cannot do, as data: refused when it would change the answer, left out when it would not."""

from collections.abc import Mapping
from typing import Any

from sallyport.conversation import ChatRequest
from sallyport.providers.bedrock.draft import Draft

REFUSED: Mapping[str, tuple[tuple[Any, ...], str]] = {
    "n": ((1,), "Converse gives one answer. Send the request several times."),
    "logprobs": ((None, False), "Converse tells no log probabilities."),
    "top_logprobs": ((None, 0), "Converse tells no log probabilities."),
    "logit_bias": ((None, {}), "Converse cannot bias tokens."),
    "presence_penalty": ((None, 0), "Converse has no penalties."),
    "frequency_penalty": ((None, 0), "Converse has no penalties."),
}
"""Field to the values that mean nothing, and why no other can be honoured."""

DROPPED: Mapping[str, str] = {
    "seed": "promises no more than an effort, even where it exists",
    "user": "names a person, and Bedrock has no place for it but its invocation log",
    "metadata": "would be written into Bedrock's invocation log",
}
"""Field to why leaving it out does no harm."""


def leave_out_dropped(draft: Draft, request: ChatRequest) -> None:
    for field, reason in DROPPED.items():
        if getattr(request, field) not in (None, {}):
            draft.leave_out(field, reason)
