"""functions/redact: sealed content in; redacted content, sealed pseudonyms and a decision out."""

import json
import re
from types import MappingProxyType

import pytest

from sallyport.administration import put_policy
from sallyport.contracts import Purpose, Redaction, Sealed
from sallyport.conversation import ChatRequest
from sallyport.embedding import EmbeddingRequest
from sallyport.errors import ContentBlockedError, RedactionFailedError, StoreUnavailableError, VaultUnavailableError
from sallyport.policy import Policy
from tests.unit.doubles import CANARY, Oracle


def opened(services, sealed, purpose):
    return services.vault.open(sealed, "acme", purpose)


def originals(services):
    blob = services.backend.content.get("content/acme/sample-fraud")
    return ChatRequest.model_validate_json(services.vault.open_bytes(blob, "acme", Purpose.CONTENT))


def test_what_goes_on_has_no_personal_data_and_can_be_put_back(invoke, services, log):
    redaction = Redaction.model_validate(invoke("redact/fraud"))
    mapping = json.loads(opened(services, redaction.pseudonyms, Purpose.PSEUDONYMS))
    content = opened(services, redaction.content, Purpose.REDACTED).decode()
    assert redaction.decision.findings == {"CREDIT_CARD": 1, "EMAIL": 1, "IBAN": 1, "PHONE": 1}
    assert set(mapping) == {"<CREDIT_CARD_1>", "<EMAIL_1>", "<IBAN_1>", "<PHONE_1>"}
    for placeholder, value in mapping.items():
        assert placeholder in content
        assert value not in content
        assert value not in log.text
        assert value not in redaction.model_dump_json()
        assert value in originals(services).model_dump_json()


def test_what_was_sealed_for_one_purpose_does_not_open_for_another(invoke, services):
    redaction = Redaction.model_validate(invoke("redact/fraud"))
    with pytest.raises(VaultUnavailableError):
        opened(services, redaction.pseudonyms, Purpose.REDACTED)


def test_blocked_content_goes_nowhere_and_is_named_by_its_type(invoke, log):
    with pytest.raises(ContentBlockedError) as blocked:
        invoke("redact/blocked_card")
    assert blocked.value.details == {"types": ["CREDIT_CARD"]}
    assert "4111" not in str(blocked.value) + log.text


def test_content_that_is_gone_says_so(invoke):
    with pytest.raises(VaultUnavailableError, match="gone"):
        invoke("redact/content_gone")


@pytest.mark.parametrize("content", [b"", b"{}", CANARY.encode(), b'{"turns": [{"role": "user", "text": "x"}]}'])
def test_content_that_cannot_be_read_goes_nowhere(content, invoke, services, log):
    sealed = services.vault.seal(content, "acme", Purpose.CONTENT, name="r")
    with pytest.raises(RedactionFailedError) as failed:
        invoke("redact/fraud", content=sealed.to_json())
    assert failed.value.retry_after == 5.0
    assert CANARY not in str(failed.value) + log.text


def test_a_bug_in_the_engine_stops_the_request(invoke, monkeypatch, log):
    def fail(*_, **__):
        raise ValueError(CANARY)

    monkeypatch.setattr("sallyport.redaction.search.candidates", fail)
    with pytest.raises(RedactionFailedError) as failed:
        invoke("redact/fraud")
    assert CANARY not in str(failed.value) + log.text


def test_another_tenants_content_does_not_open(invoke):
    caller = {"tenant": "globex", "project": "fraud", "key_id": "k1"}
    with pytest.raises(VaultUnavailableError):
        invoke("redact/fraud", caller=caller, content=Sealed(sealed_in="content/acme/sample-fraud").to_json())


def test_texts_to_be_embedded_are_redacted_too(invoke, services):
    request = EmbeddingRequest(texts=("Write to ada@example.com.",))
    sealed = services.vault.seal(request.model_dump_json().encode(), "acme", Purpose.CONTENT, name="r")
    redaction = Redaction.model_validate(invoke("redact/fraud", content=sealed.to_json()))
    content = opened(services, redaction.content, Purpose.REDACTED)
    assert EmbeddingRequest.model_validate_json(content).texts == ("Write to <EMAIL_1>.",)
    assert json.loads(opened(services, redaction.pseudonyms, Purpose.PSEUDONYMS)) == {}


