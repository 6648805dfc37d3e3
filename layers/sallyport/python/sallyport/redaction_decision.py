"""What redact decided of a request, as the ticket has it: counts and reasons, no content."""

from pydantic import NonNegativeInt, PositiveInt

from sallyport.message import Message
from sallyport.redaction.judge import Sensitivity


class Opinion(Message):
    """What a second opinion was asked for and came to. `cost` is in millionths of a dollar, `units` are its service's.

    Of what the engine was unsure of, `confirmed` and `dismissed` count what the service said so of, and `unasked` what
    it said nothing of: `as_found` tells that this was acted upon all the same. `added` counts what it found besides.
    """

    service: str | None = None
    reason: str
    confirmed: NonNegativeInt = 0
    dismissed: NonNegativeInt = 0
    added: NonNegativeInt = 0
    unasked: NonNegativeInt = 0
    as_found: bool = False
    characters: NonNegativeInt = 0
    units: NonNegativeInt = 0
    cost: NonNegativeInt = 0

    @property
    def said(self) -> bool:
        """Whether anybody said anything of what is unsure."""
        return self.confirmed + self.dismissed > 0


class RedactionDecision(Message):
    """What was found and done. `findings` counts by entity type; `uninspected` counts images and files.

    `doubtful` counts what was left as it was, because it may as well be none. `opinion` is there if one was wanted.
    """

    findings: dict[str, PositiveInt] = {}
    doubtful: dict[str, PositiveInt] = {}
    masked: NonNegativeInt = 0
    uninspected: NonNegativeInt = 0
    sensitivity: Sensitivity
    reason: str
    opinion: Opinion | None = None
