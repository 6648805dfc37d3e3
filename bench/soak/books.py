"""Whether what clients saw, what the gateway wrote down and what the fleet served are the same, request by request."""

import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.bills import bills_of
from bench.soak.clients import Seen
from bench.soak.scene import GREEDY, PRICES, TENANTS
from sallyport.attempts import Usage
from sallyport.audit.log import Entry
from sallyport.audit.reader import find, verify
from sallyport.limits import Window, window_at
from sallyport.prices import Price, cost
from sallyport.settlement import UsageRecord, day_of
from sallyport_local.backend import EmbeddedBackend

_SETTLE_SECONDS = 60

LEAST_ANSWERED = 0.9
"""Of requests that do not break off: in an outage some are failed by the budget of further calls."""


@dataclass(frozen=True)
class Check:
    """What must be so, what was found, and whether it is so."""

    required: str
    found: str
    passed: bool


@dataclass(frozen=True)
class Books:
    """Everybody's. `bills` and `calls` are of the gateway and of the fleet; `spent` is in the ledger, by tenant."""

    seen: Sequence[Seen]
    audited: Sequence[Entry]
    problems: Sequence[str]
    bills: Mapping[str, UsageRecord]
    calls: Mapping[str, Sequence[dict[str, Any]]]
    spent: Mapping[str, int]
    undelivered: int
    reservations: int


def read(data: Path, seen: Sequence[Seen], calls: Iterable[dict[str, Any]], began: float) -> Books:
    """Once what lies behind the answers is done. `began` is the UNIX time at which the run did."""
    undelivered, reservations = _settled(data / "sallyport.db")
    by_mark: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for call in calls:
        by_mark[call["mark"]].append(call)
    with closing(EmbeddedBackend.open(data)) as backend:
        index = backend.records("audit_index")
        days = sorted({day_of(began), day_of(time.time())})
        months = sorted({window_at(Window.MONTH, at) for at in (began, time.time())})
        return Books(
            seen=seen,
            audited=[each for tenant in TENANTS for day in days for each in find(index, tenant=tenant, day=day)],
            problems=verify(backend.audit, index, backend.signer.public_key()).problems,
            bills={bill.request_id: bill for bill in bills_of(backend)},
            calls=by_mark,
            spent={
                tenant: sum(backend.ledger.taken(f"tenant/{tenant}|dollars|month|{month}") for month in months)
                for tenant in TENANTS
            },
            undelivered=undelivered,
            reservations=reservations,
        )


def checks(books: Books) -> list[Check]:
    return [
        _told(books),
        _isolated(books),
        _audited(books),
        _billed(books),
        _served_once(books),
        _exact(books),
        _spent(books),
    ]


def _told(books: Books) -> Check:
    ends = Counter[str](each.end for each in books.seen)
    statuses = Counter(f"with {each.status}" for each in books.seen if each.end == "refused")
    return Check(
        "every client that stays gets its answer or an error",
        f"{len(books.seen)} requests: {_counted(ends)} ({_counted(statuses)})",
        ends["lost"] == 0 and ends["answered"] > 0,
    )


def _isolated(books: Books) -> Check:
    """Breaks in the middle of a stream are the providers', and cannot be mended."""
    answered: Counter[str] = Counter()
    stayed: Counter[str] = Counter()
    for each in books.seen:
        answered[each.tenant] += each.end == "answered"
        stayed[each.tenant] += each.end in ("answered", "refused", "lost")
    shares = {name: answered[name] / max(stayed[name], 1) for name in TENANTS}
    return Check(
        f"while {GREEDY} is refused what is above its limit, at least {LEAST_ANSWERED:.0%} of the others' are answered",
        ", ".join(f"{name} {share:.1%}" for name, share in shares.items()),
        all(share >= LEAST_ANSWERED for name, share in shares.items() if name != GREEDY) and shares[GREEDY] < 1,
    )


def _audited(books: Books) -> Check:
    """Of clients that left at once nobody knows whether their request was ever sent."""
    known = {each.request_id for each in books.seen if each.request_id}
    ids = [each.request_id for each in books.audited]
    missing, unknown = len(known - set(ids)), len(set(ids) - known)
    silent = sum(each.request_id is None for each in books.seen)
    return Check(
        "every request is in the audit log once, and the log is whole",
        f"{len(ids)} records, {missing} missing, {len(ids) - len(set(ids))} twice, {unknown} of the {silent} requests "
        f"whose clients left before they had an id; {len(books.problems)} problems of the chain",
        missing == 0 and len(ids) == len(set(ids)) and unknown <= silent and not books.problems,
    )


