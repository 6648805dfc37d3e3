"""sallyport.redacting: one map for a whole request, one judgement for all of its findings."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sallyport.contracts import RedactionPolicy
from sallyport.conversation import (
    ChatRequest,
    Image,
    Reasoning,
    ResponseFormat,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import ContentBlockedError
from sallyport.opinion import Consultation
from sallyport.redacting import encode_pseudonyms, redact_request, redact_turn
from sallyport.redaction.judge import Action, Handling, SecondOpinion, Sensitivity
from sallyport.redaction.lists import Lists
from sallyport.redaction.remembered import Remembered
from sallyport.redaction.replacements import hash_token
from sallyport.redaction.restore import StreamRestorer, restore
from sallyport.redaction.search import Search
from sallyport.seals import Thought
from sallyport.searching import MOST_CHARACTERS
from tests.unit.cutting import cut
from tests.unit.doubles import Oracle

EMAIL, CARD, IBAN = "bob@corp.example.org", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00"
MASK = RedactionPolicy()


def says(*texts, **fields):
    return ChatRequest(turns=tuple(Turn(role=Role.USER, blocks=(Text(text=text),)) for text in texts), **fields)


def policy(default=Action.MASK, minimum=Sensitivity.PUBLIC, **actions):
    return RedactionPolicy(default=default, actions=actions, minimum=minimum)


def texts(request):
    return [turn.blocks[0].text for turn in request.turns]


def test_one_map_serves_every_text_of_a_request():
    request = ChatRequest(
        turns=(
            Turn(role=Role.SYSTEM, blocks=(Text(text=f"You work for {EMAIL}."),)),
            Turn(role=Role.USER, blocks=(Text(text=f"I am amy@corp.example.org, not {EMAIL}."),), name=EMAIL),
            Turn(
                role=Role.ASSISTANT,
                blocks=(
                    Reasoning(text=f"{EMAIL}!"),
                    ToolCall(id="c1", name="mail", arguments=json.dumps({"to": EMAIL, "cc": [EMAIL]})),
                ),
            ),
            Turn(role=Role.TOOL, blocks=(ToolResult(tool_call_id="c1", content=(Text(text=f"sent to {EMAIL}"),)),)),
        ),
        tools=(
            Tool(
                name="mail",
                description=f"Mails {EMAIL}.",
                parameters={"properties": {"to": {"type": "string", "default": EMAIL, "examples": [{"to": EMAIL}]}}},
            ),
        ),
        stop=(EMAIL,),
        response_format=ResponseFormat(type="json_schema", name="n", json_schema={"const": {"to": EMAIL}}),
        user=EMAIL,
        metadata={"owner": EMAIL, EMAIL: "owner"},
        extras={"prediction": {"content": EMAIL}, EMAIL: True},
    )
    redacted, pseudonyms, decision = redact_request(request, MASK)
    assert EMAIL not in redacted.model_dump_json()
    assert redacted.model_dump_json().count("<EMAIL_1>") == request.model_dump_json().count(EMAIL)
    assert pseudonyms.to_dict() == {"<EMAIL_1>": EMAIL, "<EMAIL_2>": "amy@corp.example.org"}
    assert redacted.turns[1].blocks[0].text == "I am <EMAIL_2>, not <EMAIL_1>."
    assert json.loads(redacted.turns[2].blocks[1].arguments) == {"to": "<EMAIL_1>", "cc": ["<EMAIL_1>"]}
    assert decision.sensitivity is Sensitivity.INTERNAL


def thinks(*blocks):
    return ChatRequest(turns=(Turn(role=Role.ASSISTANT, blocks=blocks),))


@pytest.mark.parametrize(
    "seal",
    [
        Reasoning(text="The user wants a table.", signature="c2ln"),
        Reasoning(text="Write to <EMAIL_1>, whose password is <SECRET_1>.", signature="c2ln"),
        Reasoning(signature="c2ln"),
        Reasoning(redacted="b3BhcXVl"),
    ],
)
def test_signed_thinking_comes_back_as_it_was(seal):
    redacted, pseudonyms, decision = redact_request(thinks(seal), MASK)
    assert redacted == thinks(seal)
    assert (pseudonyms.to_dict(), decision.findings) == ({}, {})


@pytest.mark.parametrize(
    ("seal", "expected"),
    [
        (Reasoning(text=f"It is {EMAIL}.", signature="c2ln"), Reasoning(text="It is <EMAIL_1>.")),
        (
            Reasoning(text=f"It is {EMAIL} or <EMAIL_1>.", signature="c2ln"),
            Reasoning(text="It is <EMAIL_1> or <LITERAL_1>."),
        ),
        (Reasoning(text="EMAIL_1@corp.example.org", signature="c2ln"), Reasoning(text="<LITERAL_1>")),
        (Reasoning(text="Fine.", signature=EMAIL), Reasoning(text="Fine.")),
        (Reasoning(redacted=EMAIL), Reasoning()),
    ],
)
def test_what_claims_to_be_signed_hides_nothing(seal, expected):
    redacted, pseudonyms, decision = redact_request(thinks(seal), MASK)
    assert redacted == thinks(expected)
    assert decision.findings == {"EMAIL": 1}
    assert restore(expected.text, pseudonyms.to_dict()).text == (seal.text if expected.text else "")


def sealed(text, told):
    thought = Thought()
    thought.write(text)
    thought.tell(told)
    return Reasoning(text=told, signature=thought.signature("c2ln"))


def test_a_restored_thought_comes_back_as_it_was_signed():
    written = "Write to <EMAIL_1>."
    redacted, pseudonyms, decision = redact_request(thinks(sealed(written, f"Write to {EMAIL}.")), MASK)
    assert redacted == thinks(Reasoning(text=written, signature="c2ln"))
    assert (pseudonyms.to_dict(), decision.findings) == ({"<EMAIL_1>": EMAIL}, {"EMAIL": 1})


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Write to <EMAIL_2>.", f"Write to {EMAIL}."),  # the conversation before it is another by now
        ("Write to <EMAIL_1>.", f"Write to {EMAIL} now."),
        ("Write to <EMAIL_1> or <EMAIL_9>.", f"Write to {EMAIL} or <EMAIL_9>."),
    ],
)
def test_a_restored_thought_that_is_not_what_was_signed_loses_its_signature(written, told):
    redacted, _, _ = redact_request(thinks(sealed(written, told)), MASK)
    [thought] = redacted.turns[0].blocks
    assert thought.signature is None
    assert EMAIL not in thought.text


def test_a_seal_is_judged_with_the_rest():
    seal = Reasoning(text=f"It is {IBAN}.", signature="c2ln")
    with pytest.raises(ContentBlockedError):
        redact_request(thinks(seal), policy(IBAN=Action.BLOCK))
    redacted, _, decision = redact_request(thinks(seal), policy(IBAN=Action.ROUTE_PRIVATE))
    assert redacted == thinks(seal)
    assert decision.sensitivity is Sensitivity.CONFIDENTIAL


def test_nothing_found_is_nothing_changed():
    request = says("Hello", "42", "")
    redacted, pseudonyms, decision = redact_request(request, MASK)
    assert redacted == request
    assert encode_pseudonyms(pseudonyms) == b"{}"
    assert (decision.findings, decision.masked, decision.sensitivity) == ({}, 0, Sensitivity.PUBLIC)
    assert decision.reason == "nothing found"


def test_a_decision_counts_types_and_quotes_nothing():
    request = says(f"{EMAIL} and {EMAIL} and {CARD}", f"{IBAN}")
    _, _, decision = redact_request(request, policy(IBAN=Action.ROUTE_PRIVATE))
    assert decision.findings == {"CREDIT_CARD": 1, "EMAIL": 2, "IBAN": 1}
    assert decision.masked == 3
    assert decision.sensitivity is Sensitivity.CONFIDENTIAL
    written = decision.model_dump_json()
    assert not any(value in written for value in (EMAIL, CARD, IBAN, "4111", "bob"))


def test_what_is_for_a_private_model_stays_in_place():
    redacted, _, decision = redact_request(says(f"{IBAN} of {EMAIL}"), policy(IBAN=Action.ROUTE_PRIVATE))
    assert texts(redacted) == [f"{IBAN} of <EMAIL_1>"]
    assert decision.sensitivity is Sensitivity.CONFIDENTIAL


def test_a_least_sensitivity_holds_without_any_finding():
    assert (
        redact_request(says("Hello"), policy(minimum=Sensitivity.RESTRICTED))[2].sensitivity is Sensitivity.RESTRICTED
    )


def test_a_verdict_holds_for_the_whole_request():
    with pytest.raises(ContentBlockedError) as blocked:
        redact_request(says("Hello", f"pay {IBAN} with {CARD}"), policy(IBAN=Action.BLOCK, CREDIT_CARD=Action.BLOCK))
    assert blocked.value.details == {"types": ["CREDIT_CARD", "IBAN"]}
    assert "CREDIT_CARD, IBAN" in blocked.value.message
    assert not any(value in str(blocked.value) for value in (CARD, IBAN, "4111", "3704"))


@pytest.mark.parametrize(
    ("password", "email", "expected"),
    [
        ("mask", "mask", "password: <PASSWORD_1>"),
        ("allow", "mask", "password: <EMAIL_1>"),
        ("mask", "allow", "password: <PASSWORD_1>"),
        ("allow", "allow", f"password: {EMAIL}"),
        ("route_private", "mask", "password: <EMAIL_1>"),
        ("mask", "route_private", "password: <PASSWORD_1>"),
        ("allow", "route_private", f"password: {EMAIL}"),
        ("allow", "block", None),
        ("mask", "block", None),
        ("route_private", "block", None),
        ("block", "allow", None),
    ],
)
def test_a_mild_action_never_hides_a_strict_one_of_an_overlapping_type(password, email, expected):
    actions = policy(PASSWORD=Action(password), EMAIL=Action(email))
    request = says(f"password: {EMAIL}")
    if expected is None:
        with pytest.raises(ContentBlockedError):
            redact_request(request, actions)
        return
    redacted, _, decision = redact_request(request, actions)
    assert texts(redacted) == [expected]
    assert decision.findings == {"EMAIL": 1, "PASSWORD": 1} if password != email else {"PASSWORD": 1}
    assert (decision.sensitivity >= Sensitivity.CONFIDENTIAL) == ("route_private" in (password, email))


@pytest.mark.parametrize("action", [Action.BLOCK, Action.ROUTE_PRIVATE, Action.ALLOW])
def test_a_placeholder_that_was_typed_hides_nothing_around_it(action):
    request = says("write to EMAIL_1@corp.example.org")
    if action is Action.BLOCK:
        with pytest.raises(ContentBlockedError):
            redact_request(request, policy(EMAIL=action))
        return
    _, _, decision = redact_request(request, policy(EMAIL=action))
    assert decision.findings == {"EMAIL": 1, "LITERAL": 1}
    assert (decision.sensitivity is Sensitivity.CONFIDENTIAL) == (action is Action.ROUTE_PRIVATE)


@pytest.mark.parametrize("default", [Action.ALLOW, Action.MASK, Action.ROUTE_PRIVATE, Action.BLOCK])
def test_a_placeholder_that_was_typed_is_masked_whatever_the_policy_says(default):
    redacted, pseudonyms, _ = redact_request(says("What is <EMAIL_1>?"), policy(default=default, LITERAL=default))
    assert texts(redacted) == ["What is <LITERAL_1>?"]
    assert pseudonyms.to_dict() == {"<LITERAL_1>": "<EMAIL_1>"}


def test_numbers_follow_the_order_of_appearance():
    request = says("c@x.example.org a@x.example.org", "b@x.example.org c@x.example.org")
    runs = [redact_request(request, policy(SECRET=Action.ALLOW, IBAN=Action.ROUTE_PRIVATE)) for _ in range(3)]
    assert texts(runs[0][0]) == ["<EMAIL_1> <EMAIL_2>", "<EMAIL_3> <EMAIL_1>"]
    assert len({encode_pseudonyms(pseudonyms) for _, pseudonyms, _ in runs}) == 1


def test_two_people_ask_the_same():
    one, two = (redact_request(says(f"Write to {name}@corp.example.org"), MASK)[0] for name in ("alice", "bob"))
    assert one == two


def test_what_a_repeated_key_hides_is_not_sent():
    call = ToolCall(id="c", name="t", arguments=f'{{"to": "{EMAIL}", "to": "nobody"}}')
    redacted, _, _ = redact_request(ChatRequest(turns=(Turn(role=Role.ASSISTANT, blocks=(call,)),)), MASK)
    assert redacted.turns[0].blocks[0].arguments == '{"to": "nobody"}'


def test_an_escaped_value_is_found():
    call = ToolCall(id="c", name="t", arguments='{"to": "bob\\u0040corp.example.org"}')
    redacted, _, _ = redact_request(ChatRequest(turns=(Turn(role=Role.ASSISTANT, blocks=(call,)),)), MASK)
    assert redacted.turns[0].blocks[0].arguments == '{"to": "<EMAIL_1>"}'


def test_images_are_counted_and_not_looked_at():
    request = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Image(url=f"https://host/{EMAIL}"),)),))
    redacted, _, decision = redact_request(request, MASK)
    assert redacted == request
    assert decision.uninspected == 1


@given(
    st.lists(st.sampled_from([EMAIL, CARD, IBAN, "hello ", " and ", "password: ", "<EMAIL_1>", "\n"]), max_size=8),
    st.dictionaries(
        st.sampled_from(["EMAIL", "CREDIT_CARD", "IBAN", "SECRET"]),
        st.sampled_from([Action.ALLOW, Action.MASK, Action.ROUTE_PRIVATE]),
    ),
)
def test_what_is_masked_can_always_be_put_back(pieces, actions):
    text = "".join(pieces)
    redacted, pseudonyms, _ = redact_request(says(text), RedactionPolicy(actions=actions))
    [written] = texts(redacted)
    assert restore(written, pseudonyms.to_dict()).text == text


@pytest.mark.parametrize(
    "request_",
    [says(" " * (MOST_CHARACTERS - 10)), says(*["the same words" * 1000] * (MOST_CHARACTERS // 10_000))],
    ids=["just as much", "the same again, which is searched once"],
)
def test_as_much_text_as_can_be_searched_is_searched(request_):
    redacted, _, decision = redact_request(request_, MASK)
    assert redacted == request_
    assert decision.findings == {}


def test_a_text_to_be_embedded_is_the_same_whatever_is_beside_it():
    texts = (f"Mine is amy@corp.example.org, not {EMAIL}.", f"Yours is {EMAIL}, {EMAIL}.", "Nobody.")
    request = EmbeddingRequest(texts=texts, user=EMAIL, extras={"note": EMAIL})
    redacted, pseudonyms, decision = redact_request(request, MASK)
    assert redacted.texts == ("Mine is <EMAIL_1>, not <EMAIL_2>.", "Yours is <EMAIL_1>, <EMAIL_1>.", "Nobody.")
    assert (redacted.user, redacted.extras) == ("<EMAIL_1>", {"note": "<EMAIL_1>"})
    assert pseudonyms.to_dict() == {}, "nothing leads back from a vector"
    assert (decision.masked, decision.uninspected) == (decision.findings["EMAIL"], 0)
    alone, _, _ = redact_request(EmbeddingRequest(texts=texts[1:2]), MASK)
    assert alone.texts == redacted.texts[1:2]


def test_texts_to_be_embedded_are_judged_like_any_other():
    request = EmbeddingRequest(texts=("hello", CARD))
    _, _, decision = redact_request(request, policy(CREDIT_CARD=Action.ROUTE_PRIVATE))
    assert decision.sensitivity >= Sensitivity.CONFIDENTIAL
    with pytest.raises(ContentBlockedError):
        redact_request(request, policy(CREDIT_CARD=Action.BLOCK))


def test_actions_stand_side_by_side_in_one_request():
    actions = policy(IBAN=Action.HASH, CREDIT_CARD=Action.MASK_IRREVERSIBLY)
    secret = b"s" * 32
    redacted, pseudonyms, decision = redact_request(says(f"{EMAIL} {IBAN} {CARD}"), actions, hash_secret=lambda: secret)
    assert texts(redacted) == [f"<EMAIL_1> {hash_token(secret, 'IBAN', IBAN)} <CREDIT_CARD_1>"]
    assert pseudonyms.to_dict() == {"<EMAIL_1>": EMAIL}
    assert (decision.masked, decision.sensitivity) == (3, Sensitivity.INTERNAL)


def test_types_of_a_policys_own_are_masked_and_put_back():
    lists = Lists.model_validate(
        {"denied_terms": ["Project Falcon"], "detectors": [{"type": "BADGE", "patterns": ["B-[0-9]{6}"]}]}
    )
    text = "B-123456 of project falcon asks for <BADGE_1> and <DENIED_1>"
    redacted, pseudonyms, decision = redact_request(says(text), MASK, lists)
    assert texts(redacted) == ["<BADGE_1> of <DENIED_1> asks for <LITERAL_1> and <LITERAL_2>"]
    assert decision.findings == {"BADGE": 1, "DENIED": 1, "LITERAL": 2}
    assert restore(texts(redacted)[0], pseudonyms.to_dict()).text == text
    flowing = StreamRestorer(pseudonyms.to_dict())
    assert "".join(map(flowing.feed, texts(redacted)[0])) + flowing.flush() == text
    assert redact_request(says(text), MASK)[0] == says(text)


def test_what_the_tenant_allows_is_left():
    lists = Lists(allowed_patterns=("[a-z]{1,20}@corp[.]example[.]org",))
    redacted, _, decision = redact_request(says(f"{EMAIL} and ann@x.example.org"), MASK, lists)
    assert texts(redacted) == [f"{EMAIL} and <EMAIL_1>"]
    assert decision.findings == {"EMAIL": 1}


def test_what_scores_too_little_is_left_and_keeps_the_request_private():
    unsure = RedactionPolicy(thresholds={"EMAIL": 1.0}, doubtful=Handling.ROUTE_PRIVATE)
    redacted, _, decision = redact_request(says(EMAIL), unsure)
    assert texts(redacted) == [EMAIL]
    assert (decision.findings, decision.doubtful) == ({}, {"EMAIL": 1})
    assert (decision.sensitivity, decision.reason) == (Sensitivity.CONFIDENTIAL, "1 that may be EMAIL kept private")


def test_images_are_kept_private_where_the_policy_says_so():
    request = ChatRequest(turns=(Turn(role=Role.USER, blocks=(Image(url="https://host/"),)),))
    _, _, decision = redact_request(request, RedactionPolicy(uninspected=Handling.ROUTE_PRIVATE))
    assert decision.sensitivity is Sensitivity.CONFIDENTIAL
    with pytest.raises(ContentBlockedError):
        redact_request(request, RedactionPolicy(uninspected=Handling.BLOCK))


def turn(text, before, actions=MASK):
    (redacted, pseudonyms, decision), after = redact_turn(says(text), actions, Lists(), bytes, before)
    return texts(redacted)[-1], json.loads(encode_pseudonyms(pseudonyms)), decision, after


def test_a_value_keeps_its_placeholder_through_a_conversation():
    *_, after = turn(f"{EMAIL} and {CARD}", Remembered())
    written, mapping, _, after = turn(f"amy@corp.example.org, {EMAIL}", after)
    assert written == "<EMAIL_2>, <EMAIL_1>"
    assert mapping == {"<EMAIL_2>": "amy@corp.example.org", "<EMAIL_1>": EMAIL}, "of this turn alone"
    assert after.pseudonyms == {"<EMAIL_1>": EMAIL, "<CREDIT_CARD_1>": CARD, "<EMAIL_2>": "amy@corp.example.org"}


def test_a_placeholder_of_an_earlier_turn_that_is_typed_fetches_nothing():
    *_, after = turn(EMAIL, Remembered())
    assert turn("Who is <EMAIL_1>?", after)[:2] == ("Who is <LITERAL_1>?", {"<LITERAL_1>": "<EMAIL_1>"})


def test_a_conversation_stays_where_its_most_sensitive_turn_put_it():
    *_, after = turn(IBAN, Remembered(), policy(IBAN=Action.ROUTE_PRIVATE))
    _, _, decision, after = turn("Thank you.", after)
    assert (decision.sensitivity, decision.reason) == (Sensitivity.CONFIDENTIAL, "confidential by an earlier turn")
    assert after.sensitivity is Sensitivity.CONFIDENTIAL
    *_, after = turn(EMAIL, Remembered())
    assert turn("Thank you.", after)[2].sensitivity is Sensitivity.PUBLIC


def test_a_type_that_no_policy_has_any_more_stays_in_the_conversation():
    written, mapping, _, after = turn(EMAIL, Remembered({"<BADGE_1>": "B-1"}))
    assert (written, mapping) == ("<EMAIL_1>", {"<EMAIL_1>": EMAIL})
    assert after.pseudonyms == {"<BADGE_1>": "B-1", "<EMAIL_1>": EMAIL}


def test_the_model_is_told_of_placeholders_where_there_are_some():
    def first(text, actions=MASK):
        (redacted, _, _), _ = redact_turn(says(text), actions, Lists(), bytes, Remembered())
        return redacted.turns[0].role

    assert first(EMAIL) is first("Who is <EMAIL_1>?") is Role.SYSTEM
    assert first("Nobody.") is first(EMAIL, policy(EMAIL=Action.ROUTE_PRIVATE)) is Role.USER
    assert first(EMAIL, RedactionPolicy(explained=False)) is Role.USER


def test_what_is_written_in_another_script_is_kept_private():
    request = says("Hello", "\u6211\u53eb\u738b\u5c0f\u660e\uff0c\u4f4f\u5728\u5317\u4eac\u3002")
    _, _, decision = redact_request(request, MASK)
    assert decision.sensitivity is Sensitivity.CONFIDENTIAL
    assert decision.reason.endswith("text in Han script kept private")
    allowed = RedactionPolicy(unfamiliar_script=Handling.ALLOW)
    assert redact_request(request, allowed)[2].sensitivity < Sensitivity.CONFIDENTIAL


def beside(*parts):
    """One message of several texts."""
    return ChatRequest(turns=(Turn(role=Role.USER, blocks=tuple(Text(text=part) for part in parts)),))


def parts(request):
    return [block.text for turn in request.turns for block in turn.blocks]


@pytest.mark.parametrize(
    ("sent", "masked", "findings"),
    [
        (["my card is 4111 1111", "1111 1111"], ["my card is <CREDIT_CARD_1>", "<CREDIT_CARD_2>"], {"CREDIT_CARD": 1}),
        (["4111 1111 11", "11 1111, thanks"], ["<CREDIT_CARD_1>", "<CREDIT_CARD_2>, thanks"], {"CREDIT_CARD": 1}),
        (["4111 1111", " ", "1111 1111"], ["<CREDIT_CARD_1>", " ", "<CREDIT_CARD_2>"], {"CREDIT_CARD": 1}),
        (["4111 1111", " 1111 1111"], ["<CREDIT_CARD_1>", " <CREDIT_CARD_2>"], {"CREDIT_CARD": 1}),
        (["The password is", "hunter2xY!9"], ["The password is", "<PASSWORD_1>"], {"PASSWORD": 1}),
        (["My SSN is 536-", "22-8726"], ["My SSN is <US_SSN_1>", "<US_SSN_2>"], {"US_SSN": 1}),
        (["The password is: ", "hunter2xY!9"], ["The password is: ", "<PASSWORD_1>"], {"PASSWORD": 1}),
        # Near misses: no value goes on, or not in this message; nor is a word part of what stands beside it.
        (["Mail from", EMAIL, "Compare."], ["Mail from", "<EMAIL_1>", "Compare."], {"EMAIL": 1}),
        (["Dear", "John Smith", "and others"], ["Dear", "<PERSON_1>", "and others"], {"PERSON": 1}),
        (["The order is 4111 1111", "1111 1112"], None, {}),
        (["The order is 4111 1111. ", "1111 1111"], None, {}),
        (["Total 12", "34 items"], None, {}),
        (["Hello there.", "How are you?"], None, {}),
        (["", ""], None, {}),
        ([" ", "4111 1111", "\n"], None, {}),
    ],
)
def test_what_is_split_between_the_texts_of_a_message_is_found(sent, masked, findings):
    redacted, pseudonyms, decision = redact_request(beside(*sent), MASK)
    assert parts(redacted) == (masked or sent)
    assert decision.findings == findings
    assert [restore(part, pseudonyms.to_dict()).text for part in parts(redacted)] == sent


@given(st.sampled_from([CARD, IBAN, EMAIL, "+1 415 555 2671", "AKIAIOSFODNN7EXAMPLE"]), st.data())
@settings(max_examples=60)
def test_wherever_a_value_is_split_nothing_of_it_is_left(value, data):
    pieces = data.draw(cut(value, least=1, most=3))
    pieces = [f"It is {pieces[0]}", *pieces[1:-1], f"{pieces[-1]} as you know"]
    redacted, pseudonyms, _ = redact_request(beside(*pieces), MASK)
    left = "".join(re.sub(r"<[A-Z_]+_[0-9]+>", "", part) for part in parts(redacted))
    if value == EMAIL:  # what is an address without its first letters is found by itself
        assert "@" not in left
    else:
        assert left.split() == ["It", "is", "as", "you", "know"]
    assert [restore(part, pseudonyms.to_dict()).text for part in parts(redacted)] == pieces


def test_what_is_split_in_the_result_of_a_tool_is_found():
    result = ToolResult(tool_call_id="c1", content=(Text(text="card 4111 1111"), Text(text="1111 1111")))
    redacted, _, _ = redact_request(ChatRequest(turns=(Turn(role=Role.TOOL, blocks=(result,)),)), MASK)
    assert [each.text for each in redacted.turns[0].blocks[0].content] == ["card <CREDIT_CARD_1>", "<CREDIT_CARD_2>"]


def test_what_is_split_is_judged_as_it_would_be_in_one_text():
    request = beside("my card is 4111 1111", "1111 1111")
    with pytest.raises(ContentBlockedError, match="CREDIT_CARD"):
        redact_request(request, policy(CREDIT_CARD=Action.BLOCK))
    redacted, _, decision = redact_request(request, policy(CREDIT_CARD=Action.ROUTE_PRIVATE))
    assert (redacted, decision.sensitivity) == (request, Sensitivity.CONFIDENTIAL)


def test_messages_are_not_read_as_one():
    request = says("my card is 4111 1111", "1111 1111")
    assert redact_request(request, MASK)[0] == request


def test_one_text_in_a_message_is_searched_once(monkeypatch):
    searched = []
    find = Search.find
    monkeypatch.setattr(Search, "find", lambda self, text: searched.append(text) or find(self, text))
    redact_request(says(f"I am {EMAIL}", "and so on"), MASK)
    assert sorted(searched) == ["I am bob@corp.example.org", "and so on"]


def test_a_placeholder_that_is_typed_in_two_texts_fetches_nothing():
    redacted, _, _ = redact_request(beside(f"I am {EMAIL}, <EMAIL", "_1> is", "who?"), MASK)
    assert "<EMAIL" not in parts(redacted)[0].replace("<EMAIL_1>", "", 1)


def with_tools(**tool):
    return ChatRequest(
        turns=(Turn(role=Role.USER, blocks=(Text(text="Go on."),)),), tools=(Tool(**{"name": "find", **tool}),)
    )


NAMED = [
    (with_tools(name="charge_4111_1111_1111_1111"), "CREDIT_CARD"),
    (with_tools(name="pay_DE89370400440532013000"), "IBAN"),
    (with_tools(parameters={"type": "object", "properties": {EMAIL: {"type": "string"}}}), "EMAIL"),
    (with_tools(parameters={"type": "object", "required": [EMAIL]}), "EMAIL"),
    (with_tools(name="ghp_a1B2c3D4e5a1B2c3D4e5a1B2c3D4e5abcdef"), "SECRET"),
    (with_tools(parameters={"properties": {"k": {"pattern": "AKIAIOSFODNN7EXAMPLE"}}}), "SECRET"),
    (
        ChatRequest(turns=(Turn(role=Role.TOOL, blocks=(ToolResult(tool_call_id=EMAIL, content=()),)),)),
        "EMAIL",
    ),
]


@pytest.mark.parametrize(("request_", "type_"), NAMED)
def test_what_is_in_a_name_that_cannot_be_masked_is_refused_or_kept_private(request_, type_):
    with pytest.raises(ContentBlockedError, match=type_):
        redact_request(request_, policy(**{type_: Action.BLOCK}))
    for kept in (
        policy(**{type_: Action.ROUTE_PRIVATE}),
        RedactionPolicy(private=(type_,)),
    ):
        redacted, _, decision = redact_request(request_, kept)
        assert (redacted, decision.findings, decision.masked) == (request_, {type_: 1}, 0)
        assert decision.sensitivity == Sensitivity.CONFIDENTIAL


@pytest.mark.parametrize(("request_", "type_"), NAMED)
def test_what_is_to_be_masked_stays_in_a_name_and_is_not_called_masked(request_, type_):
    redacted, _, decision = redact_request(request_, MASK)
    assert (redacted, decision.findings, decision.masked) == (request_, {}, 0)


def test_what_a_schema_says_in_words_is_counted_once():
    request = with_tools(parameters={"properties": {"to": {"description": f"such as {EMAIL}"}}})
    _, _, decision = redact_request(request, policy(EMAIL=Action.ROUTE_PRIVATE))
    assert decision.findings == {"EMAIL": 1}


@given(st.uuids(), st.integers(0, 2**128))
@settings(max_examples=100)
def test_ids_that_were_drawn_are_no_reason_to_refuse_a_request(uuid, number):
    ids = (str(uuid), f"call_{uuid.hex[:24]}", f"toolu_01{number:x}"[:30])
    calls = tuple(ToolCall(id=each, name="find", arguments="{}") for each in ids)
    request = ChatRequest(turns=(Turn(role=Role.ASSISTANT, blocks=calls),))
    redacted, _, _ = redact_request(request, policy(default=Action.BLOCK))
    assert redacted == request


UNSURE = RedactionPolicy(thresholds={"EMAIL": 1.0}, second_opinion=SecondOpinion.ON)


def advised(request, actions=UNSURE, words=(EMAIL,), **more):
    """What an oracle that sees these e-mail addresses makes of it, and the pages that it was shown."""
    oracle = Oracle(dict.fromkeys(words, "EMAIL"))
    redacted, pseudonyms, decision = redact_request(
        request, actions, consultation=Consultation(lambda: oracle, actions), **more
    )
    return redacted, pseudonyms, decision, [page for page, _ in oracle.pages]


def test_a_second_opinion_masks_what_it_confirms():
    redacted, pseudonyms, decision, pages = advised(says(f"Write to {EMAIL}.", "Hello"))
    assert texts(redacted) == ["Write to <EMAIL_1>.", "Hello"]
    assert pseudonyms.to_dict() == {"<EMAIL_1>": EMAIL}
    assert (decision.findings, decision.doubtful, decision.masked) == ({"EMAIL": 1}, {}, 1)
    assert (decision.opinion.confirmed, decision.opinion.cost) == (1, 300)
    assert pages == [f"Write to {EMAIL}."]


def test_a_second_opinion_takes_a_doubt_away():
    strict = UNSURE.model_copy(update={"doubtful": Handling.ROUTE_PRIVATE})
    redacted, _, decision, _ = advised(says(EMAIL), strict, words=())
    assert texts(redacted) == [EMAIL]
    assert (decision.sensitivity, decision.doubtful) == (Sensitivity.PUBLIC, {})
    assert decision.opinion.dismissed == 1


def test_what_nothing_is_unsure_in_is_shown_to_nobody():
    for request in (says("Hello"), says(f"My card is {CARD}.")):
        _, _, decision, pages = advised(request)
        assert (decision.opinion, pages) == (None, [])


@pytest.mark.parametrize(
    "wall",
    [
        {"minimum": Sensitivity.CONFIDENTIAL},
        {"actions": {"CREDIT_CARD": Action.ROUTE_PRIVATE}},
        {"private": ("CREDIT_CARD",)},
    ],
)
def test_what_stays_on_private_models_is_shown_to_nobody(wall):
    _, _, decision, pages = advised(says(f"{EMAIL}, {CARD}"), UNSURE.model_copy(update=wall))
    assert decision.sensitivity is Sensitivity.CONFIDENTIAL
    assert (decision.opinion, decision.doubtful, pages) == (None, {"EMAIL": 1}, [])


def test_a_conversation_that_stays_on_private_models_is_shown_to_nobody():
    _, _, decision, pages = advised(says(EMAIL), remembered=Remembered(sensitivity=Sensitivity.CONFIDENTIAL))
    assert (decision.opinion, pages) == (None, [])


def test_text_in_an_unfamiliar_script_is_shown_to_nobody():
    _, _, decision, pages = advised(says(EMAIL, "Иван Петров пишет нам"))
    assert (decision.opinion, pages) == (None, [])


def test_what_is_refused_is_shown_to_nobody():
    asked = []
    blocks = UNSURE.model_copy(update={"actions": {"CREDIT_CARD": Action.BLOCK}})
    with pytest.raises(ContentBlockedError):
        redact_request(says(f"{EMAIL}, {CARD}"), blocks, consultation=Consultation(lambda: asked.append(1), blocks))
    assert asked == []


def test_a_second_opinion_may_find_what_is_refused():
    blocks = UNSURE.model_copy(update={"actions": {"AGE": Action.BLOCK}})
    consultation = Consultation(lambda: Oracle({"a score": "AGE"}), blocks)
    with pytest.raises(ContentBlockedError) as blocked:
        redact_request(says(f"{EMAIL} is a score"), blocks, consultation=consultation)
    assert blocked.value.details == {"types": ["AGE"]}
    assert consultation.opinion.cost == 300


def test_a_doubt_that_would_be_refused_is_asked_about_first():
    refuses = UNSURE.model_copy(update={"doubtful": Handling.BLOCK})
    redacted, _, _, _ = advised(says(EMAIL), refuses)
    assert texts(redacted) == ["<EMAIL_1>"]


def test_a_second_opinion_is_on_texts_to_be_embedded_and_on_thoughts_too():
    redacted, _, _, _ = advised(EmbeddingRequest(texts=(f"Write to {EMAIL}.", EMAIL)))
    assert redacted.texts == ("Write to <EMAIL_1>.", "<EMAIL_1>")
    seal = Reasoning(text=f"It is {EMAIL} or <EMAIL_1>.", signature="c2ln")
    redacted, _, decision, _ = advised(thinks(seal))
    assert redacted == thinks(Reasoning(text="It is <EMAIL_1> or <LITERAL_1>."))
    assert decision.findings == {"EMAIL": 1}
    kept, _, _, _ = advised(thinks(seal), words=())
    assert kept == thinks(seal)


@settings(max_examples=50)
@given(st.lists(st.text(max_size=60), max_size=4), st.booleans())
def test_no_text_is_too_strange_for_a_second_opinion(strange, sees):
    request = says(*(f"{text} {EMAIL} {text}" for text in strange))
    redacted, pseudonyms, _, pages = advised(request, words=(EMAIL,) if sees else ())
    assert sum(map(len, pages)) <= sum(len(text) + 2 for text in texts(request))
    back = [restore(text, pseudonyms.to_dict()).text for text in texts(redacted)]
    assert back == texts(request)
