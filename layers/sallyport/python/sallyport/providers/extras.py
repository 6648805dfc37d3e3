"""Fields that one kind of API alone understands, told to a client whose target is of another kind.

Only names that such an API is known to have are told. Any other is the client's own word, and may be content: those
are counted.
"""

from collections.abc import Collection, Mapping

from sallyport.attempts import Unmet
from sallyport.conversation import ChatRequest

_CACHE = "steers a cache of OpenAI's own, which changes no more than cost and speed"
_TIER = "is a price and a speed that this target does not sell"
_PERSON = "names a person to another provider"

KNOWN: Mapping[str, Mapping[str, str]] = {
    "openai": {
        "prediction": "makes OpenAI's own models answer faster, and changes no answer",
        "prompt_cache_key": _CACHE,
        "prompt_cache_options": _CACHE,
        "prompt_cache_retention": _CACHE,
        "safety_identifier": _PERSON,
        "service_tier": _TIER,
        "store": "is a log that OpenAI keeps for whoever asks there",
        "verbosity": "is a habit of OpenAI's own models; ask for it in words",
    },
    "anthropic": {
        "context_management": "trims a long conversation at Anthropic; send a shorter one",
        "diagnostics": "asks for an account that Anthropic alone gives",
        "inference_geo": "chooses among places of Anthropic's own; here the route does",
        "metadata": "has more in it than a user's id, which Anthropic alone understands",
        "output_config": "has more in it than effort and format, which Anthropic alone understands",
        "service_tier": _TIER,
        "speed": _TIER,
        "user_profile_id": _PERSON,
    },
}
"""Kind of API to field to why leaving it out does no harm."""

_MET = ("modalities",)
"""Says no more than that the answer is text, which it is."""


def left_out(request: ChatRequest, *, mapped: Collection[str] = ()) -> tuple[Unmet, ...]:
    """All of the request's extras but those that were `mapped`."""
    known = KNOWN[request.extras_of]
    fields = [name for name in request.extras if name not in mapped and name not in _MET]
    told = [Unmet(field=name, reason=known[name]) for name in fields if name in known]
    if unknown := len(fields) - len(told):
        told.append(Unmet(field="extras", reason=f"{unknown} more fields mean nothing to this target"))
    return tuple(told)
