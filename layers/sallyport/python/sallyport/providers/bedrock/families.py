"""What differs between the model families on Bedrock, told from a model or inference profile id.

An application inference profile's ARN hides its model: nothing that depends on the family is sent to it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_CLAUDE = re.compile(r"claude-(?:[a-z]+-)?(\d+)(?:-(\d{1,2}))?(?!\d)")


class Thinking(StrEnum):
    """How a family is told to reason."""

    NONE = "none"
    BUDGET = "budget"  # Claude 3.7 to 4.5: thinking.budget_tokens
    ADAPTIVE = "adaptive"  # Claude 4.6 and later: thinking.type adaptive, outputConfig.effort
    NOVA = "nova"  # Nova 2: reasoningConfig.maxReasoningEffort
    FIELD = "field"  # gpt-oss, DeepSeek: reasoning_effort as OpenAI names it


@dataclass(frozen=True, slots=True)
class Family:
    """`one_sampler`: takes temperature or top_p, not both."""

    thinking: Thinking = Thinking.NONE
    claude: bool = False
    one_sampler: bool = False


def family_of(model: str) -> Family:
    if "claude" in model:
        return _claude(model)
    if "nova-2" in model:
        return Family(Thinking.NOVA)
    if "gpt-oss" in model or ("deepseek" in model and "r1" not in model):
        return Family(Thinking.FIELD)
    return Family()


def _claude(model: str) -> Family:
    match = _CLAUDE.search(model)
    version = (int(match[1]), int(match[2] or 0)) if match else (0, 0)
    since = ((4, 6), Thinking.ADAPTIVE), ((3, 7), Thinking.BUDGET), ((0, 0), Thinking.NONE)
    thinking = next(way for first, way in since if version >= first)
    return Family(thinking, claude=True, one_sampler=version >= (4, 5))
