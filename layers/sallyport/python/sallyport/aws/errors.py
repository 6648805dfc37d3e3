"""botocore's errors in the gateway's words. Nothing outside this package ever sees a ClientError."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from sallyport.errors import StoreUnavailableError, VaultUnavailableError

RETRY_AFTER_SECONDS = 2.0

# The same call would fail in the same way, so nobody is told to wait.
_FINAL = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


@contextmanager
def translated(unavailable: type[StoreUnavailableError] | type[VaultUnavailableError], what: str) -> Iterator[None]:
    """Turn whatever AWS fails with into `unavailable`. `what` is a noun, such as "The ledger".

    AWS's own message is dropped, because it may quote what was sent; its code is kept as `cause_type`.
    """
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        code = code_of(error)
        if code in _FINAL:
            raise unavailable(
                f"{what} refuses: this was made for another tenant or purpose.", cause_type=code
            ) from error
        raise unavailable(
            f"{what} is out of reach. Try again in a moment.", retry_after=RETRY_AFTER_SECONDS, cause_type=code
        ) from error


def code_of(error: BotoCoreError | ClientError) -> str:
    """AWS's error code, or the name of botocore's own error when no answer came."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"]
    return type(error).__name__
