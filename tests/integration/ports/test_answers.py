"""sallyport.idempotency on both backends: of many who ask the same at once, one answers."""

import time

import pytest

from sallyport.contracts import ChatEnd, Sealed
from sallyport.errors import InFlightError, SallyportError
from sallyport.idempotency import Answers, Asked, Claim
from tests.unit.doubles import CALLER, a_ticket

CALLERS, ROUNDS = 16, 5
END = ChatEnd(ticket=a_ticket(), pseudonyms=Sealed(sealed="cHM="), answer=Sealed(sealed="YW5z"))


@pytest.fixture
def answers(backend):
    return Answers(backend.records("answers"), backend.cache_macs)


def asked(number=0, *, ago=0.0):
    now = time.time() - ago
    return Asked(f"req_{number:08}", CALLER, "/v1/messages", b"{}", now, now + 60)


@pytest.mark.parametrize("before", ["nothing", "freed", "dead"])
def test_of_many_at_once_one_answers_and_the_others_wait(before, answers, at_once):
    for turn in range(ROUNDS):
        if before != "nothing":
            left = answers.under_key(f"key-{turn}", asked(ago=0 if before == "freed" else 100))
            if before == "freed":
                left.free()

        def ask(number, key=f"key-{turn}"):
            try:
                return answers.under_key(key, asked(number))
            except SallyportError as error:
                return error

        got = at_once(ask, range(CALLERS))
        claims = [each for each in got if isinstance(each, Claim)]
        assert len(claims) == 1
        assert sum(isinstance(each, InFlightError) for each in got) == CALLERS - 1
        claims[0].keep(END)
        assert at_once(ask, range(4)) == [END] * 4


def test_of_many_retries_at_once_one_answers(answers, at_once):
    def ask(number):
        try:
            return answers.of_retry(asked(number))
        except InFlightError as error:
            return error

    got = at_once(ask, range(CALLERS))
    assert sum(isinstance(each, Claim) for each in got) == 1
