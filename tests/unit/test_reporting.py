"""sallyport.reporting: personal data in answers of cloud models."""

import pytest

from sallyport.attempts import Inference, Usage
from sallyport.contracts import Privacy, Route, RouteTarget
from sallyport.conversation import ChatAnswer, ChatRequest, Choice, Reasoning, Role, StopReason, Text, ToolCall, Turn
from sallyport.redaction.judge import Action, AnswerHandling
from sallyport.redaction_policy import RedactionPolicy
from sallyport.reporting import reported

USAGE = Usage(input_tokens=1, output_tokens=1)
POLICY = RedactionPolicy(answers=AnswerHandling.REPORT, actions={"IP_ADDRESS": Action.ALLOW})


ASKED = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="Who is it?"),)),))


def inference(target):
    return Inference(
        target=target, provider="p", model="m", usage=USAGE, stop_reason="end", latency_ms=1, cost=0, reason=""
    )


ROUTE = Route(
    alias="a",
    targets=tuple(RouteTarget(name=privacy.value, privacy=privacy) for privacy in Privacy),
    cache_ttl_seconds=0,
    table_version="1",
)


def found(*blocks, target="cloud", policy=POLICY, request=ASKED):
    answer = ChatAnswer(model="m", usage=USAGE, choices=(Choice(blocks=blocks, stop_reason=StopReason.END),))
    return reported(inference(target), answer, ROUTE, policy, request).found


def test_what_a_model_brings_up_is_counted_wherever_it_says_it():
    blocks = (
        Text(text="Ask bob@corp.example.org or amy@corp.example.org."),
        Reasoning(text="It is 4111 1111 1111 1111.", signature="c2ln"),
        ToolCall(id="c", name="mail", arguments='{"to": "bob\\u0040corp.example.org"}'),
    )
    assert found(*blocks) == {"CREDIT_CARD": 1, "EMAIL": 3}


def test_what_is_counted_in_arguments_is_what_would_be_masked_there():
    """Names of fields are none of it, and numbers are not."""
    call = ToolCall(id="c", name="f", arguments='{"said": "bob@corp.example.org", "n": 4111111111111111, "amy')
    assert found(call) == {"EMAIL": 1}


@pytest.mark.parametrize("text", ["Ask <EMAIL_1> and <PERSON_1b>.", "At 203.0.113.7.", "Nobody."])
def test_placeholders_and_what_may_be_in_requests_are_not(text):
    assert found(Text(text=text)) == {}


def test_only_a_clouds_answer_is_searched_and_only_where_it_is_wanted():
    text = Text(text="Ask bob@corp.example.org.")
    assert found(text, target="private") == found(text, policy=RedactionPolicy()) == {}
    assert found(text) == {"EMAIL": 1}


def test_what_stands_in_the_request_is_no_news():
    told = Text(text="Ask bob@corp.example.org.")
    asked = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="Is it Bob@corp.example.org?"),)),))
    assert found(told, request=asked) == {}


def test_what_is_counted_is_said_by_type():
    text = Text(text="Ask bob@corp.example.org at 203.0.113.7, card 4111 1111 1111 1111.")
    actions = {"EMAIL": AnswerHandling.ALLOW, "IP_ADDRESS": AnswerHandling.MASK}
    policy = POLICY.model_copy(update={"answer_actions": actions})
    assert found(text, policy=policy) == {"CREDIT_CARD": 1, "IP_ADDRESS": 1}
    assert found(text, policy=policy.model_copy(update={"answers": AnswerHandling.ALLOW})) == {"IP_ADDRESS": 1}
    assert found(text, policy=policy, target="private") == {}
