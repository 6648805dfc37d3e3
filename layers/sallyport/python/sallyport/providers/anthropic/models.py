"""What differs between Claude's versions, told from a model's name.

Sources: Anthropic's pages on extended thinking, adaptive thinking, effort and structured outputs, and its migration
guides to 4.1, 4.6 and 4.7.
"""

import re
from dataclasses import dataclass

_VERSION = re.compile(r"claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2}))?(?!\d)")
_NEWEST = (99, 0)

BUDGET = frozenset({"enabled", "disabled"})
ADAPTIVE = frozenset({"adaptive", "between_tools", "disabled"})
_LEVELS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Model:
    """`modes` of thinking and `efforts` that it takes, no mode but `disabled` when it does not think.

    `adaptive`: is asked for an effort, for it decides by itself how much to think; else for a budget.
    `samples`: takes temperature, top_p and top_k at all; `one_sampler`: not the first two together.
    """

    modes: frozenset[str] = BUDGET | ADAPTIVE
    efforts: tuple[str, ...] = (*_LEVELS, "xhigh", "max")
    adaptive: bool = True
    samples: bool = True
    one_sampler: bool = False
    schemas: bool = True

    @property
    def thinks(self) -> bool:
        return self.modes != {"disabled"}


OTHER = Model(adaptive=False)
"""A model of somebody else's, behind the same API: nothing is known of it, so that everything is passed on.

Told an effort, it gets a budget, which is the older word.
"""


def model_of(name: str) -> Model:
    """A Claude whose name has no version counts as the newest."""
    if "claude" not in name:
        return OTHER
    match = _VERSION.search(name)
    version = (int(match[1]), int(match[2] or 0)) if match else _NEWEST
    one_sampler, schemas = version >= (4, 1), version >= (4, 1)
    if version >= (4, 7):
        return Model(ADAPTIVE, samples=False)
    if version >= (4, 6):
        return Model(BUDGET | ADAPTIVE, (*_LEVELS, "max"), one_sampler=True)
    efforts = _LEVELS if version == (4, 5) and "opus" in name else ()
    modes = BUDGET if version >= (3, 7) else frozenset({"disabled"})
    return Model(modes, efforts, adaptive=False, one_sampler=one_sampler, schemas=schemas)
