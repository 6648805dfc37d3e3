"""What differs between the model families on Bedrock, told from a model or inference profile id. Data, with sources.

What Converse itself has a place for is sent unless the family is known to refuse it; what needs a family's own words is
sent to that family alone. An application inference profile's ARN hides its model: it counts as no family,
unless its target names the `base_model`.

Sources: AWS, Bedrock user guide ("Supported models and model features", "Prompt caching", "Structured outputs",
"Service tiers"), API reference (ToolChoice); Anthropic, "Extended thinking", "Adaptive thinking", "Effort"; for what no
page says, refusals of the service as others report them (`This model doesn't support the stopSequences field`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

_CLAUDE = re.compile(r"claude-(?:(?P<tier>[a-z]+)-)?(?P<major>\d+)(?:-(?P<minor>\d{1,2}))?(?!\d)")
_ALL = frozenset({"auto", "any", "tool"})


class Thinking(StrEnum):
    """How a family is told to reason."""

    NONE = "none"
    BUDGET = "budget"  # Claude 3.7 to 4.5: thinking.budget_tokens
    EITHER = "either"  # Claude 4.6: a budget, or adaptive
    ADAPTIVE = "adaptive"  # Claude 4.7 and later: thinking.type adaptive alone
    NOVA = "nova"  # Nova 2: reasoningConfig.maxReasoningEffort
    FIELD = "field"  # gpt-oss, DeepSeek: reasoning_effort as OpenAI names it


class Samplers(StrEnum):
    """Which of temperature and top_p a family takes."""

    BOTH = "both"
    ONE = "one"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Family:
    """What a family takes, and in which words.

    `thinks_unasked`: it reasons when nothing is said of it; `off` is the type of thinking that is the least it takes,
    None where nothing turns it off. `efforts` are the words of outputConfig.effort, lowest first. `choices` are those
    of toolChoice. `top_k` is its path in additionalModelRequestFields. `caching` are the places that take a cachePoint,
    `long_caching` whether for an hour. `json_schema` is outputConfig.textFormat. `begun_answers`: the conversation may
    end with the start of the answer. `inline`: schemas must have no references; `bare_root`: nor anything at
    their root but what an object has. `result_images`: a tool's result may
    hold images. `whole_input`: the inputTokens of its streams include what was cached.
    """

    claude: bool = False
    thinking: Thinking = Thinking.NONE
    thinks_unasked: bool = False
    off: str | None = None
    efforts: tuple[str, ...] = ()
    samplers: Samplers = Samplers.BOTH
    top_k: tuple[str, ...] = ()
    stop: bool = True
    choices: frozenset[str] = _ALL
    caching: frozenset[str] = frozenset()
    long_caching: bool = False
    json_schema: bool = False
    strict: bool = False
    begun_answers: bool = True
    inline: bool = False
    bare_root: bool = False
    audio: bool = True
    result_images: bool = False
    tiers: bool = True
    whole_input: bool = False


_NOVA = Family(
    top_k=("inferenceConfig", "topK"),
    caching=frozenset({"system", "messages"}),
    inline=True,
    bare_root=True,
    audio=False,
    result_images=True,
)
_OPENAI = Family(
    thinking=Thinking.FIELD,
    thinks_unasked=True,
    stop=False,
    json_schema=True,
    strict=True,
    audio=False,
    whole_input=True,
)
_OPEN = Family(stop=False, json_schema=True, strict=True)
_MISTRAL = Family(choices=frozenset({"auto", "any"}))
_FAMILIES: Sequence[tuple[str, Family]] = (
    (r"nova-2", replace(_NOVA, thinking=Thinking.NOVA, audio=True)),
    (r"nova-", _NOVA),
    (r"gpt-oss|openai\.gpt", _OPENAI),
    (r"deepseek.*r1", Family(audio=False, choices=frozenset())),
    (r"deepseek", replace(_OPEN, thinking=Thinking.FIELD, audio=False)),
    (r"qwen|gemma|minimax|kimi|nemotron", _OPEN),
    (r"glm", Family(stop=False)),
    (r"mistral-large-3|ministral|magistral|voxtral", replace(_MISTRAL, json_schema=True, strict=True)),
    (r"mistral|mixtral", _MISTRAL),
    (r"llama", Family(choices=frozenset(), inline=True, audio=False)),
    (r"cohere\.|ai21\.|jamba", Family(choices=frozenset(), audio=False)),
)


@cache
def family_of(model: str) -> Family:
    """Of a model id, an inference profile's (`us.`, `eu.`, `apac.`, `global.` …), or either's ARN."""
    name = model.lower().rsplit("/", 1)[-1]
    if "claude" in name:
        return _claude(name)
    return next((family for pattern, family in _FAMILIES if re.search(pattern, name)), Family())


def _claude(name: str) -> Family:
    match = _CLAUDE.search(name)
    version = (int(match["major"]), int(match["minor"] or 0)) if match else (0, 0)
    tier = match["tier"] if match else None
    if "mythos" in name or tier == "fable":
        version = max(version, (5, 0))
    mythical = "mythos" in name or tier == "fable"
    always = mythical or (version >= (5, 5) and tier in ("opus", "sonnet"))
    unforceable = version >= ((5, 1) if mythical else (5, 5)) and always
    cached = version >= (3, 7) or (version == (3, 5) and (tier == "haiku" or "haiku" in name or "20241022" in name))
    return Family(
        claude=True,
        thinking=_claude_thinking(version),
        thinks_unasked=version >= (5, 0),
        off=_claude_off(tier, always=always),
        efforts=_claude_efforts(version),
        samplers=Samplers.NONE if version >= (4, 7) else Samplers.ONE if version >= (4, 1) else Samplers.BOTH,
        top_k=("top_k",) if version < (4, 7) else (),
        choices=frozenset({"auto"}) if unforceable else _ALL if version >= (3, 0) else frozenset(),
        caching=frozenset({"tools", "system", "messages"}) if cached else frozenset(),
        long_caching=version >= (4, 5),
        json_schema=version >= (4, 5),
        strict=version >= (4, 5),
        begun_answers=version < (4, 6),
        audio=False,
        result_images=True,
        tiers=False,
    )


def _claude_thinking(version: tuple[int, int]) -> Thinking:
    since = (
        ((4, 7), Thinking.ADAPTIVE),
        ((4, 6), Thinking.EITHER),
        ((3, 7), Thinking.BUDGET),
        ((0, 0), Thinking.NONE),
    )
    return next(way for first, way in since if version >= first)


def _claude_off(tier: str | None, *, always: bool) -> str | None:
    if not always:
        return "disabled"
    return "between_tools" if tier == "sonnet" else None


def _claude_efforts(version: tuple[int, int]) -> tuple[str, ...]:
    """Opus 4.5 has efforts elsewhere; Bedrock refuses them beside a budget."""
    if version < (4, 6):
        return ()
    return ("low", "medium", "high", "max") if version < (4, 7) else ("low", "medium", "high", "xhigh", "max")
