"""sallyport.caching: what makes two requests the same question, and which answers may be kept."""

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sallyport import redacting
from sallyport.attempts import Inference, Usage
from sallyport.caching import CachedAnswer, cache_key, look_up, mac_label, may_be_kept
from sallyport.contracts import CacheControl, CacheOutcome, Sealed
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
from sallyport.embedding import EmbeddingRequest
from sallyport.redaction.judge import Sensitivity
from tests.unit.doubles import CANARY, MemoryCache, a_route

NOW = 1000.0
WORDS = st.sampled_from(["", "a", "b", "1", "null", "text"])
NO_PART = {"user", "metadata"}

TEXTS = st.builds(Text, text=WORDS)
BLOCKS = (
    TEXTS
    | st.builds(Refusal, text=WORDS)
    | st.builds(Reasoning, text=WORDS, signature=st.none() | WORDS, redacted=st.none() | WORDS)
    | st.builds(Image, data=st.none() | WORDS, url=st.none() | WORDS, media_type=st.none() | WORDS)
    | st.builds(Document, data=WORDS, name=st.none() | WORDS)
    | st.builds(Audio, data=WORDS, format=WORDS)
    | st.builds(ToolCall, id=WORDS, name=WORDS, arguments=WORDS)
    | st.builds(ToolResult, tool_call_id=WORDS, content=st.lists(TEXTS, max_size=2).map(tuple), is_error=st.booleans())
)
TURNS = st.builds(
    Turn, role=st.sampled_from(Role), blocks=st.lists(BLOCKS, max_size=2).map(tuple), name=st.none() | WORDS
)
SMALL = st.none() | st.sampled_from([0.0, 0.5, 1.0])
VALUES = st.none() | st.booleans() | st.integers(0, 2) | WORDS | st.lists(WORDS, max_size=2)
OBJECTS = st.dictionaries(WORDS, VALUES, max_size=2)
REQUESTS = st.builds(
    ChatRequest,
    turns=st.lists(TURNS, max_size=2).map(tuple),
    tools=st.lists(
        st.builds(Tool, name=WORDS, description=st.none() | WORDS, parameters=st.none() | OBJECTS), max_size=1
    ).map(tuple),
    tool_choice=st.none() | st.builds(ToolChoice, mode=st.sampled_from(["auto", "none", "required"])),
    parallel_tool_calls=st.none() | st.booleans(),
    max_tokens=st.none() | st.integers(1, 2),
    temperature=SMALL,
    top_p=SMALL,
    stop=st.lists(WORDS, max_size=2).map(tuple),
    seed=st.none() | st.integers(0, 1),
    n=st.integers(1, 2),
    presence_penalty=SMALL,
    frequency_penalty=SMALL,
    logit_bias=st.none() | st.dictionaries(WORDS, st.sampled_from([0.0, 1.0]), max_size=1),
    logprobs=st.none() | st.booleans(),
    top_logprobs=st.none() | st.integers(0, 1),
    reasoning_effort=st.none() | st.sampled_from(["low", "high"]),
    response_format=st.none()
    | st.builds(ResponseFormat, type=st.sampled_from(["text", "json_schema"]), json_schema=st.none() | OBJECTS),
    user=st.none() | WORDS,
    metadata=st.none() | st.dictionaries(WORDS, WORDS, max_size=1),
    extras=OBJECTS,
    betas=st.lists(WORDS, max_size=2).map(tuple),
)


def key(request, *, secret=b"secret", tenant="acme", route=None, sensitivity=Sensitivity.PUBLIC, max_tokens=100):
    return cache_key(
        secret, request, tenant=tenant, route=route or a_route(), sensitivity=sensitivity, max_tokens=max_tokens
    )


def question(request):
    """The request as plain values in which True is not 1, without what is no part of the question."""
    fields = {name: value for name, value in request if name not in NO_PART}
    return repr({name: repr(value) for name, value in fields.items()})


