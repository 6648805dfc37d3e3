"""What the tables of every provider share: a request and a target of which only what matters is said."""

from collections.abc import Callable

import pytest

from sallyport.conversation import Block, ChatRequest, Role, Text, Turn
from sallyport.routing import Privacy, Target


@pytest.fixture
def turn() -> Callable[..., Turn]:
    """`turn("user", block, …)`; a string is a text."""

    def make(role: str, *blocks: Block | str) -> Turn:
        made = tuple(Text(text=block) if isinstance(block, str) else block for block in blocks)
        return Turn(role=Role(role), blocks=made)

    return make


@pytest.fixture
def request_of(turn) -> Callable[..., ChatRequest]:
    """`request_of(turn, …, temperature=1)`; the user says hello when there are no turns."""

    def make(*turns: Turn, **fields) -> ChatRequest:
        return ChatRequest(turns=turns or (turn("user", "hello"),), **fields)

    return make


@pytest.fixture
def target_of() -> Callable[..., Target]:
    def make(model: str = "model-1", provider: str = "openai", **fields) -> Target:
        return Target(model=model, provider=provider, privacy=Privacy.PRIVATE, **fields)

    return make
