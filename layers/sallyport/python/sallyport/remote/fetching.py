"""Fetches what lies at clients' URLs: from allowed hosts, from public addresses alone, and no more than is allowed.

Each redirect is a new URL, checked like the first. Nothing of the environment (proxies) or of the client (credentials,
cookies) takes part. Threads wait, and every one of their waits but the system's resolver ends with the deadline.
"""

import functools
import ssl
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from http.client import HTTPResponse
from urllib.parse import urljoin

from sallyport.media import media_type_of
from sallyport.remote.exchange import Dial, Exchange, Resolve, connect, dialled, resolved
from sallyport.remote.hosts import AllowedHosts
from sallyport.remote.job import Job
from sallyport.remote.unfetchable import Reason, Unfetchable
from sallyport.remote.url import place_of
from sallyport.remote.wanted import Fetched, NotFetched, Wanted

MOST_REDIRECTS = 3

_LANES = 4  # of one request that fetch at the same time; what is more waits in them
_THREADS = 64  # of one process, started as they are needed: as many slow hosts as this hold up nobody else's
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Fetcher:
    """Safe to share between threads. `resolve`, `dial` and `tls` are the world: the system's unless given."""

    def __init__(self, *, resolve: Resolve = resolved, dial: Dial = dialled, tls: ssl.SSLContext | None = None) -> None:
        self._resolve, self._dial, self._given_tls = resolve, dial, tls
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="fetch")

    def fetch(
        self, wanted: Sequence[Wanted], allowed: AllowedHosts, *, seconds: float, most_bytes: int
    ) -> dict[Wanted, Fetched]:
        """All of it, within `seconds` and `most_bytes` together. Raise NotFetched when any of it cannot be had."""
        job = Job(allowed, seconds=seconds, most_bytes=most_bytes)
        fetched: dict[Wanted, Fetched] = {}
        lanes = [wanted[start::_LANES] for start in range(min(_LANES, len(wanted)))]
        running = [self._threads.submit(self._lane, lane, job, fetched) for lane in lanes]
        done, _ = wait(running, timeout=max(0.0, seconds), return_when=FIRST_EXCEPTION)
        job.end()
        for each in running:
            if each in done:
                each.result()
        late = next((each for each in wanted if each not in fetched), None)
        if late is not None:
            raise NotFetched(late, Reason.TIMEOUT)
        return fetched

    @functools.cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or ssl.create_default_context()

    def _lane(self, wanted: Sequence[Wanted], job: Job, fetched: dict[Wanted, Fetched]) -> None:
        for each in wanted:
            try:
                job.seconds_left()
                fetched[each] = self._follow(each, job)
            except Unfetchable as error:
                raise NotFetched(each, error.reason) from None

    def _follow(self, wanted: Wanted, job: Job) -> Fetched:
        url = wanted.url
        for _ in range(MOST_REDIRECTS + 1):
            place = place_of(url, job.allowed)
            with Exchange(connect(place, job, self._resolve, self._dial, self._tls), job) as exchange:
                response = exchange.get(place, wanted.types)
                if response.status in _REDIRECTS:
                    url = _next(url, response)
                    continue
                data = exchange.body(response)
            media_type = media_type_of(data)
            if media_type not in wanted.types:
                raise Unfetchable(Reason.WRONG_TYPE)
            return Fetched(data, media_type, place.entry)
        raise Unfetchable(Reason.REDIRECTS)


def _next(url: str, response: HTTPResponse) -> str:
    """The URL that a redirect names: UTF-8, which http.client reads as Latin-1."""
    try:
        return urljoin(url, response.getheader("location", "").encode("latin-1").decode())
    except ValueError:
        raise Unfetchable(Reason.MALFORMED) from None
