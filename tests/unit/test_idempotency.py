"""sallyport.idempotency: who may answer a request, who waits, and who gets what was answered before."""

import pytest

from sallyport.contracts import Caller, ChatEnd, Sealed
from sallyport.errors import InFlightError, KeyReusedError
from sallyport.idempotency import KEPT_SECONDS, MARGIN_SECONDS, TRACE_SECONDS, Answers, Asked, Claim
from tests.unit.doubles import CALLER, CANARY, MemoryRecords, Pepper, a_ticket

NOW, DEADLINE = 1000.0, 1060.0
KEY = "order-17"
END = ChatEnd(
    ticket=a_ticket(), pseudonyms=Sealed(sealed="cHM="), answer=Sealed(sealed="YW5z"), content=Sealed(sealed="Y28=")
)
KEPT = END.model_copy(update={"content": None})


def asked(body=b'{"a": 1}', *, now=NOW, path="/v1/messages", caller=CALLER, request_id="req_12345678"):
    return Asked(request_id, caller, path, body, now, now + (DEADLINE - NOW))


@pytest.fixture
def records():
    return MemoryRecords()


@pytest.fixture
def answers(records):
    return Answers(records, Pepper())


def test_the_first_answers_and_whoever_asks_again_gets_the_same(answers):
    answers.under_key(KEY, asked()).keep(END)
    assert [answers.under_key(KEY, asked(now=NOW + later)) for later in (0, 1, KEPT_SECONDS)] == [KEPT] * 3


def test_content_is_kept_where_it_is_the_answer(answers):
    """Of texts to anonymize: no model was asked."""
    anonymized = END.model_copy(update={"answer": None})
    answers.under_key(KEY, asked()).keep(anonymized)
    assert answers.under_key(KEY, asked()) == anonymized


def test_while_it_is_under_way_nobody_else_answers(answers):
    assert isinstance(answers.under_key(KEY, asked()), Claim)
    for _ in range(3):
        with pytest.raises(InFlightError):
            answers.under_key(KEY, asked())


@pytest.mark.parametrize(("later", "wait"), [(0, 1), (0.4, 1), (7, 7), (40, 30), (74, 1), (70, 5)])
def test_the_wait_is_as_long_again_as_it_has_taken_within_bounds(later, wait, answers):
    answers.under_key(KEY, asked())
    with pytest.raises(InFlightError) as busy:
        answers.under_key(KEY, asked(now=NOW + later))
    assert busy.value.retry_after == wait


@pytest.mark.parametrize("other", [{"body": b'{"a":1}'}, {"body": b""}, {"path": "/v1/responses"}])
@pytest.mark.parametrize("answered", [True, False])
def test_a_key_belongs_to_one_request(other, answered, answers):
    claim = answers.under_key(KEY, asked())
    if answered:
        claim.keep(END)
    with pytest.raises(KeyReusedError) as refused:
        answers.under_key(KEY, asked(**other))
    assert refused.value.details == {"param": "Idempotency-Key"}


def test_where_the_path_ends_is_no_matter_of_interpretation(answers):
    answers.under_key(KEY, asked(b"a", path="/v1/x"))
    with pytest.raises(KeyReusedError):
        answers.under_key(KEY, asked(b"", path="/v1/x\na"))


@pytest.mark.parametrize("body", [b'{"a": 1}', b"another"])
def test_what_failed_may_be_asked_again_also_in_other_words(body, answers):
    answers.under_key(KEY, asked()).free()
    assert isinstance(answers.under_key(KEY, asked(body)), Claim)


@pytest.mark.parametrize("body", [b'{"a": 1}', b"another"])
def test_whoever_died_holds_a_key_no_longer_than_its_deadline_and_a_margin(body, answers):
    answers.under_key(KEY, asked())
    end = DEADLINE + MARGIN_SECONDS
    with pytest.raises((InFlightError, KeyReusedError)):
        answers.under_key(KEY, asked(body, now=end - 0.1))
    claim = answers.under_key(KEY, asked(body, now=end))
    with pytest.raises(InFlightError):
        answers.under_key(KEY, asked(body, now=end))
    claim.keep(END)
    assert answers.under_key(KEY, asked(body, now=end + 1)) == KEPT


