"""What inference asks of a provider."""

from typing import Protocol

from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.routing import Target


class Provider(Protocol):
    """One way to call models. Safe to use from several threads."""

    def chat(self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float) -> ChatAnswer:
        """Ask once, without retries, and wait at most `timeout` seconds.

        Raise subclasses of ProviderError alone. Their details may have `status` (HTTP), `retry_after` (seconds), `code`
        (one of a fixed list) and `param` (the field that this target cannot honour); the caller adds the target's name.
        """
        ...
