"""providers/extras: names of an API are told, a client's own are counted."""

import pytest

from sallyport.conversation import ChatRequest
from sallyport.dialects.anthropic_messages import parse as messages
from sallyport.dialects.openai_chat import parse as chat
from sallyport.providers.extras import KNOWN, left_out
from tests.unit.doubles import CANARY


def fields(kind, *, mapped=(), **extras):
    request = ChatRequest(turns=(), extras=extras, extras_of=kind)
    return [(each.field, each.reason) for each in left_out(request, mapped=mapped)]


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_nothing_is_nothing(kind):
    assert fields(kind) == []


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KNOWN for name in KNOWN[kind]])
def test_a_known_field_is_named_with_its_reason(kind, name):
    assert fields(kind, **{name: {}}) == [(name, KNOWN[kind][name])]


def test_a_field_of_the_other_kind_is_not_known():
    assert fields("openai", speed="fast") == [("extras", "1 more fields mean nothing to this target")]


def test_unknown_fields_are_counted_and_never_quoted():
    told = fields("openai", **{CANARY: 1, "store": True, f"{CANARY}2": CANARY})
    assert [name for name, _ in told] == ["store", "extras"]
    assert told[1][1].startswith("2 more fields")
    assert CANARY not in str(told)


def test_what_was_mapped_or_is_met_anyway_is_not_told():
    assert fields("anthropic", mapped=("service_tier",), service_tier="auto") == []
    assert fields("openai", modalities=["text"]) == []


def test_every_field_that_a_dialect_checks_is_known():
    assert set(chat._CHECKED_EXTRAS) - {"modalities"} <= set(KNOWN["openai"])
    assert set(messages._CHECKED_EXTRAS) | set(messages._KNOWN_IN_PART) <= set(KNOWN["anthropic"])
