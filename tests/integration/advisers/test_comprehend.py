"""aws/comprehend through botocore: what is sent, and what may come back."""

import json

import pytest

from sallyport.ports import NoOpinionError

TEXT = "Señor 😀 Ibáñez vive aquí"


def sent(upstream):
    return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in upstream.requests]


def test_is_sent_the_text_and_its_language_and_nothing_else(adviser, upstream, replies):
    upstream.play(replies("comprehend", TEXT))
    adviser("comprehend").ask(TEXT, "es")
    assert sent(upstream) == [{"Text": TEXT, "LanguageCode": "es"}]
    assert b"X-Amz-Target: Comprehend_20171127.DetectPiiEntities" in upstream.requests[0]


def test_offsets_are_those_of_characters_whatever_their_bytes(adviser, upstream, replies):
    upstream.play(replies("comprehend", TEXT, ("NAME", "Ibáñez")))
    [said] = adviser("comprehend").ask(TEXT, "es").said
    assert (said.type, TEXT[said.start : said.end], said.score) == ("PERSON", "Ibáñez", 0.75)


@pytest.mark.parametrize(("length", "units"), [(10, 3), (301, 4), (5000, 50)])
def test_is_billed_by_length(length, units, adviser, upstream, replies):
    upstream.play(replies("comprehend", TEXT))
    advice = adviser("comprehend").ask("a" * length, "en")
    assert (advice.units, advice.cost) == (units, 100 * units)


@pytest.mark.parametrize(
    "entity",
    [
        {"Type": "NAME", "BeginOffset": 0, "EndOffset": 5},
        {"Type": "NAME", "Score": 0.9, "BeginOffset": 0},
        {"Score": 0.9, "BeginOffset": 0, "EndOffset": 5},
        {"Type": "NAME", "Score": 0.9, "BeginOffset": 0, "EndOffset": 500},
        {"Type": "NAME", "Score": 0.9, "BeginOffset": -1, "EndOffset": 5},
        {"Type": "NAME", "Score": 0.9, "BeginOffset": 5, "EndOffset": 5},
    ],
)
def test_half_a_finding_makes_the_whole_reply_one_that_cannot_be_understood(entity, adviser, upstream, says):
    body = json.dumps({"Entities": [entity]}).encode()
    upstream.play(says(200, body, "content-type: application/x-amz-json-1.1"))
    with pytest.raises(NoOpinionError, match="cannot be understood") as failed:
        adviser("comprehend").ask(TEXT, "es")
    assert failed.value.cost == 300, "it answered, so it bills"
