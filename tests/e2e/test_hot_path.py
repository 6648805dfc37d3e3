"""What one request waits for."""

import pytest

from bench.aws_calls import SHARED, count


@pytest.mark.parametrize("more", ["", SHARED], ids=["a target without limits", "one that tenants share"])
def test_a_new_question_waits_for_four_aws_calls_besides_the_models_own(more):
    assert count(more) == {
        "authorize TransactWriteItems": 1,
        "cache_lookup GetItem": 1,
        "chat Publish": 1,
        "edge StartSyncExecution": 1,
    }
