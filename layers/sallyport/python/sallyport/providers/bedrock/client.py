"""One call of Converse. Retries are the gateway's: botocore makes a single attempt."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.errors import ProviderDeniedError, ProviderReplyError, ProviderTimeoutError
from sallyport.ports import Secrets
from sallyport.providers.bedrock.build import build
from sallyport.providers.bedrock.failures import failure
from sallyport.providers.bedrock.read import read
from sallyport.routing import Target

_CONNECT_SECONDS = 5
_CONNECTIONS = 64


def make(secrets: Secrets, aws: Callable[[], Any]) -> "Bedrock":
    return Bedrock(aws)


class Bedrock:
    """Models on Bedrock with the gateway's own role. A target's `base_url`, if any, is a VPC endpoint's address."""

    def __init__(self, aws: Callable[[], Any]) -> None:
        """`aws` returns a boto3 session."""
        self._aws = aws
        self._clients: dict[tuple[str | None, str | None, int], Any] = {}
        self._lock = Lock()

    def chat(self, request: ChatRequest, target: Target, *, max_tokens: int, timeout: float) -> ChatAnswer:
        if timeout <= 0:
            raise ProviderTimeoutError("There was no time left to ask Bedrock. Allow more.")
        arguments = build(request, target, max_tokens)
        try:
            client = self._client(target, read_seconds(timeout))
        except ValueError as error:
            raise ProviderDeniedError("The target's region or base_url is none. Correct the routing table.") from error
        # Nothing is chained: what botocore and Bedrock say about a request may quote it.
        try:
            response = client.converse(**arguments)
        except (BotoCoreError, ClientError, ResponseParserError, RecursionError) as error:
            raise failure(error, time.time()) from None
        except (TypeError, ValueError, AttributeError, LookupError):
            # Its parser trusts a reply to be of the right shape.
            raise ProviderReplyError("Bedrock's reply cannot be understood. Try again.") from None
        return read(response, request, target)

    def _client(self, target: Target, seconds: int) -> Any:
        """Kept by region, address and timeout, for making one takes 10 to 150 ms; sessions are not thread-safe."""
        key = (target.region, target.base_url, seconds)
        with self._lock:
            if key not in self._clients:
                config = Config(
                    connect_timeout=min(seconds, _CONNECT_SECONDS),
                    read_timeout=seconds,
                    retries={"total_max_attempts": 1},
                    max_pool_connections=_CONNECTIONS,
                    tcp_keepalive=True,
                )
                self._clients[key] = self._aws().client(
                    "bedrock-runtime", region_name=target.region, endpoint_url=target.base_url, config=config
                )
            return self._clients[key]


def read_seconds(timeout: float) -> int:
    """The timeout rounded down to one of few, so that deadlines that shrink by the millisecond share their clients."""
    step = 1 if timeout < 10 else 5 if timeout < 60 else 20
    return max(1, int(timeout // step * step))
