"""functions/fallback: the next target or the end."""

import pytest

from sallyport.contracts import Fallback
from sallyport.errors import ProviderRejectedError, ProviderThrottledError


def test_the_next_target_and_every_attempt_so_far(invoke, log):
    fallback = Fallback.model_validate(invoke("fallback/next_target"))
    assert fallback.target == "simulated-backup"
    [attempt] = fallback.attempts
    assert (attempt.target, attempt.error, attempt.status) == ("simulated", "ProviderUnavailableError", 503)
    assert log.lines[-1]["reason"] == fallback.reason


def test_the_end_carries_the_providers_wait(invoke):
    with pytest.raises(ProviderThrottledError) as end:
        invoke("fallback/exhausted")
    assert end.value.retry_after == 7.0
    assert len(end.value.details["attempts"]) == 2


def test_what_no_other_target_can_help_ends_at_once(invoke):
    with pytest.raises(ProviderRejectedError):
        invoke("fallback/rejected")
