"""sallyport.edge.withholding: whole answers without what a cloud's model brought up."""

import json

import pytest

from sallyport.attempts import Usage
from sallyport.contracts import RedactionPolicy
from sallyport.conversation import (
    ChatAnswer,
    ChatRequest,
    Choice,
    Reasoning,
    Refusal,
    ResponseFormat,
    Role,
    StopReason,
    Text,
    ToolCall,
    Turn,
)
from sallyport.edge.withholding import Withholding, withholding, without_withheld
from sallyport.errors import StoreUnavailableError
from sallyport.redaction.judge import AnswerHandling
from sallyport.redaction.lists import Lists
from sallyport.redaction_rules import RedactionRules, redaction_policy
from tests.unit.doubles import a_route, a_ticket, an_authorization

OWN, NEW = "bob@corp.example.org", "eve@corp.example.org"
ASKED = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text=f"I am {OWN}"),)),))
IN_JSON = ASKED.model_copy(update={"response_format": ResponseFormat(type="json_object")})
USAGE = Usage(input_tokens=1, output_tokens=1)


def ticket(redaction):
    authorization = an_authorization(route=a_route("cloud", "own!"))
    return a_ticket(authorization=authorization.model_copy(update={"redaction": redaction}))


def withheld_of(answers, *blocks, request=ASKED, target="cloud", logprobs=None):
    choice = Choice(blocks=blocks, stop_reason=StopReason.END, logprobs=logprobs)
    other = Choice(blocks=(Text(text="Nobody."),), stop_reason=StopReason.END)
    answer = ChatAnswer(model="m", choices=(choice, other), usage=USAGE)
    policy = answers if isinstance(answers, RedactionPolicy) else RedactionPolicy(answers=answers)
    withheld = Withholding(ticket(policy), request, Lists()).of(target)
    if withheld is None:
        return answer.choices[0], []
    told = withheld.masked(answer)
    assert told.choices[1] == other
    return told.choices[0], withheld.warnings()


@pytest.mark.parametrize(
    ("block", "told"),
    [
        (Text(text=f"<EMAIL_1>, {OWN} or {NEW}"), Text(text=f"<EMAIL_1>, {OWN} or [EMAIL]")),
        (Refusal(text=f"Not to {NEW}."), Refusal(text="Not to [EMAIL].")),
        # a provider would refuse a signature under other words
        (Reasoning(text=f"It is {NEW}.", signature="c2ln"), Reasoning(text="It is [EMAIL].")),
        (Reasoning(text="It is <EMAIL_1>.", signature="c2ln"), Reasoning(text="It is <EMAIL_1>.", signature="c2ln")),
        (
            ToolCall(id="c", name="mail", arguments='{"to": ["eve\\u0040corp.example.org", "<EMAIL_1>"]}'),
            ToolCall(id="c", name="mail", arguments='{"to": ["[EMAIL]", "<EMAIL_1>"]}'),
        ),
    ],
)
def test_what_a_cloud_brings_up_is_masked_wherever_it_says_it(block, told):
    assert withheld_of(AnswerHandling.MASK, block)[0].blocks == (told,)


def test_json_stays_json():
    [block] = withheld_of(AnswerHandling.MASK, Text(text=json.dumps({"a": NEW, NEW: 1})), request=IN_JSON)[0].blocks
    assert json.loads(block.text) == {"a": "[EMAIL]", "[EMAIL]": 1}


def test_json_is_told_as_it_was_written():
    document = '{"b":  1.50, "a":"\\u00e9", "a" : "eve\\u0040corp.example.org"}'
    [block] = withheld_of(AnswerHandling.MASK, Text(text=document), request=IN_JSON)[0].blocks
    assert block.text == document.replace("eve\\u0040corp.example.org", "[EMAIL]")


BY_TYPE = RedactionPolicy(answers="report", answer_actions={"EMAIL": "mask", "SECRET": "block", "CREDIT_CARD": "allow"})
SECRET = "AKIAIOSFODNN7EXAMPLE"


