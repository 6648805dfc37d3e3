"""A stream over TLS that is read without waiting: what is decrypted already, no selector tells of."""

import os
import select
import socket
import ssl
import threading
from contextlib import suppress

import pytest

from sallyport.providers.connections import connections
from sallyport.providers.exchange import Exchange
from tests.integration.remote.host import certificate

HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
WORDS = b"".join(b"word %d, " % number for number in range(5000))
"""Several records of TLS."""


class Server:
    """Sends the words at once, and the end when `heard` says that all of them have arrived."""

    def __init__(self, pem):
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(pem)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._listener.getsockname()[1]}/v1"
        self.heard = threading.Semaphore(0)
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with suppress(OSError):
            connection, _ = self._listener.accept()
            self.connections += 1
            with self._tls.wrap_socket(connection, server_side=True) as encrypted:
                while _asked(encrypted):
                    encrypted.sendall(HEAD + b"%x\r\n%b\r\n" % (len(WORDS), WORDS))
                    assert self.heard.acquire(timeout=5)
                    encrypted.sendall(b"0\r\n\r\n")

    def close(self):
        self._listener.close()


def _asked(connection):
    request = b""
    while not request.endswith(b"{}"):
        piece = connection.recv(65536)
        if not piece:
            return False
        request += piece
    return True


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"), names=("localhost",))


@pytest.fixture
def server(pem):
    served = Server(pem)
    yield served
    served.close()


@pytest.fixture
def manager(pem):
    made = connections()
    made.connection_pool_kw["ca_certs"] = str(pem)
    yield made
    made.clear()


def read_on(exchange, said, watched, heard):
    while exchange.goes_on():
        piece = exchange.read()
        said += piece or b""
        if len(said) == len(WORDS) and piece:
            heard.release()
        elif piece is None:
            assert select.select([watched], [], [], 5)[0], f"stuck after {len(said)}"
    return said


@pytest.mark.parametrize("reads", [0, 1, 2])
def test_nothing_that_is_decrypted_already_is_waited_for(server, manager, reads):
    """After so many reads that wait; twice, for the connection is kept."""
    for _ in range(2):
        exchange = Exchange(timeout=10, idle=10)
        assert exchange.post(manager, server.url, b"{}", {})[0] == 200
        said = b"".join(exchange.read() for _ in range(reads))
        watched = exchange.unblock()
        assert read_on(exchange, said, watched, server.heard) == WORDS
        os.close(watched)
        exchange.close()
    assert server.connections == 1


def test_who_gave_it_back_to_a_thread_may_take_it_over_again(server, manager):
    exchange = Exchange(timeout=10, idle=10)
    assert exchange.post(manager, server.url, b"{}", {})[0] == 200
    said = exchange.read()
    first = exchange.unblock()
    said += exchange.read() or b""
    second = exchange.unblock()
    os.close(first)
    assert read_on(exchange, said, second, server.heard) == WORDS
    os.close(second)
    exchange.close()
