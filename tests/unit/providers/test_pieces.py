"""providers/pieces: an answer as a stream, and how likely its pieces are said to be."""

import pytest

from sallyport.attempts import Usage
from sallyport.conversation import ChatAnswer, Choice, StopReason, Text
from sallyport.providers.pieces import likely, pieces
from sallyport.stream import LogProbs, Stopped, TextDelta, collect

USAGE = Usage(input_tokens=1, output_tokens=1)


def an_answer(text, **fields):
    choice = Choice(blocks=(Text(text=text),), **({"stop_reason": StopReason.END} | fields))
    return ChatAnswer(model="m", choices=(choice,), usage=USAGE)


def test_a_made_up_probability_says_how_long_a_word_is():
    assert likely("Dear <EMAIL_1>", alternatives=None, json_text=False)["content"] == [
        {"token": "Dear ", "logprob": -0.05, "bytes": list(b"Dear "), "top_logprobs": []},
        {"token": "<EMAIL_1>", "logprob": -0.09, "bytes": list(b"<EMAIL_1>"), "top_logprobs": []},
    ]


@pytest.mark.parametrize(("alternatives", "count"), [(None, 0), (0, 0), (1, 1), (5, 1)])
def test_a_token_has_no_alternative_but_itself(alternatives, count):
    [token] = likely("a", alternatives=alternatives, json_text=False)["content"]
    assert token["top_logprobs"] == [{"token": "a", "logprob": -0.01, "bytes": [97]}] * count


@pytest.mark.parametrize("json_text", [False, True])
def test_each_piece_is_a_token_in_a_stream(json_text):
    text = "two words and a long one"
    answer = an_answer(text, logprobs=likely(text, alternatives=1, json_text=json_text))

    events = list(pieces(answer, json_text=json_text))

    said = [event.text for event in events if isinstance(event, TextDelta)]
    assert [event.content[0]["token"] for event in events if isinstance(event, LogProbs)] == said
    assert collect(events).answer(USAGE) == answer


def test_the_stop_sequence_is_told():
    answer = an_answer("a", stop_reason=StopReason.STOP_SEQUENCE, stop_sequence="END")
    assert list(pieces(answer))[-2] == Stopped(StopReason.STOP_SEQUENCE, 0, "END")
