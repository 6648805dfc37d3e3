"""functions/authorize: a ticket in, an authorization with its reservation out."""

import pytest

from sallyport.contracts import Authorization
from sallyport.errors import InternalError, InvalidRequestError, ModelNotFoundError, RateLimitedError
from tests.unit.doubles import CANARY


def test_an_allowed_request_holds_its_limits(invoke, services):
    authorization = Authorization.model_validate(invoke("authorize/demo"))
    assert authorization.max_tokens == 256
    assert [target.name for target in authorization.route.targets] == ["simulated", "simulated-backup"]
    for hold in authorization.reservation.holds:
        assert services.backend.ledger.taken(hold.scope) == hold.amount


def test_the_same_request_again_is_reserved_once(invoke, services):
    first, second = (Authorization.model_validate(invoke("authorize/demo")) for _ in range(2))
    [requests, _] = second.reservation.holds
    assert first == second
    assert services.backend.ledger.taken(requests.scope) == 1


@pytest.mark.parametrize(
    ("case", "error"), [("unknown_model", ModelNotFoundError), ("over_max_tokens", InvalidRequestError)]
)
def test_what_is_not_allowed_is_refused(case, error, invoke):
    with pytest.raises(error):
        invoke(f"authorize/{case}")


def test_a_used_up_limit_is_refused_with_a_wait(invoke, services):
    limits = [{"per": "minute", "requests": 1}]
    services.backend.records("configuration").put("policy", "tenant/acme", {"limits": limits})
    invoke("authorize/demo")
    with pytest.raises(RateLimitedError) as refused:
        invoke("authorize/demo", request_id="req_another_one")
    assert refused.value.retry_after is not None


def test_what_is_no_ticket_is_a_bug_without_an_echo(invoke, log):
    with pytest.raises(InternalError) as raised:
        invoke("authorize/demo", prompt=CANARY)
    assert CANARY not in str(raised.value) + log.text
