"""sallyport dead-letters."""

import pytest


@pytest.fixture
def given_up(backend):
    """One message that audit gave up on and settle took."""
    outbox = backend.events
    outbox.publish("{}")
    [letter] = outbox.waiting("audit", 10)
    outbox.finish("settle", [letter.message_id], retry={}, dead=[])
    outbox.finish("audit", [], retry={}, dead=[letter.message_id])
    return letter


def test_lists_what_was_given_up(run, run_json, given_up):
    [letter] = run_json("dead-letters", "list")
    assert (letter["queue"], letter["message_id"], letter["failures"]) == ("audit", given_up.message_id, 1)
    table = run("dead-letters", "list").stdout
    assert "audit" in table
    assert "sallyport dead-letters redrive" in table


def test_delivers_it_again(run, run_json, backend, given_up):
    assert run_json("dead-letters", "redrive") == {"redriven": 1}
    assert [each.message_id for each in backend.events.waiting("audit", 10)] == [given_up.message_id]
    assert run_json("dead-letters", "list") == []
    assert "0 messages" in run("dead-letters", "redrive").stdout
    assert "No dead letters" in run("dead-letters", "list").stdout
