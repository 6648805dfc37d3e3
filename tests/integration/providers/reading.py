"""Reads a stream as a thread does, or as an event loop: called when there is something to be read."""

import os
import select
import time
from collections.abc import Iterator

from sallyport.providers.provider import Streamed, Waiting
from sallyport.stream import Event


def told(events: Iterator[Streamed], called_after: int | None = None) -> Iterator[Event]:
    """The events alone. After so many of them it waits itself, and not the provider."""
    watched, count = None, 0
    try:
        for event in events:
            if not isinstance(event, Waiting):
                count += 1
                yield event
            elif watched is not None:
                select.select([watched], [], [], max(0.0, event.source.late_at() - time.monotonic()))
            elif called_after is not None and count >= called_after:
                watched = event.source.unblock()
    finally:
        if watched is not None:
            os.close(watched)
