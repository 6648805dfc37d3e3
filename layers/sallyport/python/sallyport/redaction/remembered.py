"""What the earlier turns of a conversation came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sallyport.redaction.judge import Sensitivity


@dataclass(frozen=True, slots=True)
class Remembered:
    """Placeholder → original of all earlier turns, and the most sensitive of them."""

    pseudonyms: Mapping[str, str] = field(default_factory=dict, repr=False)
    sensitivity: Sensitivity = Sensitivity.PUBLIC