def test_whoever_was_taken_for_dead_changes_nothing_any_more(answers):
    late = answers.under_key(KEY, asked())
    later = NOW + 100
    current = answers.under_key(KEY, asked(now=later))
    late.keep(END)
    late.free()
    with pytest.raises(InFlightError):
        answers.under_key(KEY, asked(now=later))
    current.free()
    assert isinstance(answers.under_key(KEY, asked(now=later)), Claim)


@pytest.mark.parametrize(
    "other",
    [{"tenant": "other"}, {"project": "other"}, {"key_id": "other"}, {"user": "ann"}, {"user": "key"}],
)
def test_a_key_is_its_callers_own(other, answers):
    answers.under_key(KEY, asked()).keep(END)
    caller = Caller.model_validate(CALLER.model_dump() | other)
    assert isinstance(answers.under_key(KEY, asked(caller=caller)), Claim)
    assert isinstance(answers.of_retry(asked(caller=caller)), Claim)


def test_neither_key_nor_body_can_be_read_where_they_are_stored(answers, records):
    answers.under_key(CANARY, asked(CANARY.encode())).keep(END)
    answers.of_new(asked(CANARY.encode())).keep(END)
    stored = str(records.rows)
    assert len(records.rows) == 2
    assert CANARY not in stored
    assert "canary" not in stored


def test_of_many_who_come_before_each_other_one_waits_rather_than_ask_twice(answers, records, monkeypatch):
    """Whoever reads sees what has ended by then, and whoever writes finds that another has written."""
    monkeypatch.setattr(records, "put", lambda *_, **__: False)
    with pytest.raises(InFlightError):
        answers.under_key(KEY, asked())
    assert answers.of_new(asked()) is None
    assert answers.of_retry(asked()) is None


def test_an_sdks_retry_gets_what_its_request_got(answers):
    answers.of_new(asked()).keep(END)
    assert answers.of_retry(asked(now=NOW + 5)) == KEPT


def test_an_sdks_retry_waits_while_its_request_is_under_way(answers):
    answers.of_new(asked())
    with pytest.raises(InFlightError):
        answers.of_retry(asked(now=NOW + 30))


@pytest.mark.parametrize("before", ["freed", "dead", "never seen"])
def test_an_sdks_retry_is_answered_when_nobody_does(before, answers):
    if before != "never seen":
        claim = answers.of_new(asked())
        if before == "freed":
            claim.free()
    later = NOW + (100 if before == "dead" else 1)
    assert isinstance(answers.of_retry(asked(now=later)), Claim)
    with pytest.raises(InFlightError):
        answers.of_retry(asked(now=later))


def test_a_new_request_is_answered_anew_and_its_retry_gets_the_newest(answers):
    answers.of_new(asked()).keep(END)
    claim = answers.of_new(asked(now=NOW + 1))
    with pytest.raises(InFlightError):
        answers.of_retry(asked(now=NOW + 2))
    newer = KEPT.model_copy(update={"ticket": a_ticket(request_id="req_newer_one")})
    claim.keep(newer)
    assert answers.of_retry(asked(now=NOW + 3)) == newer


def test_of_the_same_question_asked_at_once_no_retry_is_taken_for_another(answers):
    """As an application does that wants several answers: each is to be its own."""
    first = answers.of_new(asked())
    assert answers.of_new(asked()) is None
    first.keep(END)
    assert answers.of_retry(asked(now=NOW + 5)) is None
    assert isinstance(answers.of_retry(asked(now=NOW + 100)), Claim)


def test_other_bodies_and_keys_have_nothing_to_do_with_a_retry(answers):
    answers.of_new(asked()).keep(END)
    assert isinstance(answers.of_retry(asked(b"another")), Claim)
    assert isinstance(answers.under_key("retry", asked()), Claim)


def test_entries_end(answers, records, monkeypatch):
    ends = []
    put = records.put

    def spy(*args, expires_at, **named):
        ends.append(expires_at)
        return put(*args, **named)

    monkeypatch.setattr(records, "put", spy)
    answers.under_key(KEY, asked()).keep(END)
    answers.of_new(asked()).keep(END)
    assert ends == [NOW + KEPT_SECONDS] * 2 + [DEADLINE + TRACE_SECONDS] * 2
