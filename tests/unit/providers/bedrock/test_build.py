"""providers/bedrock/build: whatever a request says, botocore and Bedrock's own rules find nothing wrong with it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sallyport.conversation import (
    Audio,
    ChatRequest,
    Document,
    Image,
    Reasoning,
    Refusal,
    ResponseFormat,
    Role,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from sallyport.errors import ProviderRejectedError
from sallyport.providers.bedrock.build import unmet

MODELS = (
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-opus-4-6-v1", "global.anthropic.claude-opus-5-5",
    "anthropic.claude-3-haiku-20240307-v1:0", "us.amazon.nova-lite-v1:0", "us.amazon.nova-2-lite-v1:0",
    "openai.gpt-oss-20b-1:0", "mistral.mistral-large-2407-v1:0", "us.meta.llama3-3-70b-instruct-v1:0",
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
)  # fmt: skip
WORDS = st.sampled_from(["", " ", "a", "b\n", "ünïcode", "x" * 70, "a.b"])
NAMES = st.sampled_from(["find", "my.tool", "größe", "x" * 70])
IDS = st.sampled_from(["c1", "c2", "call|1", "y" * 70])
TTLS = st.none() | st.sampled_from(["5m", "1h"])
TEXTS = st.builds(Text, text=WORDS, cache=TTLS)
IMAGES = st.builds(Image, data=st.just("iVBORw0KGgo="), cache=TTLS)
OF_USER = st.one_of(
    TEXTS,
    IMAGES,
    st.builds(Document, data=st.just("aGk="), name=st.sampled_from(["a.txt", "b.md"]), cache=TTLS),
    st.builds(Audio, data=st.just("aGk="), format=st.just("wav")),
    st.builds(
        ToolResult,
        tool_call_id=IDS,
        content=st.lists(TEXTS | IMAGES, max_size=2).map(tuple),
        is_error=st.booleans(),
        cache=TTLS,
    ),
)
OF_ASSISTANT = st.one_of(
    TEXTS,
    st.builds(Refusal, text=WORDS),
    st.builds(Reasoning, text=WORDS, signature=st.none() | st.just("s")),
    st.builds(Reasoning, redacted=st.just("aGk=")),
    st.builds(ToolCall, id=IDS, name=NAMES, arguments=st.sampled_from(["", "{}", '{"a": [1]}']), cache=TTLS),
)
TURNS = st.one_of(
    st.builds(Turn, role=st.just(Role.SYSTEM), blocks=st.lists(TEXTS, max_size=2).map(tuple)),
    st.builds(Turn, role=st.just(Role.USER), blocks=st.lists(OF_USER, max_size=3).map(tuple), name=st.none() | WORDS),
    st.builds(Turn, role=st.just(Role.ASSISTANT), blocks=st.lists(OF_ASSISTANT, max_size=3).map(tuple)),
)
SCHEMAS = st.sampled_from(
    [
        None,
        {},
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": "string"}}},
        {"type": "object", "additionalProperties": True},
        {"properties": {"a": {"$ref": "#"}}},
    ]
)
TOOLS = st.builds(
    Tool, name=NAMES, description=st.none() | WORDS, parameters=SCHEMAS, strict=st.none() | st.booleans(), cache=TTLS
)
FORMATS = st.builds(
    ResponseFormat,
    type=st.sampled_from(["text", "json_object", "json_schema"]),
    name=st.none() | NAMES,
    description=st.none() | WORDS,
    json_schema=SCHEMAS,
    strict=st.none() | st.booleans(),
)
EFFORTS = st.none() | st.sampled_from(["minimal", "low", "high", "xhigh", "max"])
THINKINGS = st.builds(
    Thinking,
    mode=st.none() | st.sampled_from(["enabled", "disabled", "adaptive", "between_tools"]),
    budget_tokens=st.none() | st.integers(1024, 4000),
    display=st.none() | st.just("omitted"),
    effort=EFFORTS,
)
REQUESTS = st.builds(
    ChatRequest,
    turns=st.lists(TURNS, max_size=4).map(tuple),
    tools=st.lists(TOOLS, max_size=2, unique_by=lambda tool: tool.name).map(tuple),
    tool_choice=st.none()
    | st.builds(ToolChoice, mode=st.sampled_from(["auto", "none", "required"]))
    | st.builds(ToolChoice, mode=st.just("one"), name=NAMES),
    parallel_tool_calls=st.none() | st.booleans(),
    max_tokens=st.none() | st.integers(1, 5000),
    temperature=st.none() | st.floats(0, 1),
    top_p=st.none() | st.floats(0, 1),
    top_k=st.none() | st.integers(0, 500),
    stop=st.lists(WORDS, max_size=2).map(tuple),
    seed=st.none() | st.just(1),
    reasoning_effort=EFFORTS | st.just("none"),
    thinking=st.none() | THINKINGS,
    response_format=st.none() | FORMATS,
    user=st.none() | WORDS,
    cache=TTLS,
    extras=st.dictionaries(st.sampled_from(["service_tier", "store", "anthropic_beta", "canary"]), WORDS, max_size=2),
)


def attempt(built, request, model):
    """The arguments, or of a refusal its details."""
    try:
        return built(request, model, min(request.max_tokens or 1024, 4096)), {}
    except ProviderRejectedError as error:
        return None, error.details


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(request=REQUESTS, model=st.sampled_from(MODELS))
def test_whatever_is_built_is_valid_and_what_is_refused_has_a_name(built, target_of, request, model):
    arguments, refused = attempt(built, request, model)
    told = {each.field for each in unmet(request, target_of(model, "bedrock", max_output_tokens=4096))}

    if arguments is None:
        assert refused.keys() == {"param"}
        return
    sent = json.dumps(arguments, default=lambda value: value.hex())
    additional = arguments.get("additionalModelRequestFields", {})
    assert ("top_k" in told) == (request.top_k is not None and "top_k" not in additional and "topK" not in sent)
    assert ("service_tier" in told) == ("service_tier" in request.extras and "serviceTier" not in arguments)
    assert sent.count("cachePoint") <= 4
    # A guardrail would look at nothing else; the invocation log would keep what tells who asked.
    assert "guardContent" not in sent
    assert "requestMetadata" not in arguments
    assert ("seed" in told) == (request.seed is not None)


def test_what_is_nested_too_deeply_is_refused(built, request_of):
    schema: dict = {}
    for _ in range(20_000):
        schema = {"properties": {"a": schema}}

    with pytest.raises(ProviderRejectedError, match="too deeply"):
        built(request_of(tools=(Tool.model_construct(name="f", parameters=schema),)), MODELS[4])


@pytest.mark.parametrize("max_tokens", [1024, 1025, None])
def test_what_is_told_is_what_was_left_out(built, left_out, request_of, max_tokens):
    """Without a word of the client's, max_tokens is the gateway's own default."""
    request = request_of(reasoning_effort="low", max_tokens=max_tokens)
    thinks = "additionalModelRequestFields" in built(request, MODELS[0], max_tokens or 1024)

    assert left_out(request, MODELS[0]) == ([] if thinks else ["reasoning_effort"])