def test_a_policys_own_lists_are_read_where_they_are_kept(invoke, services):
    put_policy(services.backend.records("configuration"), Policy(denied_terms=("then a refund",)), tenant="acme")
    without = Redaction.model_validate(invoke("redact/fraud"))
    redaction = Redaction.model_validate(invoke("redact/fraud", redaction={"lists": True}))
    assert "DENIED" not in without.decision.findings
    assert redaction.decision.findings["DENIED"] >= 1
    assert "<DENIED_1>" in json.loads(opened(services, redaction.pseudonyms, Purpose.PSEUDONYMS))


def test_lists_that_cannot_be_read_let_nothing_pass(invoke, services, monkeypatch):
    def fail(*_, **__):
        raise StoreUnavailableError("The records are out of reach.", retry_after=2.0)

    monkeypatch.setattr(services.configuration, "policies", fail)
    with pytest.raises(StoreUnavailableError):
        invoke("redact/fraud", redaction={"lists": True})


def test_a_hashed_value_is_the_same_in_every_request_of_its_tenant(invoke, services):
    policy = {"actions": {"EMAIL": "hash"}}
    first, second = (Redaction.model_validate(invoke("redact/fraud", redaction=policy)) for _ in range(2))
    tokens = [
        re.findall(r"<EMAIL#[a-p]{16}>", opened(services, each.content, Purpose.REDACTED).decode())
        for each in (first, second)
    ]
    assert tokens[0] == tokens[1] != []
    assert "<EMAIL_1>" not in json.loads(opened(services, first.pseudonyms, Purpose.PSEUDONYMS))


@pytest.fixture
def advised(invoke, services):
    """A text with an address of which the engine is unsure, by a policy that wants a second opinion."""
    request = EmbeddingRequest(texts=("Write to ada@example.com for a refund.",))
    sealed = services.vault.seal(request.model_dump_json().encode(), "acme", Purpose.CONTENT, name="r")

    def advised(policy=MappingProxyType({}), **changes):
        wanted = {"thresholds": {"EMAIL": 1.0}, "second_opinion": "on", **policy}
        return invoke("redact/fraud", content=sealed.to_json(), redaction=wanted, **changes)["decision"]

    return advised


def test_nobody_is_asked_unless_the_policy_wants_it_and_something_is_unsure(advised, services, monkeypatch):
    def refuse(_):
        raise AssertionError("asked")

    monkeypatch.setattr(type(services.backend), "adviser", property(refuse))
    assert "opinion" not in advised({"second_opinion": "off"})
    assert "opinion" not in advised({"thresholds": {}})
    with pytest.raises(RedactionFailedError):
        advised()


def test_a_second_opinion_stands_in_the_decision_and_not_in_the_log(advised, services, monkeypatch, log):
    oracle = Oracle({"ada@example.com": "EMAIL"})
    monkeypatch.setattr(type(services.backend), "adviser", oracle)
    decision = advised()
    assert (decision["opinion"]["confirmed"], decision["opinion"]["cost"]) == (1, 300)
    assert decision["findings"] == {"EMAIL": 1}
    assert oracle.pages == [("Write to ada@example.com for a refund.", "en")]
    assert "second opinion" in log.text
    assert not any(word in log.text for word in ("ada@", "refund"))


def test_where_nobody_is_set_up_what_is_unsure_is_masked(advised):
    decision = advised()
    assert decision["findings"] == {"EMAIL": 1}
    assert (decision["opinion"]["as_found"], decision["opinion"]["reason"]) == (True, "no second opinion is set up")


def test_a_deadline_that_is_near_leaves_no_time_to_ask(advised, services, monkeypatch):
    oracle = Oracle()
    monkeypatch.setattr(type(services.backend), "adviser", oracle)
    decision = advised(deadline=services.now() + 5)
    assert ("too little time" in decision["opinion"]["reason"], oracle.pages) == (True, [])


def test_what_is_refused_after_it_says_what_it_cost(advised, services, monkeypatch):
    monkeypatch.setattr(type(services.backend), "adviser", Oracle({"refund": "AGE"}))
    with pytest.raises(ContentBlockedError) as blocked:
        advised({"actions": {"AGE": "block"}})
    assert blocked.value.details["opinion"]["cost"] == 300
