"""What is said beside the conversation, in the words of each dialect."""

from typing import Any

from tests.contract.matrix.asks.tools import SCHEMA
from tests.contract.matrix.dialects import CHAT, DIALECTS, MESSAGES, OPENAIS, RESPONSES

_NAMED = {"name": "person", "schema": SCHEMA, "strict": True}

OPTIONS: dict[str, dict[str, dict[str, Any]]] = {
    "JSON schema": {
        CHAT: {"response_format": {"type": "json_schema", "json_schema": _NAMED}},
        MESSAGES: {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        RESPONSES: {"text": {"format": {"type": "json_schema", **_NAMED}}},
    },
    "JSON object": {
        CHAT: {"response_format": {"type": "json_object"}},
        RESPONSES: {"text": {"format": {"type": "json_object"}}},
    },
    "reasoning effort": {
        CHAT: {"reasoning_effort": "low", "max_tokens": 4000},
        MESSAGES: {"output_config": {"effort": "low"}},
        RESPONSES: {"reasoning": {"effort": "low"}, "max_output_tokens": 4000},
    },
    "budget of thought": {MESSAGES: {"thinking": {"type": "enabled", "budget_tokens": 2000}}},
    "max tokens": {
        CHAT: {"max_completion_tokens": 10},
        MESSAGES: {"max_tokens": 10},
        RESPONSES: {"max_output_tokens": 10},
    },
    "stop sequences": {CHAT: {"stop": ["You said"]}, MESSAGES: {"stop_sequences": ["You said"]}},
    "temperature": {each: {"temperature": 0.5} for each in DIALECTS},
    "temperature above 1": {each: {"temperature": 1.5} for each in OPENAIS},
    "top_p": {each: {"top_p": 0.5} for each in DIALECTS},
    "temperature and top_p": {each: {"temperature": 0.5, "top_p": 0.5} for each in DIALECTS},
    "top_k": {MESSAGES: {"top_k": 5}},
    "seed": {CHAT: {"seed": 7}},
    "penalties": {CHAT: {"presence_penalty": 0.5, "frequency_penalty": 0.5}},
    "bias of tokens": {CHAT: {"logit_bias": {"50256": -100}}},
    "several choices": {CHAT: {"n": 2}},
    "log probabilities": {
        CHAT: {"logprobs": True, "top_logprobs": 2},
        RESPONSES: {"include": ["message.output_text.logprobs"], "top_logprobs": 2},
    },
    "user": {CHAT: {"user": "u-1"}, MESSAGES: {"metadata": {"user_id": "u-1"}}, RESPONSES: {"user": "u-1"}},
    "metadata": {each: {"metadata": {"team": "blue"}} for each in OPENAIS},
    "service tier": {
        CHAT: {"service_tier": "flex"},
        MESSAGES: {"service_tier": "standard_only"},
        RESPONSES: {"service_tier": "flex"},
    },
    "verbosity": {CHAT: {"verbosity": "low"}, RESPONSES: {"text": {"verbosity": "low"}}},
    "key of a prompt cache": {each: {"prompt_cache_key": "k-1"} for each in OPENAIS},
    "fields that nobody knows": {each: {"brand_new": 1} for each in DIALECTS},
}  # fmt: skip
"""Feature to dialect to the fields by which it is asked for. A dialect that is missing has no word for it."""
