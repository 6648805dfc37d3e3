"""`sallyport` in a process that dies as by kill -9 on passing one point: `python -m tests.e2e.dying POINT TIME up ...`.

TIME counts from 1, and from this process's first request on: what it finds in the queues at its start is no request's.
"""

import functools
import itertools
import os
import signal
import sys
import threading
from typing import Any

from sallyport.redis_ledger import RedisLedger
from sallyport.vault import Vault
from sallyport_cli.main import main
from sallyport_local.dispatcher import Dispatcher
from sallyport_local.ledger import SqliteLedger
from sallyport_local.outbox import Outbox

LEDGERS = (SqliteLedger, RedisLedger)

POINTS: dict[str, tuple[tuple[type, ...], str, bool]] = {
    "about-to-reserve": (LEDGERS, "reserve", False),
    "reserved": (LEDGERS, "reserve", True),
    "about-to-ask": ((Vault,), "prepare", True),
    "answered": ((Outbox,), "publish", False),
    "published": ((Outbox,), "publish", True),
    "about-to-settle": (LEDGERS, "settle", False),
    "settled": (LEDGERS, "settle", True),
    "billed": ((Outbox,), "finish", False),
    "finished": ((Outbox,), "finish", True),
}
"""By the order in which a request passes them: whose method, and whether after it or before."""


def _die_at(point: str, time: int) -> None:
    owners, name, after = POINTS[point]
    passed = itertools.count(1)
    asked = threading.Event()
    seal = Vault.seal

    def begin(*arguments: Any, **named: Any) -> Any:
        asked.set()
        return seal(*arguments, **named)

    def die() -> None:
        if asked.is_set() and next(passed) == time:
            os.kill(os.getpid(), signal.SIGKILL)

    # Batches come soon, so that some are handled before a limit of requests is used up.
    Dispatcher.__init__.__kwdefaults__["window_seconds"] = 0.05
    setattr(Vault, "seal", begin)  # noqa: B010 - mypy takes a plain assignment for a mistake

    for owner in owners:
        method = getattr(owner, name)

        @functools.wraps(method)
        def dying(*arguments: Any, _method: Any = method, **named: Any) -> Any:
            if not after:
                die()
            result = _method(*arguments, **named)
            if after:
                die()
            return result

        setattr(owner, name, dying)


if __name__ == "__main__":
    _die_at(sys.argv[1], int(sys.argv[2]))
    sys.argv[1:3] = []
    main()
