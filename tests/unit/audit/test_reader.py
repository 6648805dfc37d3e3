"""sallyport.audit.reader: search and open. What verify finds is shown in tests/unit/cli/test_audit.py."""

import pytest

from sallyport.audit.log import batch_key
from sallyport.audit.reader import find, show, verify
from sallyport.errors import StoreUnavailableError, VaultUnavailableError

NOON = 1_795_176_000.0
DAY = "2026-11-20"


def test_finds_by_tenant_day_user_and_model(writer, index, ticket):
    log = writer()
    log.append([ticket(1, user="ann"), ticket(2, user="bob", model="gpt"), ticket(3, user="ann", model="gpt")], NOON)
    log.append([ticket(4, tenant="globex", user="ann"), ticket(5, user="ann", at=NOON + 86_400)], NOON)

    def found(**criteria):
        return [entry.request_id for entry in find(index, **{"tenant": "acme", "day": DAY, **criteria})]

    assert found() == ["request-1", "request-2", "request-3"]
    assert found(user="ann") == ["request-1", "request-3"]
    assert found(user="ann", model="gpt") == ["request-3"]
    assert found(tenant="globex") == ["request-4"]
    assert found(day="2026-11-21") == ["request-5"]
    assert found(user="ANN") == found(day="2026-11-19") == found(tenant="acm") == []


def test_finds_more_than_a_page(writer, index, ticket):
    writer().append([ticket(number) for number in range(1005)], NOON)
    assert [entry.request_id for entry in find(index, tenant="acme", day=DAY)] == [f"request-{n}" for n in range(1005)]


def test_opens_what_was_written(services, writer, index, ticket):
    written = ticket(2, user="ann")
    writer().append([ticket(1), written], NOON + 5)
    record = show("request-2", services.backend.audit, index, services.vault)
    assert (record.batch, record.written_at, record.ticket) == (1, NOON + 5, written)
    assert show("request-9", services.backend.audit, index, services.vault) is None


def test_a_record_moved_to_another_tenant_does_not_open(services, writer, index, ticket):
    writer().append([ticket(1)], NOON)
    blobs = services.backend.audit
    blobs.put(batch_key(1), blobs.get(batch_key(1)).replace(b'"tenant":"acme"', b'"tenant":"globex"'))
    with pytest.raises(VaultUnavailableError):
        show("request-1", blobs, index, services.vault)


@pytest.mark.parametrize("data", [b"no batch", None], ids=["damaged", "another batch"])
def test_says_when_a_record_is_not_where_the_index_says(data, services, writer, index, ticket):
    log = writer()
    log.append([ticket(1)], NOON)
    log.append([ticket(2)], NOON)
    blobs = services.backend.audit
    blobs.put(batch_key(1), blobs.get(batch_key(2)) if data is None else data)
    with pytest.raises(StoreUnavailableError, match="audit verify"):
        show("request-1", blobs, index, services.vault)


def test_tells_how_far_it_is(services, writer, index, ticket):
    for number in range(3):
        writer().append([ticket(number)], NOON)
    told = []
    verify(
        services.backend.audit,
        index,
        services.backend.signer.public_key(),
        progress=lambda done, of: told.append((done, of)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_batch_that_is_being_written_is_no_problem(services, writer, index, ticket):
    """Its writer has created it and not yet moved the head, or died there."""
    log = writer()
    log.append([ticket(1)], NOON)
    head = index.get("chain", "head")
    log.append([ticket(2)], NOON)
    index.put("chain", "head", head.body)
    result = verify(services.backend.audit, index, services.backend.signer.public_key())
    assert (result.batches, result.records, result.problems) == (2, 2, ())
