"""What one request waits for."""

from bench.aws_calls import count


def test_a_new_question_waits_for_four_aws_calls_besides_the_models_own():
    assert count() == {
        "authorize TransactWriteItems": 1,
        "cache_lookup GetItem": 1,
        "chat Publish": 1,
        "edge StartSyncExecution": 1,
    }
