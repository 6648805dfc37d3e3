"""providers/anthropic/sampling: passed, refused, or left out with a word."""

import pytest

from sallyport.errors import ProviderRejectedError
from sallyport.providers.anthropic.models import model_of
from sallyport.providers.anthropic.sampling import sampling, unsampled

OLD, ONE, NONE = "claude-sonnet-4-20250514", "claude-sonnet-4-5", "claude-opus-4-7"


@pytest.fixture
def sampled(request_of):
    def make(model, thinks=False, **fields):
        return sampling(request_of(**fields), model_of(model), thinks=thinks)

    return make


@pytest.mark.parametrize(
    ("model", "fields", "sent"),
    [
        (OLD, {}, {}),
        (OLD, {"temperature": 0.0, "top_p": 0.5, "top_k": 0}, {"temperature": 0.0, "top_p": 0.5, "top_k": 0}),
        (ONE, {"temperature": 0.2, "top_p": 1.0}, {"temperature": 0.2}),
        (ONE, {"temperature": 1.0, "top_p": 0.9}, {"top_p": 0.9}),
        (ONE, {"top_k": 5}, {"top_k": 5}),
        (NONE, {"temperature": 0.0, "top_p": 0.5, "top_k": 5}, {}),
        (NONE, {"temperature": 2.0}, {}),
        ("kimi-k2", {"temperature": 0.6, "top_p": 0.9}, {"temperature": 0.6, "top_p": 0.9}),
    ],
)
def test_what_is_sent(sampled, model, fields, sent):
    assert sampled(model, **fields) == sent


@pytest.mark.parametrize(
    ("model", "fields", "thinks", "param"),
    [
        (OLD, {"temperature": 1.1}, False, "temperature"),
        (ONE, {"temperature": 0.5, "top_p": 0.5}, False, "top_p"),
        (ONE, {"temperature": 0.9}, True, "temperature"),
        (ONE, {"top_p": 0.94}, True, "top_p"),
        (ONE, {"top_k": 1}, True, "top_k"),
    ],
)
def test_what_is_refused(sampled, model, fields, thinks, param):
    with pytest.raises(ProviderRejectedError) as error:
        sampled(model, thinks, **fields)
    assert error.value.details["param"] == param


@pytest.mark.parametrize("fields", [{"temperature": 1.0}, {"top_p": 0.95}, {}])
def test_what_goes_with_thinking(sampled, fields):
    assert sampled(ONE, thinks=True, **fields) == fields


@pytest.mark.parametrize(
    ("model", "fields", "told"),
    [
        (OLD, {"temperature": 0.2, "top_k": 1}, []),
        (NONE, {"temperature": 0.2, "top_p": 0.0, "top_k": 1}, ["temperature", "top_p", "top_k"]),
        (NONE, {"temperature": 1.0, "top_p": 1.0}, []),
    ],
)
def test_what_a_model_no_longer_takes_is_told(request_of, model, fields, told):
    assert [each.field for each in unsampled(request_of(**fields), model_of(model))] == told
