"""Stores that are slow, throttled or down, each alone, under load: what every fault must lead to, and what it led to.

A fault lasts for a moment of a steady crowd's. Meanwhile each request is told what the table says, in bounded time, and
afterwards all are answered again; nobody is left without an answer, no model is asked in vain, and the books agree.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from statistics import median

from bench.faults.place import Finding
from bench.faults.steady import ANSWERED, CLIENTS, Asked, Crowd, Kind
from bench.faults.upstream import Upstream

SLACK_SECONDS = 2.0
"""For a busy machine, on top of what a request may take."""

LONGER = 3.0
"""By how much a play is longer than a short one."""

PATIENCE_SECONDS, ENOUGH = 20, 4
"""How long to wait for so many requests that began and ended before a fault, during it, and after it."""


@dataclass(frozen=True)
class StoreFault[Stage]:
    """`told`: what requests may be told meanwhile, of which the first must be among it. Times are seconds.

    `within`: how long a request may take meanwhile. `again`: from when on all are answered again. `lasts`: in a short
    play. `before`: no model is asked for who is refused. `short`: whether a short play has it at all.
    `waits`: whether all wait for its end. `first`: by how much longer than before the first requests may take, which
    a play at full length holds.
    """

    row: int
    store: str
    fault: str
    told: tuple[str, ...]
    during: Callable[[Stage], AbstractAsyncContextManager[None]]
    kind: Kind = "plain"
    within: float = 0.5
    again: float = 0.0
    lasts: float = 0.7
    before: bool = True
    short: bool = True
    waits: bool = False
    first: float | None = None


@dataclass(frozen=True)
class Behind[Stage]:
    """A gateway to ask, and what plays with its stores. `check` waits for the queues, and tells what is wrong."""

    url: str
    key: str
    upstream: Upstream
    stage: Stage
    check: Callable[[set[str]], Awaitable[list[str]]]


async def played[Stage](faults: Sequence[StoreFault[Stage]], behind: Behind[Stage], scale: float) -> list[Finding]:
    """What came of each, and of the books after all of them. A `scale` below 1 is a short play."""
    findings: list[Finding] = []
    answered: set[str] = set()
    for fault in faults:
        if scale < 1 and not fault.short:
            continue
        finding, asked = await _played(fault, behind, 1.0 if scale < 1 or fault.waits else LONGER)
        print(f"  {finding.fault}: {finding.observed}", file=sys.stderr)
        findings.append(finding)
        answered |= {each.request_id for each in asked if each.told == ANSWERED}
    wrong = await behind.check(answered)
    books = Finding(
        f"all of these, one after the other: {len(answered)} requests were answered meanwhile",
        "each audited once and billed once; nothing stored in plain text; what is reserved ends; the ledger has "
        "what the bills say",
        "; ".join(wrong) or "so it is",
        not wrong,
    )
    return [*findings, books]


async def _played[Stage](fault: StoreFault[Stage], behind: Behind[Stage], longer: float) -> tuple[Finding, list[Asked]]:
    async with Crowd(behind.url, behind.key, fault.kind) as crowd:
        await _enough(crowd, time.monotonic())
        async with fault.during(behind.stage):
            began = time.monotonic()
            await asyncio.sleep(fault.lasts * longer)
            if not fault.waits:
                await _enough(crowd, began)
            ended = time.monotonic()
        healed = time.monotonic() + fault.again
        await _enough(crowd, healed)
    meanwhile = [each for each in crowd.asked if began <= each.began and each.ended <= ended]
    touched = [each for each in crowd.asked if each.began < healed and each.ended > began]
    before = Counter(each.told for each in crowd.asked if each.ended < began)
    told = Counter(each.told for each in meanwhile)
    afterwards = Counter(each.told for each in crowd.asked if each.began >= healed)
    slowest = max((each.ended - each.began for each in touched), default=0.0)
    vain = sum(behind.upstream.asked[each.nonce] for each in touched if each.began >= began and each.told != ANSWERED)
    usual = median(each.ended - each.began for each in crowd.asked if each.ended < began)
    first = max((each.ended - each.began for each in meanwhile[:CLIENTS]), default=0.0) - usual
    passed = (
        (longer < LONGER or fault.first is None or first <= fault.first)
        and (fault.told[0] in told) is not fault.waits
        and set(told) <= set(fault.told)
        and {each.told for each in touched} <= {*fault.told, ANSWERED}
        and set(before) == set(afterwards) == {ANSWERED}
        and slowest <= fault.within + SLACK_SECONDS
        and not (fault.before and vain)
    )
    soon = "" if fault.first is None else f", the first within {fault.first * 1000:.0f} ms more than before"
    finding = Finding(
        f"{fault.store}: {fault.fault}{'' if fault.kind == 'plain' else f' ({fault.kind})'}",
        f"{' or '.join(fault.told)}, within {fault.within} s{soon}; all are answered {fault.again} s later",
        f"before {_counts(before)}; meanwhile {_counts(told)}, the slowest after {slowest:.2f} s, "
        f"the first {first * 1000:+.0f} ms; "
        f"afterwards {_counts(afterwards)}; {vain} models asked in vain",
        passed,
    )
    return finding, crowd.asked


async def _enough(crowd: Crowd, since: float) -> None:
    while crowd.ended_since(since) < ENOUGH and time.monotonic() < since + PATIENCE_SECONDS:
        await asyncio.sleep(0.02)


def _counts(told: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in told.most_common()) or "none"
