"""providers/bedrock/draft: arguments and what is left out of them."""

import pytest

from sallyport.attempts import Unmet
from sallyport.providers.bedrock.draft import Draft


def test_a_wish_is_told_of_once():
    draft = Draft()
    for _ in range(2):
        draft.leave_out("seed", "it has none")

    assert draft.unmet == [Unmet(field="seed", reason="it has none")]


def test_additional_fields_are_made_when_asked_for():
    draft = Draft()
    assert draft.arguments == {}
    draft.additional["top_k"] = 1

    assert draft.arguments == {"additionalModelRequestFields": {"top_k": 1}}


@pytest.mark.parametrize(
    ("kind", "thinks", "rests"),
    [("enabled", True, False), ("adaptive", True, False), ("between_tools", False, False), ("disabled", False, True)],
)
def test_whether_it_thinks(kind, thinks, rests):
    draft = Draft()
    draft.additional["thinking"] = {"type": kind}

    assert (draft.thinks, draft.rests) == (thinks, rests)
    assert (Draft().thinks, Draft().rests) == (False, False)


@pytest.mark.parametrize(
    ("choice", "forces"), [({"any": {}}, True), ({"tool": {"name": "f"}}, True), ({"auto": {}}, False)]
)
def test_whether_it_forces_a_tool(choice, forces):
    assert Draft({"toolConfig": {"toolChoice": choice}}).forces_a_tool is forces
    assert not Draft().forces_a_tool
