"""The same requests of both backends, as `python -m bench.faults --rows 47` asks them, some of each kind."""

import asyncio

from bench.faults.__main__ import play
from sallyport_local.server import bind


def test_both_backends_give_the_same_status_headers_body_audit_and_cost():
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
    [(_, finding)] = asyncio.run(play([47], port=port, scale=0.08))
    assert finding.passed, finding.observed
