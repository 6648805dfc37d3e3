"""sallyport.providers.bedrock.limits: what Converse cannot do."""

import pytest

from sallyport.conversation import ChatRequest, Role, Text, Turn
from sallyport.providers.bedrock.limits import unmet

REQUEST = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="hello"),)),))


@pytest.mark.parametrize(
    "left_out", [{"seed": 0}, {"user": "u"}, {"metadata": {"a": "b"}}, {"extras": {"store": True}}]
)
def test_what_is_left_out_is_told(left_out):
    assert [each.field for each in unmet(REQUEST.model_copy(update=left_out))] == list(left_out)


def test_nothing_is_told_of_what_was_not_asked():
    assert unmet(REQUEST) == ()
