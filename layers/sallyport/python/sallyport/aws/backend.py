"""Every port on AWS, by the names and ARNs that template.yaml puts into a function's environment."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sallyport.aws.blobs import S3Blobs
from sallyport.aws.cache import DynamoCache
from sallyport.aws.clients import Clients
from sallyport.aws.events import SnsEvents
from sallyport.aws.keys import KmsKeys
from sallyport.aws.ledger import DynamoLedger
from sallyport.aws.macs import KmsMacs
from sallyport.aws.records import DynamoRecords
from sallyport.aws.secrets import SecretsManagerSecrets
from sallyport.aws.signer import KmsSigner
from sallyport.aws.workflows import StepFunctionsWorkflows
from sallyport.composition import Backend, Collection
from sallyport.once import once
from sallyport.ports import Adviser, Cache, Ledger
from sallyport.redis_cache import RedisCache
from sallyport.redis_ledger import RedisLedger
from sallyport.settings import Settings

if TYPE_CHECKING:
    import boto3

_TABLES: Mapping[Collection, str] = {
    "keys": "KEYS_TABLE",
    "configuration": "CONFIGURATION_TABLE",
    "usage": "USAGE_TABLE",
    "audit_index": "AUDIT_INDEX_TABLE",
    "answers": "ANSWERS_TABLE",
    "conversations": "CONVERSATIONS_TABLE",
    "health": "HEALTH_TABLE",
}


class AwsBackend(Backend):
    """A port reads its own variables when it is first asked for: MissingSettingError names one that is not there."""

    def __init__(self, environment: Mapping[str, str], session: "boto3.Session | None" = None) -> None:
        self._settings = Settings(environment)
        self._clients = Clients(session)

    @once
    def keys(self) -> KmsKeys:
        return KmsKeys(self._clients.get("kms"), self._settings.require("CONTENT_KEY_ARN"))

    @once
    def key_macs(self) -> KmsMacs:
        return KmsMacs(self._clients.get("kms"), self._settings.require("API_KEY_MAC_ARN"))

    @once
    def cache_macs(self) -> KmsMacs:
        return KmsMacs(self._clients.get("kms"), self._settings.require("CACHE_MAC_ARN"))

    @once
    def signer(self) -> KmsSigner:
        return KmsSigner(self._clients.get("kms"), self._settings.require("AUDIT_SIGNING_KEY_ARN"))

    @once
    def ledger(self) -> Ledger:
        """Redis or Valkey when LEDGER_URL names one, the table otherwise."""
        url = self._settings.optional("LEDGER_URL")
        if url is not None:
            return RedisLedger(url)
        return DynamoLedger(self._clients.get("dynamodb"), self._settings.require("LEDGER_TABLE"))

    @once
    def cache(self) -> Cache:
        """Redis or Valkey when CACHE_URL names one, the table otherwise."""
        url = self._settings.optional("CACHE_URL")
        if url is not None:
            return RedisCache(url)
        return DynamoCache(self._clients.hurried("dynamodb"), self._settings.require("CACHE_TABLE"))

    @once
    def content(self) -> S3Blobs:
        return S3Blobs(self._clients.get("s3"), self._settings.require("CONTENT_BUCKET"))

    @once
    def audit(self) -> S3Blobs:
        return S3Blobs(self._clients.get("s3"), self._settings.require("AUDIT_BUCKET"))

    @once
    def events(self) -> SnsEvents:
        return SnsEvents(self._clients.get("sns"), self._settings.require("COMPLETED_TOPIC_ARN"))

    @once
    def alerts(self) -> SnsEvents | None:
        topic = self._settings.optional("ALERTS_TOPIC_ARN")
        return None if topic is None else SnsEvents(self._clients.get("sns"), topic)

    @once
    def workflows(self) -> StepFunctionsWorkflows:
        return StepFunctionsWorkflows(
            self._clients.get("stepfunctions"),
            self._settings.require("CHAT_WORKFLOW_ARN"),
            lambda: (self._clients.get("lambda"), self._settings.require("FALLBACK_FUNCTION_NAME")),
        )

    @once
    def adviser(self) -> Adviser | None:
        """Imported only where one is set up."""
        if self._settings.optional("SECOND_OPINION") in (None, "none"):
            return None
        from sallyport.aws.advisers import adviser_of

        return adviser_of(self._settings, self._clients)

    @once
    def secrets(self) -> SecretsManagerSecrets:
        prefix = self._settings.optional("SECRETS_PREFIX") or ""
        return SecretsManagerSecrets(self._clients.get("secretsmanager"), prefix=prefix)

    @property
    def recognises_retries(self) -> bool:
        return self._settings.optional("RECOGNISE_RETRIES") == "true"

    def records(self, collection: Collection) -> DynamoRecords:
        return DynamoRecords(self._clients.get("dynamodb"), self._settings.require(_TABLES[collection]))

    def aws_session(self) -> "boto3.Session":
        """The one that every port's client comes from."""
        return self._clients.session
