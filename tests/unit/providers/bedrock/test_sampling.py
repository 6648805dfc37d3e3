"""providers/bedrock/sampling: tokens, chance and stop sequences."""

import pytest

from sallyport.conversation import Thinking
from sallyport.errors import ProviderRejectedError

HAIKU_3 = "anthropic.claude-3-haiku-20240307-v1:0"
OPUS_4 = "anthropic.claude-opus-4-20250514-v1:0"
SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
OPUS_4_7 = "global.anthropic.claude-opus-4-7"
NOVA = "us.amazon.nova-lite-v1:0"
LLAMA = "us.meta.llama3-3-70b-instruct-v1:0"
HIDDEN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
CLAUDE_PATHS = ["/stop_sequence", "/delta/stop_sequence"]


def test_max_tokens_is_always_sent(built, request_of):
    assert built(request_of(max_tokens=5), max_tokens=77)["inferenceConfig"] == {"maxTokens": 77}


@pytest.mark.parametrize(
    ("fields", "model", "expected"),
    [
        ({"temperature": 0.5}, HAIKU_3, {"temperature": 0.5}),
        ({"temperature": 1.0, "top_p": 0.5}, HAIKU_3, {"temperature": 1.0, "topP": 0.5}),
        ({"temperature": 1.0, "top_p": 0.5}, SONNET, {"topP": 0.5}),
        ({"temperature": 0.5, "top_p": 1.0}, "anthropic.claude-opus-4-6-v1", {"temperature": 0.5}),
        ({"temperature": 0.5, "top_p": 0.5}, OPUS_4, {"temperature": 0.5, "topP": 0.5}),
        ({"temperature": 1.0, "top_p": 1.0}, OPUS_4_7, {}),
        ({"stop": ("a", "", "b")}, HAIKU_3, {"stopSequences": ["a", "b"]}),
        ({"stop": ("",)}, HAIKU_3, {}),
        ({"stop": ("",)}, "openai.gpt-oss-20b-1:0", {}),
    ],
)
def test_inference_parameters(built, left_out, request_of, fields, model, expected):
    assert built(request_of(**fields), model)["inferenceConfig"] == {"maxTokens": 100, **expected}
    assert left_out(request_of(**fields), model) == []


@pytest.mark.parametrize(
    ("fields", "model", "param"),
    [
        ({"temperature": 1.01}, NOVA, "temperature"),
        ({"temperature": 1.01}, OPUS_4_7, "temperature"),
        ({"temperature": 0.5, "top_p": 0.5}, SONNET, "top_p"),
        ({"temperature": 0.5, "top_p": 0.5}, "anthropic.claude-opus-4-1-20250805-v1:0", "top_p"),
        ({"stop": ("a",)}, "openai.gpt-oss-20b-1:0", "stop"),
        ({"stop": ("a",)}, "qwen.qwen3-32b-v1:0", "stop"),
    ],
)
def test_refuses_what_the_model_would_refuse(built, request_of, fields, model, param):
    with pytest.raises(ProviderRejectedError) as error:
        built(request_of(**fields), model)

    assert error.value.details == {"param": param}


@pytest.mark.parametrize("field", ["temperature", "top_p"])
def test_newer_claudes_set_chance_by_themselves(built, left_out, request_of, field):
    assert built(request_of(**{field: 0.5}), OPUS_4_7) == built(request_of(), OPUS_4_7)
    assert left_out(request_of(**{field: 0.5}), OPUS_4_7) == [field]


@pytest.mark.parametrize(
    ("model", "top_k", "additional", "warned"),
    [
        (SONNET, 0, {"top_k": 0}, []),
        (SONNET, 500, {"top_k": 500}, []),
        (NOVA, 128, {"inferenceConfig": {"topK": 128}}, []),
        (NOVA, 129, None, ["top_k"]),
        (OPUS_4_7, 5, None, ["top_k"]),
        (LLAMA, 5, None, ["top_k"]),
        (HIDDEN, 5, None, ["top_k"]),
        (LLAMA, None, None, []),
    ],
)
def test_top_k_in_the_words_of_each_family(built, left_out, request_of, model, top_k, additional, warned):
    assert built(request_of(top_k=top_k), model).get("additionalModelRequestFields") == additional
    assert left_out(request_of(top_k=top_k), model) == warned


def test_thought_excludes_top_k(built, left_out, request_of):
    request = request_of(top_k=5, max_tokens=9000, thinking=Thinking(mode="enabled", budget_tokens=2000))

    assert built(request, SONNET, 9000)["additionalModelRequestFields"].keys() == {"thinking"}
    assert left_out(request, SONNET) == ["top_k"]


@pytest.mark.parametrize(
    ("model", "stop", "paths"),
    [(SONNET, ("a",), CLAUDE_PATHS), (SONNET, (), None), (SONNET, ("",), None), (NOVA, ("a",), None)],
)
def test_claude_is_asked_which_stop_sequence_was_met(built, request_of, model, stop, paths):
    assert built(request_of(stop=stop), model).get("additionalModelResponseFieldPaths") == paths
