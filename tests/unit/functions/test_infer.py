"""functions/infer: one attempt at the best target left."""

import pytest

from sallyport.contracts import Answered, Purpose
from sallyport.conversation import ChatAnswer
from sallyport.embedding import EmbeddingAnswer, EmbeddingRequest
from sallyport.errors import DeadlineExceededError, NoPrivateTargetError, VaultUnavailableError
from sallyport.routing import packaged_table
from tests.unit.doubles import a_plan


def test_an_answer_is_sealed_and_its_decision_is_not(invoke, services, log):
    answered = Answered.model_validate(invoke("infer/simulated"))
    answer = ChatAnswer.model_validate_json(services.vault.open(answered.answer, "acme", Purpose.ANSWER))
    said = answer.choices[0].blocks[0].text
    assert "Simulated answer" in said
    assert "<EMAIL_1>" in said
    assert (answered.decision.target, answered.decision.model) == ("simulated", "simulated-1")
    assert said not in log.text


def test_what_failed_is_not_tried_again(invoke):
    assert invoke("infer/second_target")["decision"]["target"] == "simulated-backup"


@pytest.mark.parametrize(
    ("case", "error"), [("no_private_target", NoPrivateTargetError), ("too_late", DeadlineExceededError)]
)
def test_refuses_rather_than_downgrade_or_start_too_late(case, error, invoke):
    with pytest.raises(error):
        invoke(f"infer/{case}")


def test_what_the_client_sent_is_not_what_the_model_gets(invoke, services):
    """Content that was not redacted is sealed for another purpose, which infer does not open."""
    with pytest.raises(VaultUnavailableError):
        invoke("infer/simulated", content={"sealed_in": "content/acme/sample-fraud"})


def test_no_model_is_asked_for_what_could_not_be_sealed(invoke, services, monkeypatch):
    asked = []

    def refuse(tenant, purpose):
        raise VaultUnavailableError("The key service is out of reach.")

    monkeypatch.setattr(services.vault, "prepare", refuse)
    monkeypatch.setattr(services.providers, "get", asked.append)
    with pytest.raises(VaultUnavailableError):
        invoke("infer/simulated")
    assert asked == []


def test_vectors_are_sealed_like_any_answer(invoke, services, log):
    request = EmbeddingRequest(texts=("a", "b"), dimensions=4)
    sealed = services.vault.seal(request.model_dump_json().encode(), "acme", Purpose.REDACTED, name="r")
    route = a_plan(packaged_table(), "demo-embedding").to_json()
    answered = Answered.model_validate(invoke("infer/simulated", content=sealed.to_json(), route=route))
    answer = EmbeddingAnswer.model_validate_json(services.vault.open(answered.answer, "acme", Purpose.ANSWER))
    assert len(answer.vectors) == 2
    assert (answered.decision.target, answered.decision.stop_reason) == ("simulated-embedding", "end")
    assert answer.vectors[0] not in log.text
