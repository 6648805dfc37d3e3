"""Reserve, then settle, in Redis or Valkey: each a Lua script, which the server runs whole before anything else.

scope/<scope>   what is taken of a counter
open            reservations by their end, until they are settled or expire; their holds are in the hash `holds`
expired         reservations by their end, for as long as a late settlement of them could still matter
ending          counters by when they may go

Every key carries one hash tag, so that a cluster keeps them together. None has an end of the server's own: a server
evicts such keys first, and a counter that is gone would be a limit that was forgotten. Every reservation removes a few
counters and expired reservations whose time is over instead.
"""

import time
from collections.abc import Callable, Sequence

from sallyport.contracts import Reservation
from sallyport.errors import StoreUnavailableError
from sallyport.ports import Granted, Refused
from sallyport.redis_connection import RedisConnection

CONNECT_SECONDS = 0.25
READ_SECONDS = 0.5
SKIP_SECONDS = 1.0
"""How long everybody is refused at once after the server failed, rather than wait for it one after the other."""

_DAY = 86_400
_COUNTER_KEPT_SECONDS = {"minute": 3600, "day": 2 * _DAY}
_OTHERS_KEPT_SECONDS = 40 * _DAY
"""From a counter's first use, by the window that the third part of `policy.holds`' scopes names; the longest is a
month. An expired reservation is kept as long after its end."""

_MOST = 2**53
"""Lua counts in doubles, which are exact up to here. A larger limit is one that nothing reaches."""

_BATCH = 500

_KEYS = [f"{{sallyport/ledger}}/{name}" for name in ("open", "holds", "expired", "ending", "scope/")]

_COMMON = """
local open, holds, expired, ending, scope = unpack(KEYS)

local function count(name, amount, gone)
  redis.call('INCRBY', scope .. name, amount)
  redis.call('ZADD', ending, 'NX', gone, name)
end

local function uncount(name, amount, gone)
  redis.call('DECRBY', scope .. name, amount)
  redis.call('ZADD', ending, 'NX', gone, name)
end

local function give_back(now, most)
  local overdue = redis.call('ZRANGEBYSCORE', open, '-inf', now, 'WITHSCORES', 'LIMIT', 0, most)
  for i = 1, #overdue, 2 do
    local held = cjson.decode(redis.call('HGET', holds, overdue[i]))
    for j = 1, #held, 3 do uncount(held[j], held[j + 1], held[j + 2]) end
    redis.call('ZREM', open, overdue[i])
    redis.call('HDEL', holds, overdue[i])
    redis.call('ZADD', expired, overdue[i + 1], overdue[i])
  end
  return #overdue / 2
end

local function tidy(now, kept, most)
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', ending, '-inf', now, 'LIMIT', 0, most)) do
    redis.call('DEL', scope .. name)
    redis.call('ZREM', ending, name)
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', expired, '-inf', now - kept, 'LIMIT', 0, most)) do
    redis.call('ZREM', expired, id)
  end
end
"""

# Arguments: request id, its end, now, seconds kept, then scope, amount, end of the counter and limit of each hold.
# Answer: 1 and what is now taken of each hold's counter; or 0, the number of a hold and what is taken of its counter.
_RESERVE = (
    _COMMON
    + """
local id, ends, now, kept = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local function without_room()
  local taken = {}
  for i = 5, #ARGV, 4 do
    local name, amount, limit = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 3])
    local before = taken[name] or tonumber(redis.call('GET', scope .. name) or '0')
    if before > limit - amount then return {0, (i - 5) / 4, before} end
    taken[name] = before + amount
  end
end

local function granted()
  local told = {1}
  for i = 5, #ARGV, 4 do told[#told + 1] = redis.call('GET', scope .. ARGV[i]) or '0' end
  return told
end

if redis.call('ZSCORE', open, id) then return granted() end
local refused = without_room()
if refused and give_back(now, 50) > 0 then refused = without_room() end
tidy(now, kept, 20)
if refused then return refused end
local held = {}
for i = 5, #ARGV, 4 do
  count(ARGV[i], ARGV[i + 1], ARGV[i + 2])
  for j = i, i + 2 do held[#held + 1] = ARGV[j] end
end
redis.call('ZADD', open, ends, id)
redis.call('HSET', holds, id, cjson.encode(held))
return granted()
"""
)

