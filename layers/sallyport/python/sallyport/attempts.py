"""How a call of a target went: what it used and cost when it was answered, and what was wrong when it failed."""

from pydantic import NonNegativeInt

from sallyport.message import Message, Name


class Usage(Message):
    """Tokens as the provider counted them; `input_tokens` includes the cached ones."""

    input_tokens: NonNegativeInt
    output_tokens: NonNegativeInt
    cached_input_tokens: NonNegativeInt = 0
    cache_write_tokens: NonNegativeInt = 0
    reasoning_tokens: NonNegativeInt = 0


class Unmet(Message):
    """A wish that a target could not honour and that was allowed to go unmet: its field, and why that does no harm."""

    field: str
    reason: str


class Inference(Message):
    """One answered attempt. `cost` is in millionths of a dollar; `estimated` when the gateway counted for itself.

    `found` counts by type the personal data in the answer that no placeholder stands for, where somebody asks for it.
    `skipped` are targets that would have been asked before, but for their health.
    """

    target: Name
    provider: str
    model: str
    usage: Usage
    stop_reason: str
    latency_ms: NonNegativeInt
    cost: NonNegativeInt
    reason: str
    estimated: bool = False
    unmet: tuple[Unmet, ...] = ()
    found: dict[str, NonNegativeInt] = {}
    skipped: tuple[Name, ...] = ()


class Attempt(Message):
    """One failed call of one target. `reason` says what was done about it; `code` is one of a fixed list.

    `again_after`: the same target is asked once more, after so many seconds.
    """

    target: Name
    error: str
    code: str | None = None
    reason: str = ""
    status: int | None = None
    retry_after: float | None = None
    again_after: float | None = None
    latency_ms: NonNegativeInt | None = None
