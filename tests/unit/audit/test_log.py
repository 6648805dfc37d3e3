"""sallyport.audit.log: every request once, whoever dies, comes twice or comes at the same time."""

import threading
from itertools import chain

import pytest

from sallyport.audit.chain import decode, encode
from sallyport.audit.log import HEAD, batch_key, sequence_of
from sallyport.audit.reader import find, show, verify
from sallyport.contracts import Failure
from sallyport.errors import StoreUnavailableError

NOON = 1_795_176_000.0
DAY = "2026-11-20"


class Died(Exception):
    pass


class Watched:
    """A port whose every write is announced first."""

    def __init__(self, port, before=lambda: None, after=lambda: None):
        self._port, self._before, self._after = port, before, after

    def __getattr__(self, name):
        method = getattr(self._port, name)
        if name not in ("create", "put"):
            return method

        def write(*arguments, **named):
            self._before()
            result = method(*arguments, **named)
            self._after()
            return result

        return write


@pytest.fixture
def written(backend, index):
    """What the log holds: the requests of each batch, after checking that it is whole and searchable."""

    def read(*, tenant="acme"):
        result = verify(backend.audit, index, backend.signer.public_key())
        assert result.problems == ()
        batches = [decode(backend.audit.get(key)) for key in backend.audit.list("audit/")]
        requests = [[record.request_id for record in batch.records] for batch in batches]
        searchable = [entry.request_id for entry in find(index, tenant=tenant, day=DAY)]
        assert sorted(searchable) == sorted(chain.from_iterable(requests))
        return requests

    return read


def test_a_batch_holds_what_came_together(writer, ticket, written):
    log = writer()
    assert log.append([ticket(1), ticket(2)], NOON) == 2
    assert log.append([ticket(3)], NOON) == 1
    assert written() == [["request-1", "request-2"], ["request-3"]]


@pytest.mark.parametrize(
    ("again", "batches"),
    [
        ([1, 2], [[1, 2]]),
        ([2], [[1, 2]]),
        ([2, 3], [[1, 2], [3]]),
        ([3, 3], [[1, 2], [3]]),
        ([], [[1, 2]]),
    ],
    ids=["the whole batch", "one of it", "one of it and a new one", "a new one twice in one batch", "nothing"],
)
def test_what_comes_twice_is_written_once(again, batches, writer, ticket, written):
    log = writer()
    log.append([ticket(1), ticket(2)], NOON)
    log.append([ticket(number) for number in again], NOON + 1)
    assert written() == [[f"request-{number}" for number in batch] for batch in batches]


def test_of_two_events_of_a_request_in_one_batch_the_first_is_written(writer, services, index, ticket):
    """A stream's own event, and the one that was left in case it would be lost."""
    late = ticket(1).model_copy(update={"failure": Failure(error="StreamLostError")})
    log = writer()
    log.append([ticket(1), late], NOON)
    record = show("request-1", services.backend.audit, index, services.vault)
    assert record is not None
    assert record.ticket.failure is None


@pytest.mark.parametrize("writes", range(9))
def test_whatever_write_is_a_writers_last_each_record_is_there_once(writes, writer, backend, index, ticket, written):
    """Six writes make a batch of two records: the batch, two index entries for each, the head."""
    writer().append([ticket(0)], NOON)
    left = writes

    def die_in_time():
        nonlocal left
        if not left:
            raise Died
        left -= 1

    dying = writer(blobs=Watched(backend.audit, die_in_time), index=Watched(index, die_in_time))
    try:
        dying.append([ticket(1), ticket(2)], NOON)
        died = False
    except Died:
        died = True
    assert died is (writes < 6)

    log = writer()
    log.append([ticket(3)], NOON)  # another message comes before those of the dead are delivered again
    log.append([ticket(1), ticket(2)], NOON)
    requests = written()
    assert sorted(chain.from_iterable(requests)) == ["request-0", "request-1", "request-2", "request-3"]
    assert ["request-1", "request-2"] in requests


