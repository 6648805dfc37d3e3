"""Clients that ask on and on while a store fails, what each of them was told, and whether the books agree."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import httpx

from bench.bills import bills_of
from bench.faults.place import TENANT, new_nonce
from bench.faults.plain import MARK, readable
from sallyport.composition import Backend

CLIENTS, PAUSE = 4, 0.02
ANSWERED = "answered"
LARGE = 100_000
"""Characters of a request that is too large to be sealed into the ticket."""

type Kind = Literal["plain", "stream", "keyed", "large", "anew"]
"""`anew`: over a connection of its own."""


@dataclass(frozen=True)
class Asked:
    """One request: `told` is "answered", a status with its code, "hung up on" or "no answer". Monotonic seconds."""

    nonce: str
    request_id: str
    told: str
    began: float
    ended: float


class Crowd:
    """Use `async with`: it asks until the block ends, and then waits for what is under way.

    One request comes before all others: each of several that were the first would make its own of what is kept warm.
    """

    def __init__(self, url: str, key: str, kind: Kind) -> None:
        self.asked: list[Asked] = []
        self._client = httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=60)
        self._kind = kind
        self._over = False

    async def __aenter__(self) -> "Crowd":
        await self._ask(new_nonce())
        clients = 1 if self._kind == "large" else CLIENTS
        self._tasks = [asyncio.create_task(self._ask_on()) for _ in range(clients)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over = True
        await asyncio.gather(*self._tasks)
        await self._client.aclose()

    def ended_since(self, moment: float) -> int:
        """How many requests began after this moment and have ended."""
        return sum(each.began >= moment for each in self.asked)

    async def _ask_on(self) -> None:
        while not self._over:
            nonce, began = new_nonce(), time.monotonic()
            request_id, told = await self._ask(nonce)
            self.asked.append(Asked(nonce, request_id, told, began, time.monotonic()))
            await asyncio.sleep(PAUSE)

    async def _ask(self, nonce: str) -> tuple[str, str]:
        text = f"{nonce} {MARK} {'word ' * (LARGE // 5) if self._kind == 'large' else ''}"
        body = {"model": "stored", "max_tokens": 400, "messages": [{"role": "user", "content": text}]}
        headers = {"keyed": {"idempotency-key": nonce}, "anew": {"connection": "close"}}.get(self._kind, {})
        try:
            reply = await self._client.post(
                "/v1/chat/completions", json=body | {"stream": self._kind == "stream"}, headers=headers
            )
        except httpx.TimeoutException:
            return "", "no answer"
        except httpx.HTTPError:
            return "", "hung up on"
        return reply.headers.get("x-request-id", ""), _told(reply, streamed=self._kind == "stream")


def _told(reply: httpx.Response, *, streamed: bool) -> str:
    if reply.status_code == 200 and (not streamed or reply.text.endswith("data: [DONE]\n\n")):
        return ANSWERED
    if reply.status_code == 200:
        return "200, then an error" if '"error"' in reply.text else "200, cut"
    told = f"{reply.status_code} {reply.json()['error']['code']}"
    return told if "retry-after" in reply.headers else f"{told} without Retry-After"


def wrong_in_the_books(backend: Backend, answered: set[str], now: float, stored: Iterable[bytes]) -> list[str]:
    """Whatever does not agree once the queues are empty and what nobody settled has ended. `stored`: all that lies.

    Each answer is audited once and billed once, and what the ledger has taken is what the bills say.
    """
    audited = Counter(
        record["request_id"]
        for key in backend.audit.list("audit/")
        for record in json.loads(backend.audit.get(key) or b"{}")["records"]
    )
    bills = bills_of(backend)
    backend.ledger.expire(now=now + 3600)
    taken = backend.ledger.taken(f"tenant/{TENANT}|dollars|month|{time.strftime('%Y-%m', time.gmtime(now))}")
    spent = sum(bill.cost for bill in bills)
    wrong = {
        "answered and not audited": len(answered - audited.keys()),
        "audited twice": sum(count > 1 for count in audited.values()),
        "answered and not billed": len(answered - {bill.request_id for bill in bills if bill.cost}),
        "audited or billed alone": len(audited.keys() ^ {bill.request_id for bill in bills}),
        "stored in plain text": readable(stored),
        "dollars/1000000 in the ledger and on no bill": taken - spent,
    }
    return [f"{count} {what}" for what, count in wrong.items() if count]
