"""Frames of event streams, as botocore reads them."""

from botocore.eventstream import EventStreamBuffer

from sallyport_local.fleet.frames import frame


def test_botocore_reads_what_was_framed():
    buffer = EventStreamBuffer()
    buffer.add_data(frame(b'{"a": 1}', {":event-type": "x", ":message-type": "event"}) + frame(b"", {}))
    first, second = buffer

    assert (first.headers, first.payload) == ({":event-type": "x", ":message-type": "event"}, b'{"a": 1}')
    assert (second.headers, second.payload) == ({}, b"")
