"""functions/cache_lookup: the same redacted question of the same tenant."""

import json

import pytest

from sallyport.attempts import Inference, Usage
from sallyport.caching import CachedAnswer
from sallyport.contracts import CacheLookup, CacheOutcome, Purpose, Sealed
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import StoreUnavailableError

KEPT = CachedAnswer(
    answer=Sealed(sealed="kept"),
    inference=Inference(
        target="simulated",
        provider="simulated",
        model="simulated-1",
        usage=Usage(input_tokens=1, output_tokens=1),
        stop_reason="end",
        latency_ms=1,
        cost=0,
        reason="r",
    ),
)


def looked_up(invoke, case, **changes):
    return CacheLookup.model_validate(invoke(f"cache_lookup/{case}", **changes))


@pytest.fixture
def kept(invoke, services):
    """The key under which the sample question's answer is kept."""
    key = looked_up(invoke, "new_question").decision.store_key
    services.backend.cache.put(key, json.dumps(KEPT.to_json()).encode(), expires_at=int(services.now()) + 60)
    return key


def test_a_new_question_is_a_miss_that_may_be_kept(invoke):
    decision = looked_up(invoke, "new_question").decision
    assert (decision.outcome, decision.ttl_seconds) == (CacheOutcome.MISS, 3600)
    assert len(decision.store_key) == 64


def test_the_same_question_is_a_hit(invoke, kept):
    lookup = looked_up(invoke, "new_question", request_id="req_another_one")
    assert (lookup.decision.outcome, lookup.answer) == (CacheOutcome.HIT, Sealed(sealed="kept"))
    assert lookup.decision.inference == KEPT.inference


@pytest.mark.parametrize(("case", "keeps"), [("no_cache", True), ("no_store", False)])
def test_a_client_may_want_a_fresh_answer(case, keeps, invoke, kept):
    lookup = looked_up(invoke, case)
    assert (lookup.decision.outcome, lookup.answer) == (CacheOutcome.OFF, None)
    assert lookup.decision.store_key == (kept if keeps else None)


@pytest.mark.parametrize("change", [{"max_tokens": 255}, {"sensitivity": "confidential"}])
def test_another_question_is_a_miss(change, invoke, kept):
    assert looked_up(invoke, "new_question", **change).decision.outcome is CacheOutcome.MISS


def test_another_tenant_has_not_asked(invoke, services, kept):
    request = b'{"turns": []}'
    caller = {"tenant": "globex", "project": "fraud", "key_id": "k1"}
    keys = set()
    for tenant in ("acme", "globex"):
        sealed = services.vault.seal(request, tenant, Purpose.REDACTED, name="r").to_json()
        keys.add(
            looked_up(invoke, "new_question", caller=caller | {"tenant": tenant}, content=sealed).decision.store_key
        )
    assert len(keys) == 2


def test_a_store_that_is_down_is_an_outcome(invoke, services, monkeypatch):
    def fail(*_, **__):
        raise StoreUnavailableError("The cache is out of reach.")

    monkeypatch.setattr(services.backend.cache, "get", fail, raising=True)
    assert looked_up(invoke, "new_question").decision.outcome is CacheOutcome.UNAVAILABLE


def test_texts_to_be_embedded_have_keys_of_their_own(invoke, services):
    keys = {
        looked_up(
            invoke,
            "new_question",
            content=services.vault.seal(
                EmbeddingRequest(texts=texts).model_dump_json().encode(), "acme", Purpose.REDACTED, name="r"
            ).to_json(),
        ).decision.store_key
        for texts in (("a", "b"), ("a",), ("a", "b"))
    }
    assert len(keys) == 2