def sorted_objects(value):
    """The order of an object's keys is no difference."""
    return json.loads(json.dumps(value, sort_keys=True))


FULL = ChatRequest(
    turns=(
        Turn(role=Role.SYSTEM, blocks=(Text(text="Be brief."),)),
        Turn(role=Role.USER, blocks=(Text(text="Hello"),), name="amy"),
        Turn(role=Role.ASSISTANT, blocks=(ToolCall(id="c1", name="t", arguments="{}"),)),
        Turn(role=Role.TOOL, blocks=(ToolResult(tool_call_id="c1", content=(Text(text="42"),)),)),
    ),
    tools=(Tool(name="t", description="d", parameters={"type": "object"}, strict=True),),
    tool_choice=ToolChoice(mode="one", name="t"),
    parallel_tool_calls=True,
    max_tokens=10,
    temperature=0.5,
    top_p=0.5,
    top_k=5,
    stop=("x",),
    seed=1,
    n=2,
    presence_penalty=0.5,
    frequency_penalty=0.5,
    logit_bias={"1": 1.0},
    logprobs=True,
    top_logprobs=2,
    reasoning_effort="low",
    thinking=Thinking(mode="adaptive"),
    response_format=ResponseFormat(type="json_object"),
    user="amy",
    metadata={"a": "b"},
    cache="1h",
    extras={"verbosity": "low"},
    extras_of="anthropic",
    betas=("effort-2025-11-24",),
    drill="slow-5ms",
)

CHANGES = {
    "turns": FULL.turns[:-1],
    "tools": (),
    "tool_choice": ToolChoice(mode="auto"),
    "parallel_tool_calls": False,
    "max_tokens": 11,
    "temperature": 0.0,
    "top_p": 1.0,
    "top_k": 1,
    "stop": ("x", "y"),
    "seed": 2,
    "n": 1,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
    "logit_bias": {"1": 2.0},
    "logprobs": False,
    "top_logprobs": 3,
    "reasoning_effort": "high",
    "thinking": Thinking(mode="disabled"),
    "response_format": ResponseFormat(type="json_schema", json_schema={}),
    "cache": "5m",
    "extras": {"verbosity": "high"},
    "extras_of": "openai",
    "betas": ("output-128k-2025-02-19",),
    "drill": "slow-6ms",
}


@pytest.mark.parametrize("field", sorted(set(ChatRequest.model_fields) - NO_PART))
def test_every_field_is_part_of_the_question(field):
    """A field that a request learns later fails here until it has a line above."""
    changed, absent = (
        FULL.model_copy(update={field: CHANGES[field]}),
        FULL.model_copy(update={field: ChatRequest(turns=()).__dict__[field]}),
    )
    assert len({key(FULL), key(changed), key(absent)}) >= 2
    assert key(FULL) not in (key(changed), key(absent))


@pytest.mark.parametrize("change", [{"user": "bob"}, {"user": None}, {"metadata": None}, {"metadata": {"x": "y"}}])
def test_who_asks_is_no_part_of_the_question(change):
    assert key(FULL.model_copy(update=change)) == key(FULL)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Text(text="x"), Refusal(text="x")),
        (Text(text="x"), Reasoning(text="x")),
        (ToolCall(id="c1", name="t", arguments="{}"), ToolCall(id="c2", name="t", arguments="{}")),
        (ToolCall(id="c1", name="t", arguments="{}"), ToolCall(id="c1", name="t", arguments="{ }")),
        (ToolResult(tool_call_id="c1", content=()), ToolResult(tool_call_id="c2", content=())),
        (ToolResult(tool_call_id="c1", content=()), ToolResult(tool_call_id="c1", content=(), is_error=True)),
        (Image(url="https://a"), Image(url="https://a", detail="low")),
        (Document(data="QQ=="), Document(data="QQ==", name="cv.pdf")),
    ],
)
def test_near_misses_are_other_questions(one, other):
    keys = [key(ChatRequest(turns=(Turn(role=Role.USER, blocks=(block,)),))) for block in (one, other)]
    assert keys[0] != keys[1]


