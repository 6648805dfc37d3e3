"""sallyport.affinity: one hash for all of a conversation, and nothing to be read from it."""

import json

import pytest

from sallyport.affinity import conversation_of, mac_label
from sallyport.conversation import ChatRequest, Role, Text, Turn
from tests.unit.doubles import CANARY


def turn(role, text, **fields):
    return Turn(role=role, blocks=(Text(text=text, **fields),))


SYSTEM, ASKS, ANSWERS, GOES_ON = (
    turn(Role.SYSTEM, "Be brief."),
    turn(Role.USER, CANARY),
    turn(Role.ASSISTANT, "Yes."),
    turn(Role.USER, "And then?"),
)


def hashed(*turns, secret=b"s" * 32, **fields):
    return conversation_of(secret, ChatRequest(turns=turns or (SYSTEM, ASKS), **fields))


def test_a_conversation_that_goes_on_is_the_same():
    assert hashed() == hashed(SYSTEM, ASKS, ANSWERS, GOES_ON)
    assert hashed() == hashed(max_tokens=5, temperature=0.5, drill="slow-5ms")


def test_a_mark_for_the_cache_that_moves_on_changes_nothing():
    assert hashed(SYSTEM, turn(Role.USER, CANARY, cache="5m")) == hashed()


@pytest.mark.parametrize(
    "other",
    [(ASKS,), (SYSTEM, GOES_ON), (turn(Role.SYSTEM, "Be long."), ASKS), (SYSTEM, turn(Role.USER, f"{CANARY}."))],
)
def test_another_beginning_is_another_conversation(other):
    assert hashed(*other) != hashed()


@pytest.mark.parametrize(
    "fields",
    [
        {"extras": {"prompt_cache_key": "k1"}},
        {"metadata": {"conversation_id": "k1"}},
        {"metadata": {"thread_id": "k1"}},
        {"metadata": {"session_id": "k1"}},
        {"user": "k1"},
    ],
)
def test_what_the_client_says_of_it_counts_before_its_words(fields):
    changed = json.loads(json.dumps(fields).replace("k1", "k2"))
    assert hashed(**fields) == hashed(GOES_ON, **fields)
    assert hashed(**fields) != hashed()
    assert hashed(**fields) != hashed(**changed)


def test_the_narrowest_name_counts():
    named = {"metadata": {"conversation_id": "c", "other": "x"}, "user": "u"}
    assert hashed(**named) == hashed(metadata={"conversation_id": "c"})
    assert hashed(**named, extras={"prompt_cache_key": "k"}) == hashed(extras={"prompt_cache_key": "k"})
    assert hashed(metadata={"other": "x"}) == hashed()
    assert hashed(user="c") != hashed(metadata={"conversation_id": "c"})


def test_a_hash_is_short_and_tells_nothing_without_the_secret():
    assert len(hashed()) == 32
    assert int(hashed(), 16)
    assert hashed(secret=b"o" * 32) != hashed()
    assert mac_label("acme") != mac_label("globex")


def test_a_conversation_that_nobody_began_has_a_hash_too():
    assert conversation_of(b"s", ChatRequest(turns=())) != conversation_of(b"s", ChatRequest(turns=(ANSWERS,)))
