"""sallyport.redaction_decision: what the ticket says of redaction."""

import pytest

from sallyport.redaction_decision import Opinion


@pytest.mark.parametrize(
    ("counts", "said"),
    [({}, False), ({"unasked": 3}, False), ({"added": 1}, False), ({"confirmed": 1}, True), ({"dismissed": 1}, True)],
)
def test_an_opinion_is_one_on_what_is_unsure(counts, said):
    assert Opinion(reason="comprehend was asked", **counts).said is said
