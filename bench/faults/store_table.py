"""What the documents say of stores that fail: the faults that are played, and what they must lead to."""

from collections.abc import Iterator
from typing import Any

from bench.faults.aws_stores import FAULTS as ON_AWS
from bench.faults.own_stores import FAULTS as EMBEDDED
from bench.faults.own_stores import ON_REDIS
from bench.faults.small import ON_A_SMALL_DISK, WITH_FEW_FILES
from bench.faults.steady import LARGE
from bench.faults.stores import StoreFault

_ABOUT = f"""
## Stores

Each fails alone, for a moment, while clients ask on and on: `python -m bench.faults --rows 31 32 33 37`, and a test in
short. What they are told meanwhile is below, in how many seconds at most, and how many seconds later all are answered
again; every 503 and 502 has a Retry-After. Then each answer is audited once and billed once, the ledger has what the
bills say, and no model was asked for who was refused, but where the event topic fails: that is asked last. Nothing that
was said can be read in any store. A cache in Redis that fails costs its first requests 100 ms at most.

*Away*: nobody listens. *Unheard*: nobody takes the connection. *Silent*: it is taken, and no answer comes. *Failing*:
500. *Contended*: others always write the same. *New containers* remember nothing; others know keys for 30 s, data keys
for 5 minutes, policies and routes for 5 minutes more than their 15 s, and credentials for an hour. A large request has
{LARGE:,} characters.
"""

_KINDS = {"plain": "", "stream": ", streams", "keyed": ", with an Idempotency-Key", "large": ", large requests"}


def page() -> str:
    return (
        "\n".join(
            [
                _ABOUT,
                *_table("On AWS", ON_AWS),
                "",
                *_table("Embedded", (*EMBEDDED, *ON_A_SMALL_DISK, *WITH_FEW_FILES, *ON_REDIS)),
            ]
        )
        + "\n"
    )


def _table(where: str, faults: tuple[StoreFault[Any], ...]) -> Iterator[str]:
    yield f"| {where} | fault | told | within | again |"
    yield "|---|---|---|---|---|"
    for fault in faults:
        kind = _KINDS.get(fault.kind, ", a connection for each request")
        told = " or ".join(fault.told)
        yield f"| {fault.store} | {fault.fault}{kind} | {told} | {fault.within:g} | {fault.again:g} |"
