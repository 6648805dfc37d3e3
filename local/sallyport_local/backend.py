"""The embedded backend: every port on one folder, without AWS and without a network."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Self

from sallyport.composition import Backend, Collection
from sallyport.once import once
from sallyport.ports import Adviser, Cache, Ledger, Workflows
from sallyport.settings import Settings
from sallyport_local.blobs import FolderBlobs
from sallyport_local.cache import SqliteCache
from sallyport_local.database import Database
from sallyport_local.folder import DataFolder
from sallyport_local.keyring import Keyring, create_keyring, read_keyring
from sallyport_local.keys import KeyringKeys, KeyringMacs, KeyringSigner
from sallyport_local.ledger import SqliteLedger
from sallyport_local.outbox import Outbox
from sallyport_local.records import SqliteRecords
from sallyport_local.schema import open_database
from sallyport_local.secrets import EnvironmentSecrets

if TYPE_CHECKING:
    import boto3

QUEUES = ("audit", "settle")
"""Who hears of every `completed` event."""

OVERDUE = "overdue"
"""The queue for what is looked at once a stream must have ended."""

CONTENT_KEPT_SECONDS = 86_400
"""As the lifecycle rule of the content bucket: sealed content is gone after a day."""

_UNFINISHED_KEPT_SECONDS = 3600


class EmbeddedBackend(Backend):
    """Made by `open`, ended by `close`."""

    def __init__(
        self, folder: DataFolder, database: Database, keyring: Keyring, environment: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self._database = database
        self._keyring = keyring
        self._environment = environment
        self._workflows: Workflows | None = None

    @classmethod
    def open(cls, path: Path, *, environment: Mapping[str, str] = MappingProxyType({}), serving: bool = False) -> Self:
        """Open a data folder, or create it. DataFolderError says why that cannot be, and what to do next.

        `serving` locks out a second server and reads the whole database for damage first. Without it the folder may
        be used beside a running server. SALLYPORT_PASSPHRASE, if there is one, protects the keyring.
        """
        folder = DataFolder(path)
        passphrase = environment.get("SALLYPORT_PASSPHRASE")
        try:
            with folder.opening():
                if serving:
                    folder.lock_for_server()
                open_keyring = read_keyring if folder.keyring.exists() else create_keyring
                keyring = open_keyring(folder.keyring, passphrase)
                database = open_database(folder, thoroughly=serving)
        except BaseException:
            folder.unlock()
            raise
        return cls(folder, database, keyring, environment)

    def close(self) -> None:
        """Whoever uses a port afterwards gets StoreUnavailableError."""
        self._database.close()
        self.folder.unlock()

    def tidy(self, *, now: float) -> None:
        """Give back expired reservations and delete what nobody needs any more: for the server, every few minutes."""
        self.content.prune(before=now - CONTENT_KEPT_SECONDS)
        for blobs in (self.content, self.audit):
            blobs.remove_unfinished(before=now - _UNFINISHED_KEPT_SECONDS)
        self.ledger.expire(now=now)  # last: it may be on a server that is out of reach

    @property
    def workflows(self) -> Workflows:
        """Assigned by whoever runs the functions of this process; the folder alone cannot run any."""
        if self._workflows is None:
            raise RuntimeError("nothing runs workflows in this process: assign `workflows` first")
        return self._workflows

    @workflows.setter
    def workflows(self, workflows: Workflows) -> None:
        self._workflows = workflows

    @once
    def keys(self) -> KeyringKeys:
        return KeyringKeys(self._keyring)

    @once
    def key_macs(self) -> KeyringMacs:
        return KeyringMacs(self._keyring, "keys")

    @once
    def cache_macs(self) -> KeyringMacs:
        return KeyringMacs(self._keyring, "cache")

    @once
    def signer(self) -> KeyringSigner:
        return KeyringSigner(self._keyring)

    @once
    def ledger(self) -> Ledger:
        """Redis or Valkey when LEDGER_URL names one, the database otherwise."""
        url = self._environment.get("LEDGER_URL")
        if url:
            # Imported here, so that nobody pays for it who has no LEDGER_URL.
            from sallyport.redis_ledger import RedisLedger

            return RedisLedger(url)
        return SqliteLedger(self._database)

    @once
    def cache(self) -> Cache:
        """Redis or Valkey when CACHE_URL names one, the database otherwise."""
        url = self._environment.get("CACHE_URL")
        if url:
            # Imported here, so that nobody pays for it who has no CACHE_URL.
            from sallyport.redis_cache import RedisCache

            return RedisCache(url)
        return SqliteCache(self._database)

    @once
    def content(self) -> FolderBlobs:
        return FolderBlobs(self.folder.content)

    @once
    def audit(self) -> FolderBlobs:
        return FolderBlobs(self.folder.audit)

    @property
    def alerts(self) -> None:
        """The log and `sallyport alerts` tell of them."""

    @once
    def events(self) -> Outbox:
        return Outbox(self._database, QUEUES, (OVERDUE,))

    @once
    def adviser(self) -> Adviser | None:
        """As on AWS, with credentials and Region of this machine's user. WrongSettingError if that cannot be."""
        settings = Settings(self._environment)
        if settings.optional("SECOND_OPINION") in (None, "none"):
            return None
        # Imported here, so that nobody pays for it who has no SECOND_OPINION.
        from sallyport.aws.advisers import adviser_of
        from sallyport.aws.clients import Clients

        return adviser_of(settings, Clients())

    @once
    def secrets(self) -> EnvironmentSecrets:
        return EnvironmentSecrets(self._environment)

    @property
    def recognises_retries(self) -> bool:
        """Unless RECOGNISE_RETRIES is false: here it costs a fraction of a millisecond."""
        return self._environment.get("RECOGNISE_RETRIES") != "false"

    def records(self, collection: Collection | Literal["traces"]) -> SqliteRecords:
        """`traces` is what Step Functions' console keeps on AWS."""
        return SqliteRecords(self._database, collection)

    def aws_session(self) -> "boto3.Session":
        """Credentials and region of this machine's user: only a target on AWS asks for it."""
        import boto3

        return boto3.Session()
