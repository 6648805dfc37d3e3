"""What a model can be asked, and the one place that tells the requests apart."""

from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

from sallyport.conversation import ChatAnswer, ChatRequest
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.message import Operation

type Request = ChatRequest | EmbeddingRequest
type Answer = ChatAnswer | EmbeddingAnswer

# Both are closed and share no required field, so that nothing can be read as either.
_REQUEST: TypeAdapter[Request] = TypeAdapter(
    Annotated[ChatRequest | EmbeddingRequest, Field(union_mode="left_to_right")],
    config=ConfigDict(hide_input_in_errors=True),
)


def read_request(content: bytes) -> Request:
    """A request as it was sealed. Raise pydantic's ValidationError, which quotes nothing of it."""
    return _REQUEST.validate_json(content)


def operation_of(request: Request) -> Operation:
    """What it asks of a target."""
    return "chat" if isinstance(request, ChatRequest) else "embed"
