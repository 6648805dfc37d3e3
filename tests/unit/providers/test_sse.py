"""providers/sse: the same events, however the bytes are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.errors import ProviderReplyError
from sallyport.providers.sse import EventParser


def parse(*chunks: bytes, **limits) -> list[tuple[str, str]]:
    parser, events = EventParser(**limits), []
    for chunk in chunks:
        events += parser.feed(chunk)
    return [(event.event, event.data) for event in [*events, *parser.end()]]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\ndata: b\n\n", [("", "a"), ("", "b")]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [("", "a"), ("", "b")]),
        (b"data: a\r\rdata: b\r\r", [("", "a"), ("", "b")]),
        (b"data:a\n\n", [("", "a")]),
        (b"data:  a \n\n", [("", " a ")]),
        (b"data\n\n", [("", "")]),
        (b"data: a\ndata: b\n\n", [("", "a\nb")]),
        (b"\xef\xbb\xbfdata: a\n\n", [("", "a")]),
        (b"\n\xef\xbb\xbfdata: a\n\n", []),
        (b"event: ping\ndata: {}\n\n", [("ping", "{}")]),
        (b"event: ping\n\ndata: a\n\n", [("", "a")]),
        (b": data: a\n\n", []),
        (b"id: 1\nretry: 5\ndata: a\n\n", [("", "a")]),
        (b"dat: a\n data: a\nDATA: a\n\n", []),
        (b"data: a: b\n\n", [("", "a: b")]),
        (b"data: a\n\n\n\n", [("", "a")]),
        ("data: ü\u2028\x0b\x85\n\n".encode(), [("", "ü\u2028\x0b\x85")]),
        (b"data: \xff\n\n", [("", "\ufffd")]),
        (b"<html>\n\n", []),
        (b"", []),
    ],
)
def test_events_of_a_stream(stream, events):
    assert parse(stream) == events
    assert parse(*(stream[at : at + 1] for at in range(len(stream)))) == events


@pytest.mark.parametrize("stream", [b"data: a", b"data: a\n", b"data: a\r", b"event: \ndata: a"])
def test_the_last_event_needs_no_blank_line(stream):
    assert parse(stream) == [("", "a")]


@given(st.lists(st.sampled_from([b"data: ", b"event: ", b"a", "ü".encode(), b"\r", b"\n", b"\r\n", b":", b""])))
def test_the_cuts_do_not_matter(pieces):
    whole = b"".join(pieces)

    assert parse(*pieces) == parse(whole) == parse(*(whole[at : at + 1] for at in range(len(whole))))


@pytest.mark.parametrize(
    "chunks",
    [
        [b"data: " + b"canary" * 20],
        [b"canary"] * 20,
        [b"data: canary\n"] * 20,
        [b": " + b"canary" * 20 + b"\n"],
    ],
    ids=["a line", "no line", "many lines", "a comment"],
)
def test_an_event_without_end_is_refused(chunks):
    with pytest.raises(ProviderReplyError) as error:
        parse(*chunks, max_bytes=100)

    assert "canary" not in str(error.value)


def test_an_event_of_the_very_size_passes_and_the_next_starts_anew():
    event = b"data: " + b"a" * 94 + b"\n\n"

    assert parse(event, event, event, max_bytes=100) == [("", "a" * 94)] * 3
