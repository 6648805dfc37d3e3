"""sallyport_local.seed: the routing table of a seed file is a version like any other."""

import pytest

from sallyport.registry import publish
from sallyport.routing import packaged_table
from sallyport.table_versions import CURRENT, ROUTING, history
from sallyport_local.backend import EmbeddedBackend
from sallyport_local.seed import SeedError, read_seed, sow

SEED = """
[routing]
version = "mine"
[routing.targets.one]
provider = "simulated"
model = "{model}"
privacy = "private"
[routing.routes.mine]
targets = ["one"]
"""


@pytest.fixture
def backend(tmp_path):
    backend = EmbeddedBackend.open(tmp_path / "data")
    yield backend
    backend.close()


@pytest.fixture
def records(backend):
    return backend.records("configuration")


@pytest.fixture
def start(backend):
    return lambda model: sow(read_seed(SEED.format(model=model), "seed.toml"), backend)


def told(records):
    return [(change.author, change.current) for change in history(records)]


def test_a_seed_publishes_the_first_version(start, records):
    start("a")
    assert told(records) == [("seed", 1)]


def test_a_restart_with_the_same_seed_publishes_nothing(start, records):
    start("a")
    start("a")
    assert told(records) == [("seed", 1)]


def test_a_changed_seed_is_another_version_and_so_is_one_that_is_changed_back(start, records):
    for model in ("a", "b", "a"):
        start(model)
    assert told(records) == [("seed", 1), ("seed", 2), ("seed", 3)]


def test_a_restart_does_not_undo_what_an_operator_published(start, records):
    start("a")
    publish(records, packaged_table(), author="ann", comment="", now=1.0)
    start("a")
    assert told(records) == [("seed", 1), ("ann", 2)]


def test_what_an_older_gateway_sowed_is_the_first_version(start, records):
    records.put(ROUTING, CURRENT, read_seed(SEED.format(model="a"), "seed.toml").routing.to_json())
    start("a")
    assert told(records) == [("unknown", 1)]
    start("b")
    assert told(records) == [("unknown", 1), ("seed", 2)]


def test_a_seed_that_cannot_be_published_says_why(start, records):
    publish(records, packaged_table().model_copy(update={"routes": {"demo": packaged_table().routes["demo"]}}),
            author="ann", comment="", now=1.0, percent=10)  # fmt: skip
    with pytest.raises(SeedError, match="v1 is a canary"):
        start("a")
