"""sallyport.brought_up: what an answer brings up itself, and what its caller sent."""

import pytest

from sallyport.brought_up import BroughtUp, token
from sallyport.conversation import ChatRequest, ResponseFormat, Role, Text, Tool, ToolCall, Turn
from sallyport.redaction.flowing import WholeMask
from sallyport.redaction.judge import Action, AnswerHandling
from sallyport.redaction.lists import Lists
from sallyport.redaction_policy import RedactionPolicy

ASKED = ChatRequest(
    turns=(
        Turn(role=Role.USER, blocks=(Text(text="Write to Bob@corp.example.org, call +1 (415) 555-0132."),)),
        Turn(role=Role.ASSISTANT, blocks=(ToolCall(id="c", name="f", arguments='{"to": "amy\\u0040x.example.org"}'),)),
    )
)
POLICY = RedactionPolicy(
    answers="mask",
    default=Action.BLOCK,
    actions={"IP_ADDRESS": Action.ALLOW, "PHONE": Action.ROUTE_PRIVATE, "IBAN": Action.MASK},
)


def told(text, policy=POLICY, lists=None):
    mask = WholeMask(BroughtUp(policy, lists or Lists(), ASKED, AnswerHandling.MASK).find, token)
    return "".join(piece.told for piece in [*mask.pieces(text), *mask.last()])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ask eve@corp.example.org.", "Ask [EMAIL]."),
        ("Pay to DE89 3704 0044 0532 0130 00.", "Pay to [IBAN]."),
        ("Call +1 415 555 0199.", "Call [PHONE]."),
        # what the caller sent himself, however it is written
        ("Ask bob@corp.example.org.", "Ask bob@corp.example.org."),
        ("Ask amy@x.example.org.", "Ask amy@x.example.org."),
        ("Call +1 415 555 0132.", "Call +1 415 555 0132."),
        # a part of it is something else
        ("Ask ob@corp.example.org.", "Ask [EMAIL]."),
        ("Ask bob@corp.example.or.", "Ask [EMAIL]."),
        # allowed in requests
        ("It is 203.0.113.7.", "It is 203.0.113.7."),
        # placeholders, whoever they are of, and what models make of them
        ("Ask <EMAIL_1>, [Person 2b] or PERSON_3.", "Ask <EMAIL_1>, [Person 2b] or PERSON_3."),
        ("Ask <EMAIL#abcdefghijklmnop>.", "Ask <EMAIL#abcdefghijklmnop>."),
        ("Ask <PERSON_1> at eve@corp.example.org.", "Ask <PERSON_1> at [EMAIL]."),
        # what was masked before
        ("Ask [EMAIL] and [PERSON].", "Ask [EMAIL] and [PERSON]."),
    ],
)
def test_only_what_is_new_is_masked(text, expected):
    assert told(text) == expected


def test_the_names_of_fields_that_were_asked_for_are_no_news():
    schema = {"type": "object", "properties": {"Said Gomez": {"type": "string"}}}
    mine = {
        "tools": ASKED.model_copy(update={"tools": (Tool(name="f", parameters=schema),)}),
        "format": ASKED.model_copy(update={"response_format": ResponseFormat(type="json_schema", json_schema=schema)}),
    }
    for request in mine.values():
        assert BroughtUp(POLICY, Lists(), request, AnswerHandling.MASK).find("Said Gomez") == []
    assert BroughtUp(POLICY, Lists(), ASKED, AnswerHandling.MASK).find("Said Gomez") != []


@pytest.mark.parametrize(
    "text", ["<PERSON_1> <PERSON_2>@corp.example.org", "Mail <PERSON_1>.<PERSON_2b>@corp.example.org!"]
)
def test_a_placeholder_inside_a_finding_stays_whole(text):
    for placeholder in ("<PERSON_1>", "<PERSON_2"):
        assert placeholder in told(text)


def test_the_policys_own_lists_are_followed():
    lists = Lists(allowed_terms=("info@acme.example.org",), denied_terms=("project falcon",))
    assert told("Ask info@acme.example.org of Project Falcon.", lists=lists) == "Ask info@acme.example.org of [DENIED]."


BY_TYPE = POLICY.model_copy(
    update={
        "answers": AnswerHandling.REPORT,
        "answer_actions": {
            "EMAIL": AnswerHandling.ALLOW,
            "IP_ADDRESS": AnswerHandling.MASK,
            "SECRET": AnswerHandling.BLOCK,
        },
    }
)


@pytest.mark.parametrize(
    ("least", "types"),
    [
        (AnswerHandling.REPORT, ["IP_ADDRESS", "PHONE", "SECRET"]),
        (AnswerHandling.MASK, ["IP_ADDRESS", "SECRET"]),
        (AnswerHandling.BLOCK, ["SECRET"]),
    ],
)
def test_each_type_is_looked_for_where_so_much_becomes_of_it(least, types):
    text = "Ask eve@corp.example.org or +1 415 555 0199 at 203.0.113.7 with the key AKIAIOSFODNN7EXAMPLE."
    assert sorted(each.type for each in BroughtUp(BY_TYPE, Lists(), ASKED, least).find(text)) == types


@pytest.mark.parametrize(("strict", "mild"), [("URL", "EMAIL"), ("EMAIL", "URL")])
def test_where_two_overlap_the_stricter_is_followed(strict, mild):
    policy = RedactionPolicy(answer_actions={strict: AnswerHandling.BLOCK, mild: AnswerHandling.MASK})
    found = BroughtUp(policy, Lists(), ASKED, AnswerHandling.MASK).find("https://eve@corp.example.org/a?x=eve@x.org")
    assert strict in {each.type for each in found}


def test_short_texts_are_found_the_same_however_often_they_come():
    brought_up = BroughtUp(POLICY, Lists(), ASKED, AnswerHandling.MASK)
    texts = [f"key{n}" for n in range(2500)] + ["eve@corp.example.org"]
    for _ in range(2):
        assert [len(brought_up.find(text)) for text in texts] == [0] * 2500 + [1]
