"""What queues do to messages, as `python -m bench.faults --rows 34 35` has it, with fewer of them."""

import asyncio

import pytest

from bench.faults.__main__ import play
from bench.faults.place import Finding
from sallyport_local.server import bind


@pytest.fixture(scope="module")
def findings() -> dict[int, Finding]:
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
    return dict(asyncio.run(play([34, 35], port=port, scale=0.03)))


def test_what_is_delivered_twice_in_no_order_and_late_counts_once(findings: dict[int, Finding]):
    assert findings[34].passed, findings[34].observed


def test_a_poison_message_takes_nobody_along_and_is_told_and_redriven(findings: dict[int, Finding]):
    assert findings[35].passed, findings[35].observed