@given(REQUESTS, REQUESTS)
@settings(max_examples=300)
def test_two_requests_have_one_key_only_when_they_ask_the_same(one, other):
    same = sorted_objects(one.model_dump(mode="json", exclude=NO_PART)) == sorted_objects(
        other.model_dump(mode="json", exclude=NO_PART)
    )
    assume(same == (question(one) == question(other)))
    assert (key(one) == key(other)) == same


@given(REQUESTS, st.data())
@settings(max_examples=300)
def test_any_one_change_is_another_question(request_, data):
    name = data.draw(st.sampled_from(sorted(set(ChatRequest.model_fields) - NO_PART)))
    changed = request_.model_copy(update={name: getattr(data.draw(REQUESTS), name)})
    assume(question(changed) != question(request_))
    before, after = (json.dumps(each.model_dump(mode="json"), sort_keys=True) for each in (request_, changed))
    assume(before != after)
    assert key(request_) != key(changed)


def test_the_order_of_an_objects_keys_is_no_difference():
    one, other = ({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1})
    assert key(ChatRequest(turns=(), extras=one)) == key(ChatRequest(turns=(), extras=other))


@pytest.mark.parametrize(
    "change",
    [
        {"tenant": "globex"},
        {"secret": b"another tenant's"},
        {"max_tokens": 101},
        {"sensitivity": Sensitivity.CONFIDENTIAL},
        {"route": a_route(version="2")},
        {"route": a_route(alias="other")},
        {"route": a_route("simulated!", "backup!")},
    ],
)
def test_who_would_answer_is_part_of_the_key(change):
    assert key(FULL, **change) != key(FULL)


def test_in_which_order_targets_are_asked_is_no_difference():
    assert key(FULL, route=a_route("a", "b")) == key(FULL, route=a_route("b", "a"))
    assert key(FULL, route=a_route("a", "b")) != key(FULL, route=a_route("a"))


def test_a_route_that_is_asked_for_content_of_any_mild_kind_is_the_same():
    assert key(FULL, sensitivity=Sensitivity.INTERNAL) == key(FULL, sensitivity=Sensitivity.PUBLIC)
    assert key(FULL, sensitivity=Sensitivity.RESTRICTED) == key(FULL, sensitivity=Sensitivity.CONFIDENTIAL)


def test_another_way_of_redacting_is_another_key(monkeypatch):
    before = key(FULL)
    monkeypatch.setattr(redacting, "VERSION", "next")
    assert key(FULL) != before


def test_a_key_tells_nothing():
    assert len(key(FULL)) == 64
    assert int(key(FULL), 16)
    assert mac_label("acme") != mac_label("globex")


def an_inference(**fields):
    known = {
        "target": "simulated",
        "provider": "simulated",
        "model": "simulated-1",
        "usage": Usage(input_tokens=1, output_tokens=1),
        "stop_reason": "end",
        "latency_ms": 1,
        "cost": 5,
        "reason": "it is the best",
    }
    return Inference(**known | fields)


@pytest.mark.parametrize(
    ("stop_reason", "answer", "kept"),
    [
        ("end", Sealed(sealed="x"), True),
        ("stop_sequence", Sealed(sealed="x"), True),
        ("length", Sealed(sealed="x"), False),
        ("tool_calls", Sealed(sealed="x"), False),
        ("filtered", Sealed(sealed="x"), False),
        ("", Sealed(sealed="x"), False),
        ("end", Sealed(sealed_in="answer/acme/r"), False),
    ],
)
def test_only_whole_answers_in_words_that_last_are_kept(stop_reason, answer, kept):
    assert may_be_kept(an_inference(stop_reason=stop_reason), answer) is kept


