"""sallyport.presence: who waits for an answer is known to whoever asks for it, until it leaves."""

import threading
from contextvars import copy_context

import pytest

from sallyport.errors import ClientLeftError, StreamLostError
from sallyport.presence import Client, client_waiting, waiting


def test_what_is_under_way_is_hung_up_on_once():
    client, hung_up = Client(), []
    with client.until_left(lambda: hung_up.append("a")), client.until_left(lambda: hung_up.append("b")):
        client.check()
        client.leave()
        client.leave()
        assert hung_up == ["a", "b"]
        with pytest.raises(ClientLeftError):
            client.check()


@pytest.mark.parametrize(
    ("first", "then", "error"), [("leave", "cut", ClientLeftError), ("cut", "leave", StreamLostError)]
)
def test_what_ended_it_first_is_what_is_told(first, then, error):
    client, hung_up = Client(), []
    with client.until_left(lambda: hung_up.append("a")):
        getattr(client, first)()
        getattr(client, then)()
        assert hung_up == ["a"]
        with pytest.raises(error):
            client.check()


def test_what_begins_later_is_hung_up_on_at_once():
    client, hung_up = Client(), []
    client.leave()
    with client.until_left(lambda: hung_up.append("a")):
        assert hung_up == ["a"]


def test_what_has_ended_is_left_alone():
    client, hung_up = Client(), []
    with pytest.raises(ValueError, match="broken"), client.until_left(lambda: hung_up.append("a")):
        raise ValueError("broken")
    client.leave()
    assert hung_up == []


def test_it_is_known_in_its_context_and_its_copies_alone():
    client, known = Client(), []
    with waiting(client):
        copied = copy_context()
        assert client_waiting() is client
        for run in (lambda work: copied.run(work), lambda work: work()):
            thread = threading.Thread(target=run, args=(lambda: known.append(client_waiting() is client),))
            thread.start()
            thread.join()
    assert known == [True, False]
    assert client_waiting() is not client