def test_each_type_is_handled_as_it_is_said_of_it():
    text = f"Ask {NEW}, +1 415 555 0199, 4111 1111 1111 1111"
    choice, warnings = withheld_of(BY_TYPE, Text(text=text), Reasoning(text=f"It is {NEW}."))
    assert choice.blocks == (Text(text=text.replace(NEW, "[EMAIL]")), Reasoning(text="It is [EMAIL]."))
    assert warnings == [{"field": "answer", "reason": "2 EMAIL that the model brought up: masked by policy"}]


def test_what_ended_an_answer_is_told_and_not_what_else_was_in_it():
    choice, warnings = withheld_of(
        BY_TYPE, Text(text=f"Ask {NEW}"), ToolCall(id="c", name="f", arguments=f'["{SECRET}"]')
    )
    assert choice == Choice(blocks=(), stop_reason=StopReason.FILTERED)
    assert warnings == [{"field": "answer", "reason": "1 SECRET that the model brought up: ended the answer by policy"}]


def test_a_preset_that_masks_some_types_masks_those_alone():
    policy = redaction_policy([RedactionRules(redaction_preset="pci")])
    text = f"Ask {NEW}, 4111 1111 1111 1111"
    assert withheld_of(policy, Text(text=text))[0].blocks == (Text(text=f"Ask {NEW}, [CREDIT_CARD]"),)
    gdpr = redaction_policy([RedactionRules(redaction_preset="gdpr")])
    assert withheld_of(gdpr, Text(text=text))[0].blocks == (Text(text=text),)


def test_a_blocked_choice_has_nothing_left():
    choice, warnings = withheld_of(AnswerHandling.BLOCK, Text(text="Well."), Text(text=f"Ask {NEW}"))
    assert choice == Choice(blocks=(), stop_reason=StopReason.FILTERED)
    assert warnings == [{"field": "answer", "reason": "1 EMAIL that the model brought up: ended the answer by policy"}]
    assert withheld_of(AnswerHandling.BLOCK, Text(text=f"Ask {OWN} or <EMAIL_1>"))[0].stop_reason is StopReason.END


@pytest.mark.parametrize(
    ("answers", "target"), [("mask", "own"), ("block", "own"), ("report", "cloud"), ("allow", "cloud")]
)
def test_private_models_and_milder_policies_keep_nothing_back(answers, target):
    text = Text(text=f"Ask {NEW}")
    assert withheld_of(AnswerHandling(answers), text, target=target) == (
        Choice(blocks=(text,), stop_reason=StopReason.END),
        [],
    )


def test_how_likely_the_tokens_of_a_value_were_is_not_told_either():
    choice, warnings = withheld_of(AnswerHandling.MASK, Text(text="Hi."), logprobs={"content": [{"token": "eve"}]})
    assert choice.logprobs is None
    assert [warning["field"] for warning in warnings] == ["logprobs"]


class Unread:
    """Services whose policies cannot be read."""

    class configuration:
        @staticmethod
        def policies(caller):
            raise StoreUnavailableError("Out of reach.")


def test_without_its_lists_no_answer_is_taken_for_harmless():
    for answers, lists in (("mask", False), ("report", True), ("allow", True)):
        assert withholding(Unread, ticket(RedactionPolicy(answers=answers, lists=lists)), ASKED).lists == Lists()
    with pytest.raises(StoreUnavailableError):
        withholding(Unread, ticket(RedactionPolicy(answers="mask", lists=True)), ASKED)


def test_of_a_ticket_that_nobody_authorized_nothing_is_withheld():
    answer = ChatAnswer(model="m", choices=(Choice(blocks=(), stop_reason=StopReason.END),), usage=USAGE)
    assert without_withheld(Unread, a_ticket(), ASKED, answer, "cloud") == (answer, [])
