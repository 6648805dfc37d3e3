"""Ports in memory, and what tests of the domain speak about again and again."""

import re

from sallyport.contracts import Authorization, Caller, Privacy, RedactionPolicy, Reservation, Route, RouteTarget, Ticket
from sallyport.errors import StoreUnavailableError
from sallyport.planning import plan
from sallyport.ports import Advice, Granted, Record, Said
from sallyport.watch import Watch

CANARY = "canary-7f3a bob@secret.example"
"""What may turn up nowhere: in no log line, no message and no error."""

CALLER = Caller(tenant="acme", project="fraud", key_id="abcdefghijkl")


class MemoryRecords:
    """Raises StoreUnavailableError while `down`, and counts what is read."""

    def __init__(self):
        self.rows = {}
        self.down = False
        self.reads = 0

    def get(self, partition, sort="-"):
        self.reads += 1
        if self.down:
            raise StoreUnavailableError("The store is out of reach.", retry_after=2.0)
        return self.rows.get((partition, sort))

    def put(self, partition, sort, body, *, expect=None, expires_at=None):
        if self.down:
            raise StoreUnavailableError("The store is out of reach.", retry_after=2.0)
        known = self.rows.get((partition, sort))
        version = known.version if known else 0
        if expect is not None and expect != version:
            return False
        self.rows[partition, sort] = Record(partition, sort, dict(body), version + 1)
        return True

    def query(self, partition, *, start="", end="\U0010ffff", limit=1000):
        keys = sorted(key for key in self.rows if key[0] == partition and start <= key[1] < end)
        return [self.rows[key] for key in keys[:limit]]

    def scan(self):
        return iter(list(self.rows.values()))


class MemoryCache:
    def __init__(self):
        self.entries = {}
        self.down = False

    def get(self, key, *, now):
        if self.down:
            raise StoreUnavailableError("The cache is out of reach.")
        value, expires_at = self.entries.get(key, (None, now + 1))
        return value if expires_at > now else None

    def put(self, key, value, *, expires_at):
        if self.down:
            raise StoreUnavailableError("The cache is out of reach.")
        self.entries[key] = (value, expires_at)


class MemoryLedger:
    """Answers what `answer` says, and remembers what it was asked."""

    def __init__(self, answer=None):
        self.answer = answer or Granted()
        self.reserved = []
        self.settled = []

    def reserve(self, reservation, *, now):
        self.reserved.append(reservation)
        return self.answer

    def settle(self, reservation, actual, *, now):
        self.settled.append((reservation.request_id, list(actual)))
        return True


class Pepper:
    """The secret of a label is its name."""

    def secret(self, label):
        return label.encode().ljust(32, b".")


def a_watch(records=None, *, clock=lambda: 1000.0, chance=0.0, on_change=lambda target, health: None):
    """One that has seen nothing yet."""
    return Watch(records or MemoryRecords(), clock=clock, chance=lambda: chance, on_change=on_change)


def a_route(*targets, alias="demo", ttl=3600, version="1"):
    """A route over targets written as `name` (in the cloud) or `name!` (private)."""
    return Route(
        alias=alias,
        targets=tuple(
            RouteTarget(name=each.rstrip("!"), privacy=Privacy.PRIVATE if each.endswith("!") else Privacy.CLOUD)
            for each in targets or ("simulated!",)
        ),
        cache_ttl_seconds=ttl,
        table_version=version,
    )


def a_plan(table, alias, **ticket):
    """The route of a small request for an alias."""
    return plan(table, a_ticket(**{"model": alias} | ticket), 100, [], {})


def a_ticket(**fields):
    known = {
        "request_id": "req_12345678",
        "caller": CALLER,
        "model": "demo",
        "input_tokens": 10,
        "content_bytes": 100,
        "received_at": 1_795_197_600.0,
        "deadline": 1_795_197_660.0,
    }
    return Ticket(**known | fields)


def an_authorization(*holds, max_tokens=100, route=None):
    return Authorization(
        max_tokens=max_tokens,
        route=route or a_route(),
        reservation=Reservation(request_id="req_12345678", holds=holds, expires_at=1_795_197_780),
        redaction=RedactionPolicy(),
        reason="demo is allowed",
    )


class Oracle:
    """An adviser that sees the words it was told of, by our types; keeps every page; raises `error` if it has one."""

    service = "oracle"
    knows = frozenset({"EMAIL", "PERSON", "PHONE", "ADDRESS", "LOCATION", "AGE"})
    languages = frozenset({"en", "es"})

    def __init__(self, words=None, *, score=0.9, regions=frozenset({"eu-west-1"}), error=None):
        self.words = words or {}
        self.score = score
        self.regions = regions
        self.error = error
        self.pages = []

    def ask(self, text, language):
        self.pages.append((text, language))
        if self.error is not None:
            raise self.error
        said = [
            Said(type_, found.start(), found.end(), self.score)
            for word, type_ in self.words.items()
            for found in re.finditer(re.escape(word), text)
        ]
        return Advice(tuple(said), 3, 300)
