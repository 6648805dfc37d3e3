"""sallyport.threads: what is remembered of a conversation that its client names."""

import pytest

from sallyport.composition import Services
from sallyport.contracts import Caller
from sallyport.conversation import ChatRequest
from sallyport.errors import StoreUnavailableError, VaultUnavailableError
from sallyport.redaction.judge import Sensitivity
from sallyport.redaction.remembered import Remembered
from sallyport.threads import KEPT_SECONDS, Threads, name_of, thread_of
from sallyport_local.backend import EmbeddedBackend
from tests.unit.doubles import CALLER, CANARY

ANN = Remembered({"<PERSON_1>": CANARY}, Sensitivity.INTERNAL)
SECRET = b"s" * 32


class Clock:
    now = 4_000_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def backend(tmp_path):
    backend = EmbeddedBackend.open(tmp_path / "data")
    yield backend
    backend.close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def threads(backend, clock):
    return Threads(backend.records("conversations"), Services(backend).vault, clock)


@pytest.fixture
def stored(backend):
    return lambda: backend.records("conversations").get("t1")


def take(threads, after, thread="t1", tenant="acme"):
    """What was known before a turn that ends with `after`."""
    return threads.remembering(tenant, thread, lambda before: (before, after))


def test_what_one_turn_leaves_the_next_one_knows(threads):
    assert take(threads, ANN) == Remembered()
    assert take(threads, ANN) == ANN
    assert take(threads, ANN, thread="t2") == Remembered()


def test_without_a_name_nothing_is_known_and_nothing_remembered(threads, backend):
    assert [take(threads, ANN, thread=None) for _ in range(2)] == [Remembered()] * 2
    assert list(backend.records("conversations").scan()) == []


def test_values_are_sealed_for_their_tenant(threads, stored):
    take(threads, ANN)
    assert CANARY not in str(stored().body)
    with pytest.raises(VaultUnavailableError):
        take(threads, ANN, tenant="globex")


def test_what_could_not_be_forgotten_is_not_written(threads, stored, clock):
    take(threads, Remembered())
    assert stored() is None
    take(threads, ANN)
    take(threads, ANN)
    assert stored().version == 1
    clock.now += 2 * 86_400
    take(threads, ANN)
    assert (stored().version, stored().body["until"]) == (2, clock.now + KEPT_SECONDS)


def test_a_sensitive_turn_is_remembered_without_any_value(threads):
    take(threads, Remembered({}, Sensitivity.CONFIDENTIAL))
    assert take(threads, Remembered({}, Sensitivity.CONFIDENTIAL)).sensitivity is Sensitivity.CONFIDENTIAL


def test_a_turn_that_another_came_before_is_taken_again(threads):
    seen = []

    def turn(before):
        seen.append(before)
        if len(seen) == 1:
            take(threads, ANN)
        return "done", Remembered({**before.pseudonyms, "<PERSON_2>": "Bob"}, before.sensitivity)

    assert threads.remembering("acme", "t1", turn) == "done"
    assert seen == [Remembered(), ANN]
    assert take(threads, ANN).pseudonyms == {"<PERSON_1>": CANARY, "<PERSON_2>": "Bob"}


def test_a_conversation_asked_from_too_many_places_is_told_to_come_back(threads):
    def turn(before):
        more = Remembered({f"<PERSON_{len(before.pseudonyms) + 1}>": "x", **before.pseudonyms})
        take(threads, more)
        return None, Remembered({"<PERSON_9>": "y"})

    with pytest.raises(StoreUnavailableError) as refused:
        threads.remembering("acme", "t1", turn)
    assert refused.value.retry_after == 1.0


def test_a_map_that_is_too_large_stays_as_it_was(threads, monkeypatch):
    take(threads, ANN)
    monkeypatch.setattr("sallyport.threads.MOST_CHARACTERS", 10)
    take(threads, Remembered({**ANN.pseudonyms, "<PERSON_2>": "Bob"}, Sensitivity.CONFIDENTIAL))
    assert take(threads, ANN) == Remembered(ANN.pseudonyms, Sensitivity.CONFIDENTIAL)


@pytest.mark.parametrize(
    ("metadata", "header", "name"),
    [
        (None, None, None),
        ({}, "c1", "c1"),
        ({"conversation_id": "c2", "session_id": "c3"}, None, "c2"),
        ({"thread_id": "c4"}, None, "c4"),
        ({"session_id": "c3"}, "c1", "c1"),
        ({"topic": "x", "session_id": ""}, None, None),
    ],
)
def test_a_conversation_is_what_the_client_calls_one(metadata, header, name):
    assert name_of(ChatRequest(turns=(), metadata=metadata), header) == name


def test_a_users_or_a_caches_name_is_no_conversation():
    """One of them is in all that somebody, or a whole application, ever asks."""
    request = ChatRequest(turns=(), user="ann", extras={"prompt_cache_key": "k"})
    assert name_of(request, None) is None


@pytest.mark.parametrize("changed", [{"tenant": "globex"}, {"project": "hr"}, {"key_id": "k9"}, {"user": "bob"}])
def test_a_conversation_is_its_callers_own(changed):
    other = Caller.model_validate(CALLER.to_json() | changed)
    assert thread_of(SECRET, CALLER, "c1") == thread_of(SECRET, CALLER, "c1")
    assert len({thread_of(SECRET, CALLER, "c1"), thread_of(SECRET, other, "c1"), thread_of(SECRET, CALLER, "c2")}) == 3