# Arguments: request id, then scope, amount that was held, what it came to and end of the counter of each hold.
_SETTLE = (
    _COMMON
    + """
local id = ARGV[1]
local was_open, had_expired = redis.call('ZREM', open, id), redis.call('ZREM', expired, id)
if was_open + had_expired == 0 then return 0 end
redis.call('HDEL', holds, id)
for i = 2, #ARGV, 4 do
  if was_open == 1 then uncount(ARGV[i], ARGV[i + 1], ARGV[i + 3]) end
  count(ARGV[i], ARGV[i + 2], ARGV[i + 3])
end
return 1
"""
)

# Arguments: now, seconds kept, how many at most.
_EXPIRE = _COMMON + "tidy(ARGV[1], ARGV[2], ARGV[3])\nreturn give_back(ARGV[1], ARGV[3])\n"


class RedisLedger:
    """`url` and what it may name: `RedisConnection`. A server that may evict what has no end is refused."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = RedisConnection(
            url, "The ledger", connect=CONNECT_SECONDS, read=READ_SECONDS, skip=SKIP_SECONDS, clock=clock
        )
        self._keeps = False

    def reserve(self, reservation: Reservation, *, now: float) -> Granted | Refused:
        """A refused request first gives back what others left behind, so that a crash blocks no budget for long."""
        holds = reservation.holds
        if not holds:
            return Granted()
        self._check_keeps()
        arguments: list[str | int | float] = [
            reservation.request_id,
            reservation.expires_at,
            now,
            _OTHERS_KEPT_SECONDS,
        ]
        for hold in holds:
            arguments += [hold.scope, hold.amount, _gone(hold.scope, now), min(hold.limit, _MOST)]
        granted, *told = self._redis.run(_RESERVE, _KEYS, arguments)
        if granted:
            return Granted([int(taken) for taken in told])
        index, taken = told
        return Refused(holds[index].scope, holds[index].limit, taken)

    def settle(self, reservation: Reservation, actual: Sequence[int], *, now: float) -> bool:
        """A reservation without holds was never written: settling it is always true."""
        arguments: list[str | int | float] = [reservation.request_id]
        for hold, amount in zip(reservation.holds, actual, strict=True):
            arguments += [hold.scope, hold.amount, amount, _gone(hold.scope, now)]
        if not reservation.holds:
            return True
        return bool(self._redis.run(_SETTLE, _KEYS, arguments))

    def taken(self, scope: str) -> int:
        return int(self._redis.call("GET", _KEYS[-1] + scope) or 0)

    def expire(self, *, now: float) -> int:
        expired = 0
        while batch := self._redis.run(_EXPIRE, _KEYS, (now, _OTHERS_KEPT_SECONDS, _BATCH)):
            expired += batch
        return expired

    def _check_keeps(self) -> None:
        """Once: what was evicted would be a limit that starts anew in the middle of its window."""
        if self._keeps:
            return
        policy = str(self._redis.call("INFO", "memory").get("maxmemory_policy", ""))
        if policy.startswith("allkeys"):
            raise StoreUnavailableError(
                f"The server of LEDGER_URL may forget what is spent: its maxmemory-policy is {policy}. "
                "Its operator must set it to noeviction.",
                retry_after=SKIP_SECONDS,
            )
        self._keeps = True


def _gone(scope: str, now: float) -> int:
    parts = scope.split("|")
    kept = _COUNTER_KEPT_SECONDS.get(parts[2], _OTHERS_KEPT_SECONDS) if len(parts) > 2 else _OTHERS_KEPT_SECONDS
    return int(now) + kept
