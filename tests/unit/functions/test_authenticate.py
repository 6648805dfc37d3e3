"""functions/authenticate: a REQUEST authorizer, as API Gateway calls it."""

import pytest

from bench.samples import API_KEY
from sallyport.administration import revoke_key
from sallyport.errors import StoreUnavailableError


@pytest.mark.parametrize("case", ["bearer", "x_api_key"])
def test_a_good_key_opens_the_stage_and_names_its_caller(case, invoke):
    answer = invoke(f"authenticate/{case}")
    assert answer["context"] == {"tenant": "acme", "project": "fraud", "key_id": "sample000001", "user": "agent-7"}
    [statement] = answer["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Resource"].endswith(":sample0api/dev/*/*")


@pytest.mark.parametrize("case", ["no_key", "malformed_key", "unknown_key"])
def test_every_bad_key_fails_with_the_one_text_that_means_401(case, invoke, log):
    with pytest.raises(Exception, match=r"^Unauthorized$") as refused:
        invoke(f"authenticate/{case}")
    assert type(refused.value).__name__ == "Unauthorized"
    assert refused.value.__suppress_context__
    assert API_KEY not in log.text


def test_a_revoked_key_is_a_bad_key(invoke, services):
    revoke_key(services.backend.records("keys"), "sample000001", 1.0)
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        invoke("authenticate/bearer")


def test_no_headers_at_all_are_no_key(invoke):
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        invoke("authenticate/bearer", headers=None)


def test_a_store_that_is_down_is_not_401(invoke, services):
    services.backend.close()
    with pytest.raises(StoreUnavailableError):
        invoke("authenticate/bearer")


def test_no_key_is_logged(invoke, log):
    invoke("authenticate/bearer")
    assert log.lines[-1]["message"] == "authenticated"
    assert API_KEY not in log.text
    assert API_KEY[16:] not in log.text
