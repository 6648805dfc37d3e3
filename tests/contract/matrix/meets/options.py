"""What becomes of what is said beside the conversation."""

from collections.abc import Mapping

from tests.contract.matrix.asks.tools import SCHEMA
from tests.contract.matrix.dialects import CHAT, MESSAGES, OPENAIS, RESPONSES
from tests.contract.matrix.meets.words import ByDialect, Has, Meets, mapped, refused, said, warned, yes
from tests.contract.matrix.recordings import ANTHROPIC, BEDROCK, OPENAI, SIMULATED

_CLOSED = SCHEMA | {"additionalProperties": False}
_JSON_ONLY = Has("Answer with one JSON object")
_THOUGHT = ("Simulated reasoning: repeat what was said.",)
_FLEX: ByDialect = dict.fromkeys(OPENAIS, warned("service_tier"))
_USER: ByDialect = {**dict.fromkeys(OPENAIS, warned("user")), MESSAGES: warned("metadata.user_id")}
_WORDY: ByDialect = {CHAT: warned("verbosity"), RESPONSES: warned("text.verbosity")}
_CUT = {"text": "Simulated answer by simulated-"}

OPTIONS: Mapping[str, Mapping[str, Meets | ByDialect]] = {
    "JSON schema": {
        OPENAI: yes({"response_format.type": "json_schema", "response_format.json_schema.schema": SCHEMA}),
        BEDROCK: yes(
            {
                "outputConfig.textFormat.type": "json_schema",
                "outputConfig.textFormat.structure.jsonSchema.schema": Has('"additionalProperties": false'),
            }
        ),
        ANTHROPIC: yes({"output_config.format": {"type": "json_schema", "schema": _CLOSED}}),
        SIMULATED: yes(reads={"text": '{"who": "Hello."}'}),
    },
    "JSON object": {
        OPENAI: yes({"response_format": {"type": "json_object"}}),
        BEDROCK: mapped({"system.0.text": _JSON_ONLY}),
        ANTHROPIC: mapped({"system.0.text": _JSON_ONLY}),
        SIMULATED: said('"you_said": "Hello."'),
    },
    "reasoning effort": {
        OPENAI: yes({"reasoning_effort": "low"}),
        BEDROCK: {
            MESSAGES: warned("output_config.effort"),
            **dict.fromkeys(
                OPENAIS,
                mapped({"additionalModelRequestFields.thinking": {"type": "enabled", "budget_tokens": 2048}}),
            ),
        },
        ANTHROPIC: {
            MESSAGES: warned("output_config.effort"),
            **dict.fromkeys(OPENAIS, mapped({"thinking": {"type": "enabled", "budget_tokens": 2048}})),
        },
        SIMULATED: yes(reads={"thoughts": _THOUGHT}),
    },
    "budget of thought": {
        OPENAI: mapped({"reasoning_effort": "low"}, "thinking.budget_tokens"),
        BEDROCK: yes({"additionalModelRequestFields.thinking": {"type": "enabled", "budget_tokens": 2000}}),
        ANTHROPIC: yes({"thinking": {"type": "enabled", "budget_tokens": 2000}}),
        SIMULATED: warned("thinking.budget_tokens", reads={"thoughts": _THOUGHT}),
    },
    "max tokens": {
        OPENAI: yes({"max_tokens": 10}),
        BEDROCK: yes({"inferenceConfig.maxTokens": 10}),
        ANTHROPIC: yes({"max_tokens": 10}),
        SIMULATED: {
            CHAT: yes(reads={**_CUT, "stop": "length"}),
            MESSAGES: yes(reads={**_CUT, "stop": "max_tokens"}),
            RESPONSES: yes(reads={**_CUT, "stop": "max_output_tokens"}),
        },
    },
    "stop sequences": {
        OPENAI: yes({"stop": ["You said"]}),
        BEDROCK: yes({"inferenceConfig.stopSequences": ["You said"]}),
        ANTHROPIC: yes({"stop_sequences": ["You said"]}),
        SIMULATED: {
            CHAT: yes(reads={"text": "Simulated answer by simulated-1 (no model was called). ", "stop": "stop"}),
            MESSAGES: yes(reads={"stop": "stop_sequence", "met": "You said"}),
        },
    },
    "temperature": {
        OPENAI: yes({"temperature": 0.5}),
        BEDROCK: yes({"inferenceConfig.temperature": 0.5}),
        ANTHROPIC: yes({"temperature": 0.5}),
        SIMULATED: warned("temperature"),
    },
    "temperature above 1": {
        OPENAI: yes({"temperature": 1.5}),
        BEDROCK: refused("temperature"),
        ANTHROPIC: refused("temperature"),
        SIMULATED: warned("temperature"),
    },
    "top_p": {
        OPENAI: yes({"top_p": 0.5}),
        BEDROCK: yes({"inferenceConfig.topP": 0.5}),
        ANTHROPIC: yes({"top_p": 0.5}),
        SIMULATED: warned("top_p"),
    },
    "temperature and top_p": {
        OPENAI: yes({"temperature": 0.5, "top_p": 0.5}),
        BEDROCK: refused("top_p"),
        ANTHROPIC: refused("top_p"),
        SIMULATED: warned("temperature", "top_p"),
    },
    "top_k": {
        OPENAI: yes({"top_k": 5}),
        BEDROCK: yes({"additionalModelRequestFields.top_k": 5}),
        ANTHROPIC: yes({"top_k": 5}),
        SIMULATED: warned("top_k"),
    },
    "seed": {
        OPENAI: yes({"seed": 7}),
        BEDROCK: warned("seed"),
        ANTHROPIC: warned("seed"),
        SIMULATED: said("You said: Hello."),
    },
    "penalties": {
        OPENAI: yes({"presence_penalty": 0.5, "frequency_penalty": 0.5}),
        BEDROCK: refused("presence_penalty"),
        ANTHROPIC: refused("presence_penalty"),
        SIMULATED: warned("presence_penalty", "frequency_penalty"),
    },
    "bias of tokens": {
        OPENAI: yes({"logit_bias": {"50256": -100}}),
        BEDROCK: refused("logit_bias"),
        ANTHROPIC: refused("logit_bias"),
        SIMULATED: warned("logit_bias"),
    },
    "several choices": {
        OPENAI: yes({"n": 2}, reads={"choices": 2}),
        BEDROCK: mapped({"n": None}, "n", asked=2, reads={"choices": 2}),
        ANTHROPIC: mapped({"n": None}, "n", asked=2, reads={"choices": 2}),
        SIMULATED: yes(reads={"choices": 2}),
    },
    "log probabilities": {
        OPENAI: yes({"logprobs": True, "top_logprobs": 2}),
        BEDROCK: {CHAT: refused("logprobs"), RESPONSES: refused("include")},
        ANTHROPIC: {CHAT: refused("logprobs"), RESPONSES: refused("include")},
        SIMULATED: {CHAT: warned("logprobs"), RESPONSES: warned("include")},
    },
    "user": {
        OPENAI: yes({"user": "u-1"}),
        BEDROCK: _USER,
        ANTHROPIC: yes({"metadata": {"user_id": "u-1"}}),
        SIMULATED: _USER,
    },
    "metadata": {
        OPENAI: yes({"metadata": {"team": "blue"}}),
        BEDROCK: warned("metadata"),
        ANTHROPIC: warned("metadata"),
        SIMULATED: warned("metadata"),
    },
    "service tier": {
        OPENAI: {**dict.fromkeys(OPENAIS, yes({"service_tier": "flex"})), MESSAGES: warned("service_tier")},
        BEDROCK: {**_FLEX, MESSAGES: mapped({"serviceTier": {"type": "default"}})},
        ANTHROPIC: {**_FLEX, MESSAGES: yes({"service_tier": "standard_only"})},
        SIMULATED: warned("service_tier"),
    },
    "verbosity": {
        OPENAI: yes({"verbosity": "low"}),
        BEDROCK: _WORDY,
        ANTHROPIC: _WORDY,
        SIMULATED: _WORDY,
    },
    "key of a prompt cache": {
        OPENAI: yes({"prompt_cache_key": "k-1"}),
        BEDROCK: warned("prompt_cache_key"),
        ANTHROPIC: warned("prompt_cache_key"),
        SIMULATED: warned("prompt_cache_key"),
    },
    "fields that nobody knows": {
        OPENAI: {**dict.fromkeys(OPENAIS, yes({"brand_new": 1})), MESSAGES: warned("extras")},
        BEDROCK: warned("extras"),
        ANTHROPIC: {**dict.fromkeys(OPENAIS, warned("extras")), MESSAGES: yes({"brand_new": 1})},
        SIMULATED: warned("extras"),
    },
}
"""Feature to provider to how it is met, by dialect where that matters."""
