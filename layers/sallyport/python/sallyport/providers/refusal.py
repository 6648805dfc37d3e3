"""What a model cannot honour, refused by the name of its field."""

from collections.abc import Mapping
from typing import Any

from sallyport.conversation import ChatRequest
from sallyport.errors import ProviderRejectedError


def refused(field: str, reason: str) -> ProviderRejectedError:
    return ProviderRejectedError(f"This model cannot honour {field}. {reason}", param=field)


def refuse_any(request: ChatRequest, table: Mapping[str, tuple[tuple[Any, ...], str]]) -> None:
    """Raise ProviderRejectedError for the first field of `table` that cannot be honoured.

    `table` has, by field, the values that mean nothing, and why no other can be honoured.
    """
    for field, (harmless, reason) in table.items():
        if getattr(request, field) not in harmless:
            raise refused(field, reason)
