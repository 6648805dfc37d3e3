"""sallyport.authentication: from headers to a caller, with one refusal for every bad key."""

import pytest

from sallyport.administration import create_key, revoke_key
from sallyport.authentication import FRESH_SECONDS, Authenticator, policy_for
from sallyport.contracts import Caller
from sallyport.errors import InvalidKeyError, StoreUnavailableError
from sallyport.identity import generate_key
from tests.unit.doubles import CANARY, MemoryRecords, Pepper


@pytest.fixture
def records():
    return MemoryRecords()


@pytest.fixture
def authenticator(records, clock):
    return Authenticator(records, Pepper(), clock=clock)


@pytest.fixture
def key(records, clock):
    key, _ = create_key(records, Pepper(), tenant="acme", project="fraud", user="agent-7", now=clock.now)
    return key


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("name", ["authorization", "Authorization", "AUTHORIZATION"])
def test_a_good_key_is_its_caller(name, authenticator, key):
    caller = authenticator.caller_of({name: f"Bearer {key}"})
    assert caller == Caller(tenant="acme", project="fraud", key_id=key[3:15], user="agent-7")
    assert authenticator.caller_of({"X-Api-Key": key}) == caller


def test_every_bad_key_hears_the_same(authenticator, key, records, clock):
    expired, _ = create_key(records, Pepper(), tenant="acme", project="fraud", expires_at=clock.now, now=0.0)
    revoked, record = create_key(records, Pepper(), tenant="acme", project="fraud", now=0.0)
    revoke_key(records, record.key_id, clock.now)
    unknown = generate_key()[1]
    wrong_secret = key[:16] + unknown[16:]
    refusals = []
    for headers in ({}, *map(bearer, ["", "sk-openai", expired, revoked, unknown, wrong_secret, CANARY])):
        with pytest.raises(InvalidKeyError) as refused:
            authenticator.caller_of(headers)
        refusals.append((str(refused.value), refused.value.details))
    assert len(refusals) == 8
    assert all(refusal == refusals[0] for refusal in refusals)
    assert CANARY not in str(refusals)


def test_a_revoked_key_is_dead_within_thirty_seconds(authenticator, key, records, clock):
    authenticator.caller_of(bearer(key))
    revoke_key(records, key[3:15], clock.now)
    clock.now += FRESH_SECONDS - 0.001
    authenticator.caller_of(bearer(key))
    clock.now += 0.001
    with pytest.raises(InvalidKeyError):
        authenticator.caller_of(bearer(key))


def test_what_no_store_is_asked_for_is_known(authenticator, key, clock):
    unknown = bearer(generate_key()[1])
    assert not authenticator.remembers(bearer(key))
    authenticator.caller_of(bearer(key))
    assert authenticator.remembers(bearer(key))
    assert authenticator.remembers({"X-API-Key": key})
    assert [authenticator.remembers(each) for each in ({}, bearer("sk-openai"), unknown)] == [True, True, False]
    clock.now += FRESH_SECONDS
    assert not authenticator.remembers(bearer(key))


def test_a_key_that_expires_is_dead_at_once(authenticator, records, clock):
    key, _ = create_key(records, Pepper(), tenant="acme", project="p", expires_at=clock.now + 5, now=clock.now)
    authenticator.caller_of(bearer(key))
    clock.now += 5
    with pytest.raises(InvalidKeyError):
        authenticator.caller_of(bearer(key))


def test_a_known_key_with_another_secret_is_refused_from_memory_too(authenticator, key, records):
    authenticator.caller_of(bearer(key))
    reads = records.reads
    with pytest.raises(InvalidKeyError):
        authenticator.caller_of(bearer(key[:16] + generate_key()[1][16:]))
    assert records.reads == reads


def test_a_store_that_is_down_is_no_bad_key(authenticator, key, records, clock):
    records.down = True
    with pytest.raises(StoreUnavailableError) as raised:
        authenticator.caller_of(bearer(key))
    assert raised.value.retry_after == 2.0

    records.down = False
    authenticator.caller_of(bearer(key))
    records.down = True
    clock.now += FRESH_SECONDS - 0.001
    authenticator.caller_of(bearer(key))
    clock.now += 0.001
    with pytest.raises(StoreUnavailableError):
        authenticator.caller_of(bearer(key))


def test_a_malformed_key_costs_no_read(authenticator, records):
    records.down = True
    with pytest.raises(InvalidKeyError):
        authenticator.caller_of(bearer("sk-openai"))
    assert records.reads == 0


def test_made_up_keys_do_not_fill_the_memory(authenticator):
    for _ in range(20):
        with pytest.raises(InvalidKeyError):
            authenticator.caller_of(bearer(generate_key()[1]))
    assert authenticator._known == {}


def test_memory_has_an_end(authenticator, records, clock, monkeypatch):
    monkeypatch.setattr("sallyport.authentication.MOST_KNOWN", 3)
    for number in range(7):
        key, _ = create_key(records, Pepper(), tenant=f"t{number}", project="p", now=clock.now)
        assert authenticator.caller_of(bearer(key)).tenant == f"t{number}"
        assert len(authenticator._known) <= 3


@pytest.mark.parametrize("change", [{"hash": CANARY}, {"tenant": CANARY}, {"surprise": CANARY}])
def test_a_damaged_record_is_no_good_key_and_not_repeated(change, authenticator, key, records):
    body = dict(records.get(key[3:15]).body)
    records.put(key[3:15], "-", body | change)
    with pytest.raises(StoreUnavailableError, match=key[3:15]) as raised:
        authenticator.caller_of(bearer(key))
    assert CANARY not in str(raised.value)
    assert key not in str(raised.value)


def test_api_gateway_hears_scalars_and_the_whole_stage():
    caller = Caller(tenant="acme", project="fraud", key_id="k1")
    arn = "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod/POST/v1/chat/completions"
    assert policy_for(caller, arn) == {
        "principalId": "k1",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod/*/*",
                }
            ],
        },
        "context": {"tenant": "acme", "project": "fraud", "key_id": "k1"},
    }