@pytest.mark.parametrize("theirs", [[1, 2], [2, 3], [4]], ids=["the same", "some of them", "others"])
def test_a_writer_that_comes_second_writes_the_rest(theirs, writer, backend, ticket, written):
    """The other one creates the batch that we have sealed and signed and are about to create."""
    overtaken = False

    def overtake():
        nonlocal overtaken
        if not overtaken:
            overtaken = True
            writer().append([ticket(number) for number in theirs], NOON)

    ours = writer(blobs=Watched(backend.audit, before=overtake))
    assert ours.append([ticket(1), ticket(2)], NOON) == len({1, 2} - set(theirs))
    requests = written()
    assert requests[0] == [f"request-{number}" for number in theirs]
    assert sorted(chain.from_iterable(requests)) == sorted({f"request-{number}" for number in {1, 2, *theirs}})


def test_a_writer_that_sees_a_batch_before_its_head_finishes_it(writer, backend, ticket, written):
    """Between our batch and its index entries, another writer comes with the same messages."""
    seen = []
    ours = writer(
        blobs=Watched(backend.audit, after=lambda: seen.append(writer().append([ticket(1), ticket(2)], NOON)))
    )
    assert ours.append([ticket(1)], NOON) == 1
    assert seen == [1]
    assert written() == [["request-1"], ["request-2"]]


def test_many_writers_at_once_write_each_record_once(writer, ticket, written):
    start = threading.Barrier(4)

    def work():
        log = writer()
        start.wait()
        for number in range(0, 12, 2):
            log.append([ticket(number), ticket(number + 1)], NOON)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(chain.from_iterable(written())) == sorted(f"request-{number}" for number in range(12))


def test_gives_up_when_others_are_always_faster(writer, backend, ticket):
    class Busy(Watched):
        def create(self, key, data):
            return False

    with pytest.raises(StoreUnavailableError, match="too many") as error:
        writer(blobs=Busy(backend.audit)).append([ticket(1)], NOON)
    assert error.value.retry_after


def test_writes_nothing_behind_a_damaged_batch(writer, backend, ticket):
    backend.audit.put(batch_key(1), b"no batch")
    with pytest.raises(StoreUnavailableError, match="audit verify"):
        writer().append([ticket(1)], NOON)
    assert list(backend.audit.list("audit/")) == [batch_key(1)]


def test_does_not_take_a_foreign_batch_for_the_next_one(writer, backend, index, ticket):
    """Whoever can write to the bucket copies an old batch beyond the head; the log does not go on from it."""
    log = writer()
    log.append([ticket(1)], NOON)
    log.append([ticket(2)], NOON)
    backend.audit.create(batch_key(3), backend.audit.get(batch_key(1)))
    with pytest.raises(StoreUnavailableError, match="no part of it"):
        log.append([ticket(3)], NOON)
    assert index.get(*HEAD).body["sequence"] == 2


def test_an_index_that_was_lost_is_rebuilt_by_the_next_request(writer, backend, index, ticket):
    log = writer()
    for number in range(3):
        log.append([ticket(number)], NOON)
    for record in list(index.scan()):
        index.delete(record.partition, record.sort)
    assert log.append([ticket(1), ticket(3)], NOON) == 1
    assert verify(backend.audit, index, backend.signer.public_key()).problems == ()


def test_records_are_sealed(writer, backend, ticket):
    writer().append([ticket(1, user="ann")], NOON)
    stored = backend.audit.get(batch_key(1))
    assert b"request-1" in stored
    assert b"ann" not in stored
    assert b"k3v9x1m0q7ab" not in stored


@pytest.mark.parametrize(
    ("key", "sequence"),
    [
        ("audit/000000000001.json", 1),
        ("audit/999999999999.json", 999_999_999_999),
        ("audit/000000000000.json", None),
        ("audit/1.json", None),
        ("audit/000000000001.jso", None),
        ("audit/000000000001", None),
        ("audit/00000000000².json", None),
        ("audit/x/000000000001.json", None),
        ("000000000001.json", None),
    ],
)
def test_a_key_is_a_batchs_in_one_form_only(key, sequence):
    assert sequence_of(key) == sequence
    assert sequence is None or batch_key(sequence) == key


def test_a_batch_can_be_copied_without_harm(writer, backend, ticket):
    """What a backup restores is what was written."""
    writer().append([ticket(1)], NOON)
    data = backend.audit.get(batch_key(1))
    assert encode(decode(data)) == data
