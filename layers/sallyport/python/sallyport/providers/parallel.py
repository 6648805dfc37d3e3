"""Several calls of one provider at once, for a request whose parts are too many for one call."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextvars import copy_context

from sallyport.providers.exchange import late

AT_ONCE = 8
"""Calls of one request that are under way at any moment: a provider's limits are for all requests together."""


def in_parallel[Part, Said](call: Callable[[Part, float], Said], parts: Sequence[Part], timeout: float) -> list[Said]:
    """What `call` makes of each part, in their order; it is given the seconds that are left of `timeout`.

    The first that fails ends it with its error, and no further part is begun; so does the end of the time, with
    ProviderTimeoutError. Calls that are under way then end by themselves: nobody waits for them.
    """
    deadline = time.monotonic() + timeout

    def within(part: Part) -> Said:
        left = deadline - time.monotonic()
        if left <= 0:
            raise late()
        return call(part, left)

    if len(parts) == 1:
        return [within(parts[0])]
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="parallel")
    try:
        calls = [pool.submit(copy_context().run, within, part) for part in parts]
        done, waiting = wait(calls, timeout=timeout, return_when=FIRST_EXCEPTION)
        for each in calls:
            if each in done:
                each.result()
        if waiting:
            raise late()
        return [each.result() for each in calls]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
