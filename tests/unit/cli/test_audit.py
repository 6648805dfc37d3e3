"""sallyport audit: whatever is done to the log is found and named."""

import json
import shutil

import pytest

from sallyport_local.backend import EmbeddedBackend

NOON = 1_795_176_000.0


@pytest.fixture
def audited(services, ticket):
    """Four batches: of 1 and 2, of 3 to 5, of 6, of 7."""

    def append(*numbers, **named):
        services.audit_log.append([ticket(number, **named) for number in numbers], NOON)

    for numbers in ((1, 2), (3, 4, 5), (6,), (7,)):
        append(*numbers)
    return append


class Log:
    """The log as somebody sees it who has the folder and no key."""

    def __init__(self, folder):
        self.folder = folder
        self.batches = folder / "audit" / "audit"

    def path(self, sequence):
        return self.batches / f"{sequence:012d}.json"

    def read(self, sequence):
        return json.loads(self.path(sequence).read_bytes())

    def write(self, sequence, batch):
        text = json.dumps(batch, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self.path(sequence).write_text(text)

    def edit(self, sequence, change):
        batch = self.read(sequence)
        change(batch)
        self.write(sequence, batch)


@pytest.fixture
def log(folder, audited):
    return Log(folder)


def record_changed(log):
    def change(batch):
        batch["records"][1]["sealed"] = batch["records"][0]["sealed"]

    log.edit(2, change)


def record_renamed(log):
    log.edit(2, lambda batch: batch["records"][1].update(request_id="request-99"))


def record_and_its_leaf_changed(log):
    from sallyport.audit.chain import SealedRecord, leaf

    def change(batch):
        batch["records"][1]["tenant"] = "globex"
        batch["leaves"][1] = leaf(SealedRecord(**batch["records"][1]))

    log.edit(2, change)


def record_dropped(log):
    log.edit(2, lambda batch: batch["records"].pop(1))


def record_and_its_leaf_dropped(log):
    log.edit(2, lambda batch: (batch["records"].pop(1), batch["leaves"].pop(1)))


def record_added(log):
    from_another = log.read(1)
    log.edit(
        2,
        lambda batch: (
            batch["records"].append(from_another["records"][0]),
            batch["leaves"].append(from_another["leaves"][0]),
        ),
    )


def two_records_swapped(log):
    log.edit(2, lambda batch: batch["records"].insert(0, batch["records"].pop(1)))


def two_records_and_leaves_swapped(log):
    log.edit(
        2,
        lambda batch: (
            batch["records"].insert(0, batch["records"].pop(1)),
            batch["leaves"].insert(0, batch["leaves"].pop(1)),
        ),
    )


def header_changed(log):
    log.edit(2, lambda batch: batch["header"].update(created_at=NOON - 1))


def signing_key_renamed(log):
    log.edit(2, lambda batch: batch["header"].update(key_id="keyring/another"))


def signature_emptied(log):
    log.edit(2, lambda batch: batch.update(signature=""))


def signature_taken_out(log):
    log.edit(2, lambda batch: batch.pop("signature"))


def signature_of_another_batch(log):
    log.edit(2, lambda batch: batch.update(signature=log.read(1)["signature"]))


def batch_garbled(log):
    log.path(2).write_bytes(log.path(2).read_bytes()[:-1])


def batch_reformatted(log):
    log.path(2).write_text(json.dumps(log.read(2), indent=2))


def batch_deleted(log):
    log.path(2).unlink()


def two_batches_deleted(log):
    log.path(2).unlink()
    log.path(3).unlink()


def first_batch_deleted(log):
    log.path(1).unlink()


def last_batch_deleted(log):
    log.path(4).unlink()


def batch_replaced_by_an_older_one(log):
    shutil.copy(log.path(2), log.path(3))


def two_batches_swapped(log):
    second, third = log.path(2).read_bytes(), log.path(3).read_bytes()
    log.path(2).write_bytes(third)
    log.path(3).write_bytes(second)


def batches_moved_up(log):
    """One is taken out and the gap closed."""
    shutil.move(log.path(3), log.path(2))
    shutil.move(log.path(4), log.path(3))


def batch_put_behind(log):
    shutil.copy(log.path(1), log.path(5))


def batch_put_far_behind(log):
    shutil.copy(log.path(4), log.path(9))


def foreign_object_put_between(log):
    (log.batches / "notes.txt").write_text("nothing to see")


def last_batch_replaced_by_one_of_the_same_key(log):
    """A leaked key signs another end of the log: only the index knows better."""
    log.path(4).unlink()
    _append(log.folder, "request-8", head_at=3)


def record_written_a_second_time(log):
    _append(log.folder, "request-3", forget=True)


def log_replaced_by_another_keys(log, other):
    shutil.rmtree(log.batches)
    shutil.copytree(other / "audit" / "audit", log.batches)


def _append(folder, request_id, *, head_at=None, forget=False):
    """Append with this log's own key, the index made to say what it should not, and the head put back at the end."""
    from sallyport.audit.chain import decode, header_digest
    from sallyport.audit.log import HEAD, batch_key
    from sallyport.composition import Services
    from sallyport.contracts import Caller, Ticket

    backend = EmbeddedBackend.open(folder)
    index = backend.records("audit_index")
    head = index.get(*HEAD)
    if forget:
        index.delete(f"request/{request_id}")
    if head_at:
        batch = decode(backend.audit.get(batch_key(head_at)))
        index.put(*HEAD, {"sequence": head_at, "hash": header_digest(batch.header).hex()})
    caller = Caller(tenant="acme", project="fraud", key_id="k3v9x1m0q7ab")
    ticket = Ticket(
        request_id=request_id,
        caller=caller,
        model="demo",
        input_tokens=1,
        content_bytes=1,
        received_at=NOON,
        deadline=NOON,
    )
    Services(backend).audit_log.append([ticket], NOON)
    if head_at:
        index.put(*HEAD, head.body)
    backend.close()


TAMPERING = [
    (record_changed, ["batch 2, record 2 (request request-4) was changed or moved"]),
    (record_renamed, ["batch 2, record 2 (request request-99) was changed or moved"]),
    (record_and_its_leaf_changed, ["batch 2 has other leaves than those that were signed"]),
    (record_dropped, ["batch 2 has 2 records, 3 were signed", "batch 2, record 2 (request request-5)"]),
    (record_and_its_leaf_dropped, ["batch 2 has 2 records, 3 were signed", "batch 2 has other leaves"]),
    (record_added, ["batch 2 has 4 records, 3 were signed", "record 4 (request request-1) is in the log a second"]),
    (
        two_records_swapped,
        ["record 1 (request request-4) was changed or", "record 2 (request request-3) was changed or"],
    ),
    (two_records_and_leaves_swapped, ["batch 2 has other leaves than those that were signed"]),
    (header_changed, ["batch 2 is not signed by this log's key", "batch 3 does not follow the batch before it"]),
    (signing_key_renamed, ["batch 2 is not signed by this log's key", "batch 3 does not follow the batch before it"]),
    (signature_emptied, ["batch 2 is not signed by this log's key"]),
    (signature_taken_out, ["batch 2 is damaged"]),
    (signature_of_another_batch, ["batch 2 is not signed by this log's key"]),
    (batch_garbled, ["batch 2 is damaged"]),
    (batch_reformatted, ["batch 2 is damaged"]),
    (batch_deleted, ["batch 2 is missing"]),
    (two_batches_deleted, ["batch 2 is missing", "batch 3 is missing"]),
    (first_batch_deleted, ["batch 1 is missing"]),
    (last_batch_deleted, ["batch 4 is missing"]),
    (batch_replaced_by_an_older_one, ["batch 3 holds batch 2", "batch 4 does not follow the batch before it"]),
    (two_batches_swapped, ["batch 2 holds batch 3", "batch 3 holds batch 2"]),
    (batches_moved_up, ["batch 2 holds batch 3", "batch 3 holds batch 4", "batch 4 is missing"]),
    (batch_put_behind, ["batch 5 holds batch 1", "record 1 (request request-1) is in the log a second time"]),
    (batch_put_far_behind, ["nothing lies between batch 4 and batch 9", "batch 9 holds batch 4"]),
    (foreign_object_put_between, ["the object audit/notes.txt is no batch"]),
    (last_batch_replaced_by_one_of_the_same_key, ["batch 4 is not the one that the index knows as the last"]),
    (record_written_a_second_time, ["batch 5, record 1 (request request-3) is in the log a second time"]),
]


@pytest.mark.parametrize(("tamper", "named"), TAMPERING, ids=[tamper.__name__ for tamper, _ in TAMPERING])
def test_tampering_is_found_and_named(tamper, named, run, log):
    tamper(log)
    result = run("audit", "verify", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["ok"] is False
    for problem in named:
        assert any(problem in each for each in told["problems"]), told["problems"]
    touched = {name for problem in named for name in problem.split() if name.isdigit()}
    assert not [each for each in told["problems"] if "batch 1 " in each and "1" not in touched], "nobody else is blamed"
    for_people = run("audit", "verify")
    assert for_people.exit_code == 1
    assert "NOT whole" in for_people.stdout
    assert all(problem in for_people.stdout for problem in named)


def test_a_log_written_anew_with_another_key_is_found_batch_by_batch(run, log, tmp_path, ticket):
    from sallyport.composition import Services

    other = EmbeddedBackend.open(tmp_path / "other")
    for numbers in ((1, 2), (3, 4, 5), (6,), (7,)):
        Services(other).audit_log.append([ticket(number) for number in numbers], NOON)
    other.close()
    log_replaced_by_another_keys(log, tmp_path / "other")
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert all(f"batch {number} is not signed by this log's key" in result.stdout for number in range(1, 5))
    assert "batch 4 is not the one that the index knows as the last" in result.stdout


@pytest.mark.parametrize("to", [None, 2], ids=["emptied", "set back by two batches"])
def test_an_index_without_its_end_is_found(to, run, log, backend):
    from sallyport.audit.chain import decode, header_digest

    index = backend.records("audit_index")
    if to is None:
        for record in list(index.scan()):
            index.delete(record.partition, record.sort)
    else:
        batch = decode(log.path(to).read_bytes())
        index.put("chain", "head", {"sequence": to, "hash": header_digest(batch.header).hex()})
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert ("the index has no head" if to is None else "the index ends at batch 2, the log at batch 4") in result.stdout


def test_a_whole_log_passes(run, run_json, log):
    told = run_json("audit", "verify")
    assert (told["ok"], told["batches"], told["records"], told["problems"]) == (True, 4, 7, [])
    result = run("audit", "verify")
    assert result.exit_code == 0
    assert "7 records in 4 batches" in result.stdout
    assert told["signed_by"] in result.stdout
    assert result.stderr == "", "no progress where nobody watches"


def test_an_empty_log_says_so(run, run_json):
    assert "empty" in run("audit", "verify").stdout
    assert run_json("audit", "verify")["ok"] is True


def test_shows_progress_to_whoever_watches(run, log, monkeypatch):
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    result = run("audit", "verify")
    assert "Verifying batches" in result.stderr
    assert "Verifying" not in result.stdout


def test_many_problems_are_cut_for_people_only(run, services, ticket, folder):
    for number in range(60):
        services.audit_log.append([ticket(number)], NOON)
    for number in range(1, 61):
        Log(folder).path(number).unlink()
    result = run("audit", "verify")
    assert "batch 50 is missing" in result.stdout
    assert "batch 51 is missing" not in result.stdout
    assert "and 10 more" in result.stdout
    assert len(json.loads(run("audit", "verify", "--json").stdout)["problems"]) == 60


def test_lists_a_day(run, run_json, audited):
    audited(8, user="ann", model="gpt", failure="NoTargetLeftError")
    listed = run_json("audit", "list", "--tenant", "acme", "--day", "2026-11-20")
    assert [each["request_id"] for each in listed] == [f"request-{number}" for number in range(1, 9)]
    [failed] = run_json("audit", "list", "--tenant", "acme", "--day", "2026-11-20", "--user", "ann", "--model", "gpt")
    assert failed == {
        "at": "2026-11-20T12:00:00.000Z",
        "request_id": "request-8",
        "tenant": "acme",
        "project": "fraud",
        "key_id": "k3v9x1m0q7ab",
        "user": "ann",
        "model": "gpt",
        "outcome": "NoTargetLeftError",
        "batch": 5,
    }
    assert "request-8" in run("audit", "list", "--tenant", "acme", "--day", "2026-11-20").stdout
    assert run_json("audit", "list", "--tenant", "acme", "--day", "2026-11-19") == []
    assert "No request of globex" in run("audit", "list", "--tenant", "globex", "--day", "2026-11-20").stdout


@pytest.mark.parametrize("day", ["20.11.2026", "2026-13-01", "2026-1-1", "tomorrow", ""])
def test_refuses_what_is_no_day(day, run):
    result = run("audit", "list", "--tenant", "acme", "--day", day)
    assert result.exit_code == 2
    assert "2026-11-20" in result.stderr


def test_shows_a_records_decisions_with_their_reasons(run, run_json, audited, ticket):
    audited(8, user="ann")
    shown = run("audit", "show", "request-8").stdout
    for said in (
        "acme/fraud",
        "user ann",
        "Batch 5",
        "1 EMAIL masked",
        "not asked before",
        "first target of demo",
        "$0.0015",
    ):
        assert said in shown
    told = run_json("audit", "show", "chatcmpl-request-8")
    assert told["batch"] == 5
    assert told["ticket"] == ticket(8, user="ann").to_json()


def test_shows_why_a_request_failed(run, audited):
    audited(8, failure="NoTargetLeftError")
    assert "NoTargetLeftError: Every target failed." in run("audit", "show", "request-8").stdout


def test_says_when_there_is_no_such_request(run, audited):
    result = run("audit", "show", "request-99")
    assert result.exit_code == 1
    assert "sallyport audit list" in result.stderr
    assert result.stdout == ""


def test_says_when_the_record_is_not_where_it_was(run, log):
    log.path(2).unlink()
    result = run("audit", "show", "request-3")
    assert result.exit_code == 1
    assert "sallyport audit verify" in result.stderr


def test_works_beside_a_writer(run_json, audited):
    """`backend` is open all the time, as a server's would be."""
    audited(8)
    assert run_json("audit", "verify")["records"] == 8
