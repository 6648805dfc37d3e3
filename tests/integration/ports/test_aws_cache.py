"""The cache in DynamoDB when the table is not well: one request waits for a moment, the others not at all."""

import time
from types import SimpleNamespace

import pytest
from botocore.exceptions import ReadTimeoutError

from sallyport.aws.cache import SKIP_SECONDS, DynamoCache
from sallyport.errors import StoreUnavailableError

NOW = time.time()
LATER = int(NOW) + 86_400  # the whole run ends before


@pytest.fixture
def table(aws_settings, moto_session):
    """A client that counts, and fails while it is `down`."""
    dynamodb = moto_session.client("dynamodb")
    counted = SimpleNamespace(down=False, calls=0)

    def through(call):
        def ask(**given):
            counted.calls += 1
            if counted.down:
                raise ReadTimeoutError(endpoint_url="https://dynamodb.test")
            return call(**given)

        return ask

    counted.get_item, counted.put_item = through(dynamodb.get_item), through(dynamodb.put_item)
    return counted


@pytest.fixture
def cache(table, clock):
    cache = DynamoCache(table, "sallyport-cache", clock=clock)
    cache.put("acme/1", b"answer", expires_at=LATER)
    return cache


def test_a_table_that_failed_is_left_alone_for_a_while(cache, table, clock):
    table.down = True
    for _ in range(20):
        with pytest.raises(StoreUnavailableError):
            cache.get("acme/1", now=NOW)
        with pytest.raises(StoreUnavailableError):
            cache.put("acme/1", b"", expires_at=LATER)
    assert table.calls == 2, "the first answer, and one that failed"

    table.down = False
    clock.now += SKIP_SECONDS
    assert cache.get("acme/1", now=NOW) == b"answer"
