"""A Redis of one's own on a free port, to be frozen, killed and started again."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

START_SECONDS = 20

KEPT = ("--appendonly", "yes", "--appendfsync", "always")
"""Options of a server that keeps what it is told, as that of a ledger must."""


class RedisServer:
    """`redis-server` must be installed. Without persistence unless `options` say otherwise.

    Killed at the end of `with`.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        binary = shutil.which("redis-server")
        if binary is None:
            raise FileNotFoundError("redis-server is missing. Install it: apt-get install redis-server")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self._command += options
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not self.command(b"PING").startswith(b"+PONG"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(f"redis-server does not answer on port {self.port}")
            time.sleep(0.01)

    def command(self, *words: bytes) -> bytes:
        """Say something to the server past what is under test; nothing when nobody listens."""
        said = b"".join((b"*%d\r\n" % len(words), *(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)))
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(said)
                return connection.recv(65_536)
        except ConnectionError:
            return b""

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
