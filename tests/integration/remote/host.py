"""Hosts with images, on TLS, and the internet that leads to them: names, addresses, and who was dialled."""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
PDF = b"%PDF-1.7\n" + bytes(100)
PUBLIC = "93.184.215.14"
"""Of documentation's own host; nothing here ever connects to it."""

NAMES = ("img.example.com", "*.cdn.example.com", "xn--bcher-kva.example")

type Act = Callable[[socket.socket, "Host"], None]


def certificate(folder: Path, names: Sequence[str] = NAMES) -> Path:
    """A self-signed certificate for these names with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "host.pem"
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def says(status: int, body: bytes = b"", *headers: str, length: int | None = None) -> Act:
    """A complete reply, unless `length` says otherwise."""
    head = [f"HTTP/1.1 {status} Said", f"content-length: {len(body) if length is None else length}", *headers]
    return lambda connection, _: connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)


@dataclass
class Host:
    """Serves acts by path until `close`; `requests` are heads in the order they came, `names` what SNI asked for.

    `connections` counts whoever connected, be it without a word.
    """

    pem: Path
    acts: dict[str, Act] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.pem)
        self._tls.sni_callback = lambda sock, name, context: self.names.append(name)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self.over.set()
        # Wakes it up once more.
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.over.is_set():
                connection.close()
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, plain: socket.socket) -> None:
        with plain, suppress(OSError), self._tls.wrap_socket(plain, server_side=True) as connection:
            received = b""
            while b"\r\n\r\n" not in received:
                chunk = connection.recv(65536)
                if not chunk:
                    return
                received += chunk
            head = received.decode()
            self.requests.append(head)
            act = self.acts.get(head.split(" ")[1], says(404, b"<canary>nothing here"))
            act(connection, self)


class Internet:
    """What a fetcher knows of the world. `names` says which addresses a name has, one list an answer.

    Whatever is dialled is remembered, and leads to the host, if it has a public address.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.names: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        self.dialled: list[tuple[str, int]] = []
        self.tls = ssl.create_default_context(cafile=host.pem)
        self.leads: Mapping[str, Callable[[float], socket.socket]] = {}

    def resolve(self, name: str, port: int) -> list[str]:
        self.asked.append(name)
        answers = self.names.get(name, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def dial(self, address: str, port: int, seconds: float) -> socket.socket:
        self.dialled.append((address, port))
        if address in self.leads:
            return self.leads[address](seconds)
        return socket.create_connection(("127.0.0.1", self._host.port), timeout=seconds)
