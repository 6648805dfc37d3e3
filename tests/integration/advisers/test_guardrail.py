"""aws/guardrail through botocore: what is sent, what it quotes, and what each of its policies costs."""

import json

import pytest

from sallyport.ports import NoOpinionError
from tests.integration.advisers.conftest import a_verdict

TEXT = "Ask Ann Lee, please.\nann lee knows. Annette and B-123 too."


@pytest.fixture
def ask(adviser, upstream, says):
    def ask(verdict):
        upstream.play(says(200, json.dumps(verdict).encode(), "content-type: application/json"))
        return adviser("guardrail").ask(TEXT, "en")

    return ask


def words(advice):
    return [(each.type, TEXT[each.start : each.end]) for each in advice.said]


def found(match, type_="NAME", **more):
    return {"type": type_, "match": match, "action": "ANONYMIZED", **more}


def test_is_sent_one_block_of_text_to_that_version_of_the_guardrail(ask, upstream):
    ask(a_verdict())
    head, _, body = upstream.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /guardrail/abc123/version/7/apply HTTP/1.1")
    assert json.loads(body) == {"source": "INPUT", "content": [{"text": {"text": TEXT}}], "outputScope": "FULL"}


def test_what_it_quotes_is_meant_wherever_it_stands(ask):
    assert words(ask(a_verdict(piiEntities=[found("Ann Lee")]))) == [("PERSON", "Ann Lee"), ("PERSON", "ann lee")]


def test_what_it_quotes_is_no_part_of_a_longer_word(ask):
    assert words(ask(a_verdict(piiEntities=[found("Ann")]))) == [("PERSON", "Ann"), ("PERSON", "ann")]


def test_white_space_may_have_been_another(ask):
    assert words(ask(a_verdict(piiEntities=[found("please. ann")]))) == [("PERSON", "please.\nann")]


def test_what_an_operators_pattern_finds_is_none_of_our_types(ask):
    verdict = a_verdict(regexes=[{"name": "badge", "match": "B-123", "regex": "B-[0-9]+", "action": "BLOCKED"}])
    assert words(ask(verdict)) == [(None, "B-123")]


def test_what_it_looked_for_and_did_not_find_is_no_finding(ask):
    assert words(ask(a_verdict(piiEntities=[found("Ann Lee", detected=False)]))) == []
    assert len(words(ask(a_verdict(piiEntities=[found("Ann Lee", action="NONE", detected=True)])))) == 2


def test_a_guardrail_of_many_policies_is_billed_for_each(ask):
    advice = ask(a_verdict(units=2, topicPolicyUnits=2, contentPolicyUnits=2, wordPolicyUnits=2))
    assert (advice.units, advice.cost) == (2, 2 * (100 + 150 + 150))


@pytest.mark.parametrize(
    "verdict",
    [
        a_verdict(piiEntities=[found("Zoe")]),
        a_verdict(piiEntities=[found(" ")]),
        a_verdict(piiEntities=[{"type": "NAME", "action": "BLOCKED"}]),
        a_verdict(units=0),
        a_verdict() | {"usage": {}},
    ],
    ids=["stands nowhere", "quotes nothing", "no match", "looks for nothing", "no usage"],
)
def test_what_cannot_be_placed_dismisses_nothing(verdict, ask):
    with pytest.raises(NoOpinionError, match="cannot be understood"):
        ask(verdict)
