"""sallyport.administration: what an operator does, and what it takes to undo it."""

import pytest

from sallyport.administration import create_key, list_keys, policies, put_policy, revoke_key
from sallyport.configuration import Configuration
from sallyport.contracts import Caller
from sallyport.errors import InvalidRequestError
from sallyport.identity import MAC_LABEL, key_id_of, verify
from sallyport.policy import Policy
from tests.unit.doubles import CANARY, MemoryRecords, Pepper

NOW = 1000.0


@pytest.fixture
def records():
    return MemoryRecords()


def test_a_key_is_told_once_and_kept_as_a_hash(records):
    key, record = create_key(
        records, Pepper(), tenant="acme", project="fraud", user="amy", description="Amy's", expires_at=9e9, now=NOW
    )
    assert key_id_of(key) == record.key_id
    assert list(list_keys(records)) == [record]
    assert key[16:] not in str(records.rows)
    caller = verify(key, record, Pepper().secret(MAC_LABEL), NOW)
    assert caller == Caller(tenant="acme", project="fraud", key_id=record.key_id, user="amy")


@pytest.mark.parametrize("field", ["tenant", "project", "user"])
@pytest.mark.parametrize("name", ["", "a b", "a/b", CANARY])
def test_a_name_that_cannot_be_one_makes_no_key(field, name, records):
    fields = {"tenant": "acme", "project": "fraud", field: name}
    with pytest.raises(InvalidRequestError) as refused:
        create_key(records, Pepper(), **fields, now=NOW)
    assert CANARY not in str(refused.value)
    assert records.rows == {}


def test_a_revoked_key_stays_on_record_with_its_first_revocation(records):
    _, record = create_key(records, Pepper(), tenant="acme", project="fraud", now=NOW)
    assert revoke_key(records, record.key_id, NOW + 1).revoked_at == NOW + 1
    assert revoke_key(records, record.key_id, NOW + 2).revoked_at == NOW + 1
    assert [each.revoked_at for each in list_keys(records)] == [NOW + 1]


def test_a_key_given_for_its_id_is_not_repeated(records):
    key, _ = create_key(records, Pepper(), tenant="acme", project="fraud", now=NOW)
    with pytest.raises(InvalidRequestError, match="keys list") as refused:
        revoke_key(records, key, NOW)
    assert key not in str(refused.value)


def test_a_policy_that_was_set_is_the_one_that_is_read(records, clock):
    caller = Caller(tenant="acme", project="fraud", key_id="k1")
    written = [Policy(models=()), Policy(max_tokens=5), Policy.model_validate({"redaction": {"EMAIL": "block"}})]
    assert put_policy(records, written[0], tenant="acme") == "tenant/acme"
    assert put_policy(records, written[1], tenant="acme", project="fraud") == "tenant/acme/project/fraud"
    put_policy(records, written[2], tenant="acme", project="fraud", key_id="k1")
    assert [level.policy for level in Configuration(records, clock=clock).policies(caller)] == written
    assert [policy for _, policy in policies(records)] == written


@pytest.mark.parametrize(
    "level",
    [
        {"tenant": ""},
        {"tenant": "acme/project/fraud"},
        {"tenant": "acme", "project": "a b"},
        {"tenant": "acme", "project": "fraud", "key_id": "a|b"},
        {"tenant": "acme", "key_id": "k1"},
    ],
)
def test_a_policy_that_nobody_would_ever_read_is_not_set(level, records):
    with pytest.raises(InvalidRequestError):
        put_policy(records, Policy(), **level)
    assert records.rows == {}


def test_a_keys_limit_is_one_users_already(records):
    policy = Policy.model_validate({"limits": [{"per": "day", "requests": 1, "each": "user"}]})
    with pytest.raises(InvalidRequestError, match="leave out `each`"):
        put_policy(records, policy, tenant="acme", project="fraud", key_id="k1")
    assert put_policy(records, policy, tenant="acme", project="fraud") == "tenant/acme/project/fraud"


@pytest.mark.parametrize(
    "said", [{"allowed_terms": ("acme",)}, {"allowed_patterns": ("x",)}, {"redaction_preset": "off"}], ids=str
)
def test_only_a_tenant_says_what_is_no_personal_data(said, records):
    policy = Policy(**said)
    put_policy(records, policy, tenant="acme")
    with pytest.raises(InvalidRequestError, match="Only a tenant"):
        put_policy(records, policy, tenant="acme", project="fraud")


def test_tenants_share_and_nobody_else_does(records):
    policy = Policy(share=2.0)
    for level in ({"project": "fraud"}, {"project": "fraud", "key_id": "k1"}):
        with pytest.raises(InvalidRequestError, match="leave `share`"):
            put_policy(records, policy, tenant="acme", **level)
    assert put_policy(records, policy, tenant="acme") == "tenant/acme"
