"""One GET over one encrypted connection to an address that was checked, and its reply.

Only what was resolved and checked is connected to; the host's name is left for SNI, the certificate and the Host
header. So a name server that changes its mind in between changes nothing.
"""

import io
import socket
import ssl
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

from sallyport.remote.address import is_public
from sallyport.remote.job import MOST_BYTES, Job
from sallyport.remote.unfetchable import Reason, Unfetchable
from sallyport.remote.url import Place

_CONNECT_SECONDS = 2.0  # to one of a host's addresses, so that another gets its turn
_MOST_ADDRESSES = 4
_CHUNK_BYTES = 64 * 1024

type Resolve = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host; OSError when it is not known."""

type Dial = Callable[[str, int, float], socket.socket]
"""A connection to an IP address and a port within so many seconds, or OSError."""


def resolved(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def dialled(address: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((address, port), timeout=seconds)


def connect(place: Place, job: Job, resolve: Resolve, dial: Dial, tls: ssl.SSLContext) -> ssl.SSLSocket:
    """Encrypted, to one of the host's addresses, all of which must be public. Raise Unfetchable."""
    try:
        addresses = resolve(place.host, place.port)
    except (OSError, UnicodeError):
        raise Unfetchable(Reason.UNKNOWN_HOST) from None
    if not addresses:
        raise Unfetchable(Reason.UNKNOWN_HOST)
    if not all(map(is_public, addresses)):
        raise Unfetchable(Reason.NOT_PUBLIC)
    for address in addresses[:_MOST_ADDRESSES]:
        try:
            plain = dial(address, place.port, min(job.seconds_left(), _CONNECT_SECONDS))
        except OSError:
            continue
        try:
            # The handshake as a whole takes no longer.
            plain.settimeout(job.seconds_left())
            return tls.wrap_socket(plain, server_hostname=place.host)
        except BaseException as error:
            plain.close()
            if isinstance(error, OSError | ValueError):
                raise _broken(error) from None
            raise
    job.seconds_left()
    raise Unfetchable(Reason.UNREACHABLE)


class Exchange:
    """Closes its socket at the end of `with`. The socket's own timeout starts anew with every byte; the job's does not.

    http.client follows no redirect, decodes no encoding, keeps no cookie and asks no proxy.
    """

    def __init__(self, sock: ssl.SSLSocket, job: Job) -> None:
        self._sock, self._job = sock, job

    def __enter__(self) -> "Exchange":
        return self

    def __exit__(self, *_: object) -> None:
        self._sock.close()

    def get(self, place: Place, types: frozenset[str]) -> HTTPResponse:
        """The head of the reply."""
        connection = HTTPConnection(place.host, place.port)
        connection.sock = _Deadlined(self._sock, self._job)
        headers = {
            "Host": place.authority,
            "Accept": ", ".join(sorted(types)),
            "Accept-Encoding": "identity",
            "User-Agent": "sallyport",
            "Connection": "close",
        }
        try:
            connection.request("GET", place.target, headers=headers)
            return connection.getresponse()
        except (OSError, HTTPException, ValueError) as error:
            raise _broken(error) from None

    def body(self, response: HTTPResponse) -> bytes:
        """All of it, at most MOST_BYTES; nothing is read of a reply that says it is something else."""
        if response.status != 200:
            raise Unfetchable(Reason.STATUS)
        if response.getheader("content-encoding", "identity").strip().lower() != "identity":
            raise Unfetchable(Reason.ENCODED)
        if (response.length or 0) > MOST_BYTES:
            raise Unfetchable(Reason.TOO_LARGE)
        data = bytearray()
        try:
            while chunk := response.read(_CHUNK_BYTES):
                data += chunk
                self._job.take(len(chunk))
                if len(data) > MOST_BYTES:
                    raise Unfetchable(Reason.TOO_LARGE)
        except (OSError, HTTPException, ValueError) as error:
            raise _broken(error) from None
        if response.length:
            # The other side hung up before all of it was there.
            raise Unfetchable(Reason.UNREACHABLE)
        return bytes(data)


class _Deadlined:
    """A socket as http.client uses it. Its end is the exchange's to decide."""

    def __init__(self, sock: ssl.SSLSocket, job: Job) -> None:
        self._sock, self._job = sock, job

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._job.seconds_left())
        self._sock.sendall(data)

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._job), _CHUNK_BYTES)

    def close(self) -> None:
        pass


class _Reader(io.RawIOBase):
    """Every read ends with the job."""

    def __init__(self, sock: ssl.SSLSocket, job: Job) -> None:
        self._sock, self._job = sock, job

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._job.seconds_left())
        return self._sock.recv_into(buffer)


def _broken(error: Exception) -> Unfetchable:
    """No word of theirs: they quote the other side."""
    return Unfetchable(Reason.TIMEOUT if isinstance(error, TimeoutError) else Reason.UNREACHABLE)