@pytest.fixture
def cache():
    cache = MemoryCache()
    kept = CachedAnswer(answer=Sealed(sealed="kept"), inference=an_inference())
    cache.put("known", json.dumps(kept.to_json()).encode(), expires_at=int(NOW) + 60)
    return cache


BOTH, NO_CACHE, NO_STORE = CacheControl(), CacheControl(read=False), CacheControl(read=False, write=False)


@pytest.mark.parametrize(
    ("name", "ttl", "control", "outcome", "store_key"),
    [
        ("known", 60, BOTH, CacheOutcome.HIT, None),
        ("new", 60, BOTH, CacheOutcome.MISS, "new"),
        ("known", 60, NO_CACHE, CacheOutcome.OFF, "known"),
        ("known", 60, NO_STORE, CacheOutcome.OFF, None),
        ("new", 60, CacheControl(write=False), CacheOutcome.MISS, None),
        ("known", 60, CacheControl(write=False), CacheOutcome.HIT, None),
        ("known", 0, BOTH, CacheOutcome.OFF, None),
        ("known", 0, NO_CACHE, CacheOutcome.OFF, None),
    ],
)
def test_the_client_and_the_route_decide_what_is_read_and_kept(name, ttl, control, outcome, store_key, cache):
    lookup = look_up(name, a_route(ttl=ttl), control, cache, NOW)
    assert (lookup.decision.outcome, lookup.decision.store_key) == (outcome, store_key)
    assert lookup.decision.ttl_seconds == (0 if outcome is CacheOutcome.HIT else ttl)
    assert lookup.answer == (Sealed(sealed="kept") if outcome is CacheOutcome.HIT else None)
    assert (lookup.decision.inference is not None) == (outcome is CacheOutcome.HIT)


def test_what_is_old_is_a_miss(cache):
    assert look_up("known", a_route(), BOTH, cache, NOW + 60).decision.outcome is CacheOutcome.MISS


def test_a_store_that_is_down_costs_a_hit_and_gets_nothing_to_keep(cache):
    cache.down = True
    lookup = look_up("known", a_route(), BOTH, cache, NOW)
    assert (lookup.decision.outcome, lookup.decision.store_key) == (CacheOutcome.UNAVAILABLE, None)


@pytest.mark.parametrize(
    "value", [b"", b"\xff", CANARY.encode(), b"null", b"{}", b'{"answer": {"sealed": "x"}, "inference": {}}']
)
def test_what_was_kept_and_is_damaged_is_a_miss_that_is_replaced(value, cache):
    cache.put("known", value, expires_at=int(NOW) + 60)
    lookup = look_up("known", a_route(), BOTH, cache, NOW)
    assert (lookup.decision.outcome, lookup.decision.store_key) == (CacheOutcome.MISS, "known")
    assert lookup.answer is None
    assert CANARY not in str(lookup)


VECTORS = EmbeddingRequest(texts=("a", "b"), dimensions=8, user="amy", extras={"input_type": "query"})


@pytest.mark.parametrize(
    "change",
    [
        {"texts": ("b", "a")},
        {"texts": ("a",)},
        {"texts": ("ab",)},
        {"dimensions": None},
        {"dimensions": 9},
        {"extras": {}},
        {"drill": "fail-503"},
    ],
)
def test_every_text_and_wish_of_an_embedding_is_part_of_the_question(change):
    assert key(VECTORS.model_copy(update=change)) != key(VECTORS)


def test_who_asks_and_how_long_an_answer_may_be_make_no_other_vectors():
    assert key(VECTORS.model_copy(update={"user": "bob"})) == key(VECTORS)
    assert key(VECTORS, max_tokens=1) == key(VECTORS)


def test_every_field_of_an_embedding_is_looked_at():
    """A field that it learns later fails here until it has a line above."""
    assert set(EmbeddingRequest.model_fields) == {"texts", "dimensions", "user", "extras", "drill"}
