"""What differs between Claude's versions, told from a model's name.

Sources: Anthropic's pages on extended thinking, adaptive thinking, effort and structured outputs, and its migration
guides to 4.1, 4.6, 4.7, 5 and 5.5.
"""

import re
from dataclasses import dataclass

_VERSION = re.compile(r"claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2}))?(?!\d)")
_NEWEST = (99, 0)
_LEVELS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Model:
    """`modes` of thinking and `efforts` that it takes: no mode but `disabled` when it does not think.

    `adaptive`: is asked for an effort, for it decides by itself how much to think; else for a budget.
    `unasked`: thinks when nothing is said of it. `off` is the mode that is the least, None where it always thinks.
    `samples`: takes temperature, top_p and top_k at all; `one_sampler`: not the first two together.
    `forces`: can be forced to call a tool. `begun`: goes on with an answer that the assistant has begun.
    """

    modes: frozenset[str] = frozenset({"enabled", "adaptive", "between_tools", "disabled"})
    efforts: tuple[str, ...] = (*_LEVELS, "xhigh", "max")
    adaptive: bool = False
    unasked: bool = False
    off: str | None = "disabled"
    samples: bool = True
    one_sampler: bool = False
    schemas: bool = True
    forces: bool = True
    begun: bool = True

    @property
    def thinks(self) -> bool:
        return self.modes != {"disabled"}


OTHER = Model()
"""A model of somebody else's, behind the same API: nothing is known of it, so that everything is passed on.

Told an effort, it gets a budget, which is the older word.
"""


def model_of(name: str) -> Model:
    """A Claude whose name has no version counts as the newest."""
    if "claude" not in name:
        return OTHER
    match = _VERSION.search(name)
    version = (int(match[1]), int(match[2] or 0)) if match else _NEWEST
    if version >= (4, 7):
        return _newer(name, version)
    if version >= (4, 6):
        modes = frozenset({"enabled", "adaptive", "disabled"})
        return Model(modes, (*_LEVELS, "max"), adaptive=True, one_sampler=True, begun=False)
    return Model(
        modes=frozenset({"enabled", "disabled"} if version >= (3, 7) else {"disabled"}),
        efforts=_LEVELS if version == (4, 5) and "opus" in name else (),
        one_sampler=version >= (4, 1),
        schemas=version >= (4, 1),
    )


def _newer(name: str, version: tuple[int, int]) -> Model:
    """From 4.7 on: adaptive thought alone, and no samplers. From 5.5 on the larger ones cannot do without thought."""
    mythical = "mythos" in name or "fable" in name
    always = mythical or (version >= (5, 5) and "haiku" not in name)
    off = "disabled" if not always else "between_tools" if "sonnet" in name else None
    return Model(
        modes=frozenset({"adaptive", off} if off else {"adaptive"}),
        adaptive=True,
        unasked=mythical or version >= (5, 0),
        off=off,
        samples=False,
        forces=not always or (mythical and version < (5, 1)),
        begun=False,
    )