def _billed(books: Books) -> Check:
    ids = {each.request_id for each in books.audited}
    return Check(
        "every audited request is billed once, and nothing is left to do",
        f"{len(books.bills)} bills, {len(ids ^ books.bills.keys())} without the other; {books.undelivered} messages "
        f"undelivered, {books.reservations} reservations open",
        ids == books.bills.keys() and books.undelivered == 0 and books.reservations == 0,
    )


def _served_once(books: Books) -> Check:
    answers = Counter({mark: sum(call["end"] == "answered" for call in calls) for mark, calls in books.calls.items()})
    twice = sum(count > 1 for count in answers.values())
    in_vain = sum(answers[each.mark] > 0 for each in books.seen if each.end in ("refused", "broken"))
    missing = sum(answers[each.mark] != 1 for each in books.seen if each.end == "answered")
    calls = Counter(call["end"] for each in books.calls.values() for call in each)
    return Check(
        "the fleet answered every request that was answered once, and no other",
        f"calls of the fleet: {_counted(calls)}; {twice} requests answered twice, {in_vain} in vain, {missing} missing",
        twice == in_vain == missing == 0,
    )


def _exact(books: Books) -> Check:
    """Of requests that were answered whole, where the fleet's own count says what they cost."""
    wrong, billed, served, requests = 0, 0, 0, 0
    for each in books.seen:
        bill = books.bills.get(each.request_id or "")
        answers = [call for call in books.calls.get(each.mark, ()) if call["end"] == "answered"]
        if each.end != "answered" or bill is None or len(answers) != 1:
            continue
        [call] = answers
        price = cost_of(call)
        same = (bill.target, bill.input_tokens, bill.output_tokens) == (
            target_of(call),
            call["input_tokens"],
            call["output_tokens"],
        )
        requests, billed, served = requests + 1, billed + bill.cost, served + price
        wrong += not same or bill.cost != price or bill.estimated
    return Check(
        "each answer is billed to its target, by the fleet's tokens, at the table's price",
        f"{requests} answers, ${billed / 1e6:.6f} billed, ${served / 1e6:.6f} by the fleet's count; {wrong} differ",
        wrong == 0 and billed == served and requests > 0,
    )


def _spent(books: Books) -> Check:
    billed: Counter[str] = Counter()
    for bill in books.bills.values():
        if bill.caller is not None:
            billed[bill.caller.tenant] += bill.cost
    told = [f"{name} ${books.spent[name] / 1e6:.6f} of ${billed[name] / 1e6:.6f}" for name in TENANTS]
    estimated = sum(bill.estimated for bill in books.bills.values())
    return Check(
        "the ledger has of each tenant's budget what its bills come to",
        f"{', '.join(told)}; {estimated} bills of broken streams are estimates",
        all(books.spent[name] == billed[name] for name in TENANTS),
    )


def target_of(call: Mapping[str, Any]) -> str:
    """The routing table's name for what a call asked."""
    if call["provider"] == "openai":
        return "gpt" if call["model"].endswith("mini") else "spare"
    if call["asked"] != call["model"]:
        return "profile"
    if call["account"] == "210987654321":
        return "other-account"
    return "east" if call["region"] == "us-east-1" else "west"


def cost_of(call: Mapping[str, Any]) -> int:
    """Millionths of a dollar."""
    price = Price(input=PRICES[target_of(call)][0], output=PRICES[target_of(call)][1])
    return cost(price, Usage(input_tokens=call["input_tokens"], output_tokens=call["output_tokens"]))


def _settled(database: Path) -> tuple[int, int]:
    """Messages to audit and settle that are not delivered, and open reservations, once there are none; or after a
    minute.
    """
    end = time.monotonic() + _SETTLE_SECONDS
    while True:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            [(waiting,)] = connection.execute("SELECT count(*) FROM deliveries WHERE queue IN ('audit', 'settle')")
            [(open_,)] = connection.execute("SELECT count(*) FROM reservations WHERE state = 'open'")
        if waiting == open_ == 0 or time.monotonic() > end:
            return int(waiting), int(open_)
        time.sleep(0.2)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
