"""The fleet on HTTP: providers' own paths, and below `/fleet` its script and its books.

GET /fleet                 what was served, by place
GET /fleet/calls?seen=100  the calls that ended after the first 100, a page of them
PUT /fleet/script          begin anew with this script (JSON)
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import parse_qs

from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from sallyport_local.fleet import bedrock, openai
from sallyport_local.fleet.exchange import Exchange
from sallyport_local.fleet.fleet import Asked, Fleet, Verdict
from sallyport_local.fleet.saying import Said, answer
from sallyport_local.fleet.script import Script, wrong_with
from sallyport_local.fleet.sts import assume

PAGE = 2000
"""Calls that are told at once."""

_JSON = {"content-type": "application/json"}


class Dialect(Protocol):
    """A provider's wire format; `bedrock` and `openai` are such."""

    @property
    def STREAM(self) -> dict[str, str]: ...
    def read(self, path: str, headers: Mapping[str, str], body: bytes) -> Asked | None: ...
    def whole(self, asked: Asked, said: Said) -> tuple[dict[str, str], bytes]: ...
    def stream(self, asked: Asked, said: Said) -> Iterator[tuple[int, bytes]]: ...
    def error(self, status: int, retry_after: float | None) -> tuple[dict[str, str], bytes]: ...
    def broken(self, status: int) -> bytes: ...


class App:
    """An ASGI application. Responses that are not said to their end are for the server to break off."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send)
        try:
            await self._serve(exchange)
        finally:
            await exchange.close()

    async def _serve(self, exchange: Exchange) -> None:
        body = await exchange.body()
        if exchange.path.startswith("/fleet"):
            await self._tell(exchange, body)
            return
        dialects: tuple[Dialect, ...] = (bedrock, openai)
        for dialect in dialects:
            try:
                asked = dialect.read(exchange.path, exchange.headers, body)
            except (ValueError, TypeError, AttributeError):
                await exchange.say(400, *dialect.error(400, None))
                return
            if asked is not None:
                await self._answer(exchange, dialect, asked)
                return
        if exchange.path == "/" and (assumed := assume(body)):
            await exchange.say(200, {"content-type": "text/xml"}, assumed)
            return
        await exchange.say(404, _JSON, b'{"message": "This simulated fleet serves nothing here."}')

    async def _tell(self, exchange: Exchange, body: bytes) -> None:
        fleet = self._fleet
        match exchange.method, exchange.path:
            case "GET", "/fleet":
                told = {"simulated": True, "seconds": round(fleet.seconds, 3), "places": fleet.books.places()}
                await _json(exchange, 200, told)
            case "GET", "/fleet/calls":
                seen = parse_qs(exchange.query).get("seen", ["0"])[0]
                if seen.isdecimal():
                    await _json(exchange, 200, {"calls": list(fleet.books.after(int(seen), PAGE))})
                else:
                    await _json(exchange, 400, {"message": "seen is how many calls are known already: 0 or more."})
            case "PUT", "/fleet/script":
                try:
                    fleet.load(Script.model_validate_json(body))
                except ValidationError as error:
                    await _json(exchange, 400, {"message": f"The script does not fit: {wrong_with(error)}."})
                else:
                    await _json(exchange, 200, {"simulated": True})
            case _:
                await _json(exchange, 404, {"message": "There are GET /fleet, GET /fleet/calls and PUT /fleet/script."})

    async def _answer(self, exchange: Exchange, dialect: Dialect, asked: Asked) -> None:
        verdict = self._fleet.take(asked)
        if await exchange.left_within(verdict.seconds):
            self._fleet.close(verdict, asked, "left")
            return
        if verdict.status != 200:
            self._fleet.close(verdict, asked, "throttled" if verdict.status == 429 else "failed")
            await exchange.say(verdict.status, *dialect.error(verdict.status, verdict.retry_after))
            return
        said = answer(asked, verdict.place, self._fleet.script.words)
        if asked.streamed:
            await self._stream(exchange, dialect, asked, verdict, said)
        else:
            await self._whole(exchange, dialect, asked, verdict, said)

    async def _whole(self, exchange: Exchange, dialect: Dialect, asked: Asked, verdict: Verdict, said: Said) -> None:
        headers, body = dialect.whole(asked, said)
        if verdict.cut is None:
            self._fleet.close(verdict, asked, "answered", said.tokens())
            await exchange.say(200, headers, body)
        else:
            self._fleet.close(verdict, asked, "cut", said.tokens())
            await exchange.begin(200, {**headers, "content-length": str(len(body))})
            await exchange.write(body[: len(body) // 2])

    async def _stream(self, exchange: Exchange, dialect: Dialect, asked: Asked, verdict: Verdict, said: Said) -> None:
        """Written down before the last of it is sent: whoever has that has it all."""
        await exchange.begin(200, dialect.STREAM)
        events = list(dialect.stream(asked, said))
        for words, data in events[:-1]:
            if verdict.cut is not None and words > verdict.cut:
                self._fleet.close(verdict, asked, "cut", said.tokens(verdict.cut))
                if verdict.error is not None:
                    await exchange.write(dialect.broken(verdict.error))
                    await exchange.end()
                return
            await exchange.write(data)
            if await exchange.left_within(self._fleet.script.pace / 1000):
                self._fleet.close(verdict, asked, "left", said.tokens(words))
                return
        self._fleet.close(verdict, asked, "answered", said.tokens())
        await exchange.write(events[-1][1])
        await exchange.end()


async def _json(exchange: Exchange, status: int, value: dict[str, Any]) -> None:
    await exchange.say(status, _JSON, json.dumps(value).encode())
