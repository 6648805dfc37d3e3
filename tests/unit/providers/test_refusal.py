"""sallyport.providers.refusal: a field that cannot be honoured, by its name and never its value."""

import pytest

from sallyport.errors import ProviderRejectedError
from sallyport.providers.refusal import refuse_any

TABLE = {"n": ((1,), "It gives one answer."), "logit_bias": ((None, {}), "It cannot bias tokens.")}


def test_the_first_field_that_cannot_be_honoured_is_named(request_of):
    with pytest.raises(ProviderRejectedError, match=r"cannot honour n\. It gives one answer") as error:
        refuse_any(request_of(n=2, logit_bias={"canary": 1.0}), TABLE)
    assert error.value.details == {"param": "n"}


@pytest.mark.parametrize("fields", [{}, {"n": 1}, {"logit_bias": {}}])
def test_a_field_that_means_nothing_passes(request_of, fields):
    refuse_any(request_of(**fields), TABLE)
