"""What the domain asks of the world. Each port has two real implementations and one suite that both must pass.

Implementations turn whatever goes wrong below them into StoreUnavailableError or VaultUnavailableError, with `from`.
Times are UNIX seconds; every method may be called from several threads.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from sallyport.contracts import Purpose, Reservation


@dataclass(frozen=True, slots=True)
class DataKey:
    """A 256-bit key, and the form in which it may be written down."""

    plaintext: bytes = field(repr=False)
    wrapped: bytes


class Keys(Protocol):
    """Data keys for the vault, bound to a tenant and a purpose (KMS · a keyring file)."""

    def generate(self, tenant: str, purpose: Purpose) -> DataKey: ...

    def unwrap(self, wrapped: bytes, tenant: str, purpose: Purpose) -> bytes:
        """VaultUnavailableError when the key was made for another tenant or purpose, too."""
        ...


class Macs(Protocol):
    """Secrets that are the same on every machine and never written down (a KMS HMAC key · a keyring file)."""

    def secret(self, label: str) -> bytes:
        """32 bytes for `label`, such as "api-keys" or "cache/acme"; another label, another secret."""
        ...


class Signer(Protocol):
    """Signatures under the audit log (a KMS P-256 key · a keyring file)."""

    @property
    def key_id(self) -> str: ...

    def sign(self, digest: bytes) -> bytes:
        """ECDSA P-256 signature, DER, of a SHA-256 digest."""
        ...

    def public_key(self) -> bytes:
        """DER SubjectPublicKeyInfo, for whoever verifies without trusting us."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """One stored JSON document. `version` counts its writes from 1."""

    partition: str
    sort: str
    body: Mapping[str, Any]
    version: int


class Records(Protocol):
    """One collection of JSON documents: keys, configuration, usage or the audit index (DynamoDB · SQLite)."""

    def get(self, partition: str, sort: str = "-") -> Record | None:
        """Strongly consistent. Expired records are absent."""
        ...

    def put(
        self,
        partition: str,
        sort: str,
        body: Mapping[str, Any],
        *,
        expect: int | None = None,
        expires_at: int | None = None,
    ) -> bool:
        """Write, and tell whether it happened. `expect` is the version that must be there now; 0 means none."""
        ...

    def delete(self, partition: str, sort: str = "-") -> None: ...

    def query(self, partition: str, *, start: str = "", end: str = "\U0010ffff", limit: int = 1000) -> Sequence[Record]:
        """Records of one partition with `start <= sort < end`, in the order of `sort`."""
        ...

    def scan(self) -> Iterator[Record]:
        """Everything, in no order: for operators, never on a request's path."""
        ...


@dataclass(frozen=True, slots=True)
class Refused:
    """The first limit that had no room left: its scope, its limit, and what was taken of it."""

    scope: str
    limit: int
    taken: int


@dataclass(frozen=True, slots=True)
class Granted:
    """Every hold is taken. `taken` is what is now taken of each one's scope, in their order; empty where that is not
    known without asking again. No two grants differ: it is news of others, not part of the answer.
    """

    taken: Sequence[int] = field(default=(), compare=False)


class Ledger(Protocol):
    """Reserve, then settle, by conditional writes (DynamoDB · SQLite · Redis or Valkey)."""

    def reserve(self, reservation: Reservation, *, now: float) -> Granted | Refused:
        """Take every hold or none. The same request id again changes nothing and is granted again."""
        ...

    def settle(self, reservation: Reservation, actual: Sequence[int], *, now: float) -> bool:
        """Replace each hold by its actual amount, in order.

        Of a reservation that expired, the actual amounts are charged all the same, even past a limit: the money is
        spent. False, and nothing is changed, when it was settled before or is not known here: it was never made, or
        ended over 40 days ago, so that every window it counted in is over.
        """
        ...

    def taken(self, scope: str) -> int:
        """What is reserved and settled of a scope."""
        ...

    def expire(self, *, now: float) -> int:
        """Give back what expired unsettled, and tell how many reservations that were. They can still be settled."""
        ...


class Cache(Protocol):
    """Answers by key, each with an end (DynamoDB · SQLite · Redis or Valkey)."""

    def get(self, key: str, *, now: float) -> bytes | None: ...

    def put(self, key: str, value: bytes, *, expires_at: int) -> None: ...


class Blobs(Protocol):
    """Objects by key (S3 · a folder)."""

    def put(self, key: str, data: bytes) -> str:
        """Write and return the address to be kept in a `sealed_in`."""
        ...

    def create(self, key: str, data: bytes) -> bool:
        """Write only if the key is free. This is the audit log's one point of order."""
        ...

    def get(self, key: str) -> bytes | None:
        """`key` is a key or an address that `put` returned."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Keys in their order."""
        ...


class Events(Protocol):
    """What lies behind `completed`: durable when publish returns (SNS and SQS · an outbox in SQLite)."""

    def publish(self, message: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Execution:
    """How a workflow ended; `error` and `cause` are Step Functions' words."""

    status: Literal["SUCCEEDED", "FAILED", "TIMED_OUT"]
    output: Mapping[str, Any] | None = None
    error: str | None = None
    cause: str | None = None


class Workflows(Protocol):
    """Starts the chat workflow and waits for its end (Step Functions · the engine)."""

    def chat(self, name: str, start: Mapping[str, Any]) -> Execution: ...

    def fall_back(self, request: Mapping[str, Any]) -> Execution:
        """The workflow's state Fallback alone, for a stream, which left the workflow with its plan."""
        ...


class Secrets(Protocol):
    """Provider credentials by name (Secrets Manager · the environment)."""

    def get(self, name: str) -> str: ...

    def instead(self, name: str, refused: str) -> str | None:
        """Another value than this, which a provider refuses; None when there is none (yet)."""
        ...


class NoOpinionError(Exception):
    """Nobody said anything of what was asked; in words without content. It may have to be paid for all the same."""

    def __init__(self, reason: str, *, units: int = 0, cost: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.units = units
        self.cost = cost


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of personal data that a service sees in a text: `type` is ours, or None for one that we have none for."""

    type: str | None
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Advice:
    """All that a service sees in a text, and what it bills for it; `cost` in millionths of a dollar."""

    said: tuple[Said, ...]
    units: int
    cost: int


class Adviser(Protocol):
    """Somebody else's engine that finds personal data (Amazon Comprehend · a guardrail of Bedrock).

    `knows` are the types that it looks for, `languages` those that it reads (ISO 639-1); `regions` are where what it is
    shown may be processed, None where nobody knows.
    """

    @property
    def service(self) -> str: ...
    @property
    def knows(self) -> frozenset[str]: ...
    @property
    def languages(self) -> frozenset[str]: ...
    @property
    def regions(self) -> frozenset[str] | None: ...

    def ask(self, text: str, language: str) -> Advice:
        """Raise NoOpinionError within seconds: when it is slow, refuses, or replies what cannot be understood."""
        ...
