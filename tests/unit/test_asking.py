"""sallyport.asking: which of the requests it is."""

import pytest
from pydantic import ValidationError

from sallyport.asking import operation_of, read_request
from sallyport.conversation import ChatRequest, Role, Text, Turn
from sallyport.embedding import EmbeddingRequest
from tests.unit.doubles import CANARY

CHAT = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="texts"),)),), user="u", extras={"texts": ["a"]})
EMBED = EmbeddingRequest(texts=("turns", "b"), dimensions=3, user="u", extras={"turns": []})


@pytest.mark.parametrize(
    ("request_", "operation"),
    [(CHAT, "chat"), (ChatRequest(turns=()), "chat"), (EMBED, "embed"), (EmbeddingRequest(texts=()), "embed")],
)
def test_a_request_is_read_as_what_it_was(request_, operation):
    read = read_request(request_.model_dump_json().encode())
    assert (type(read), read) == (type(request_), request_)
    assert operation_of(read) == operation


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"texts": ["%s"], "turns": []}', '{"texts": "%s"}', '{"%s": 1}'])
def test_what_is_neither_is_refused_without_a_quotation(content):
    with pytest.raises(ValidationError) as refused:
        read_request(content.replace("%s", CANARY).encode())
    assert "input_value" not in str(refused.value)
    if "%s" in content and not content.startswith('{"%s'):
        assert CANARY not in str(refused.value)
