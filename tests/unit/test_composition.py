"""sallyport.composition: one place where a backend is chosen, and each function may have its own."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from sallyport import composition
from sallyport.composition import Services, services, using

PORTS = {
    "keys": None, "content": None, "secrets": None, "aws_session": None, "records": lambda collection: None
}  # fmt: skip


class Backend:
    def __init__(self, environment):
        self.environment = environment
        self.asked = []

    def records(self, collection):
        self.asked.append(collection)
        return object()


@pytest.fixture
def process(monkeypatch):
    """A process that has not composed anything yet."""
    made_once = composition._of_this_process
    made_once.cache_clear()
    yield monkeypatch
    made_once.cache_clear()


def test_the_environment_names_the_backend(process):
    process.setitem(sys.modules, "a_backend", SimpleNamespace(Backend=Backend))
    process.setenv("SALLYPORT_BACKEND", "a_backend:Backend")
    assert isinstance(services().backend, Backend)
    assert services().backend.environment["SALLYPORT_BACKEND"] == "a_backend:Backend"
    assert services() is services()


def test_aws_is_the_backend_of_a_deployed_function(process):
    process.delenv("SALLYPORT_BACKEND", raising=False)
    made = services().backend
    assert (type(made).__module__, type(made).__name__) == ("sallyport.aws.backend", "AwsBackend")


def test_a_function_may_have_a_backend_of_its_own():
    outer, inner = Services(Backend({})), Services(Backend({}))
    with using(outer):
        with using(inner):
            assert services() is inner
        assert services() is outer


def test_the_outer_one_is_back_after_a_failure():
    outer = Services(Backend({}))
    with using(outer):
        with pytest.raises(ValueError, match="x"), using(Services(Backend({}))):
            raise ValueError("x")
        assert services() is outer


def test_another_thread_does_not_see_it(process):
    process.setattr(composition, "_of_this_process", lambda: None)
    seen = []
    with using(Services(Backend({}))):
        thread = threading.Thread(target=lambda: seen.append(services()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_a_part_is_made_when_it_is_first_asked_for_and_kept():
    here = Services(Backend({}))
    assert here.backend.asked == []
    assert here.configuration is here.configuration
    assert here.backend.asked == ["configuration"]
    assert here.fetcher is here.fetcher


@pytest.mark.parametrize("part", ["watch", "providers", "vault", "configuration"])
def test_a_part_that_remembers_is_one_for_all_threads(part):
    """Of two breakers, one would never learn what was noted by the other."""
    many = 32
    for _ in range(20):
        here, together = Services(SimpleNamespace(**PORTS)), threading.Barrier(many)

        def ask(_, here=here, together=together):
            together.wait(5)
            return id(getattr(here, part))

        with ThreadPoolExecutor(many) as threads:
            assert len(set(threads.map(ask, range(many)))) == 1
