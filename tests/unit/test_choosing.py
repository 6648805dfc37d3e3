"""sallyport.choosing: which target is asked next, and which may never be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.attempts import Attempt
from sallyport.choosing import DEFAULT_RETRY_AFTER, choose_target, eligible
from sallyport.errors import NoPrivateTargetError, NoTargetLeftError
from sallyport.redaction.judge import Sensitivity
from tests.unit.doubles import a_route


@pytest.mark.parametrize(
    ("targets", "sensitivity", "expected"),
    [
        (("gpt", "house!"), Sensitivity.PUBLIC, ("gpt", "house")),
        (("gpt", "house!"), Sensitivity.INTERNAL, ("gpt", "house")),
        (("gpt", "house!"), Sensitivity.CONFIDENTIAL, ("house",)),
        (("gpt", "house!", "claude", "cellar!"), Sensitivity.RESTRICTED, ("house", "cellar")),
        (("house!",), Sensitivity.PUBLIC, ("house",)),
    ],
)
def test_confidential_content_is_for_private_targets(targets, sensitivity, expected):
    assert eligible(a_route(*targets), sensitivity) == expected


@pytest.mark.parametrize("sensitivity", [Sensitivity.CONFIDENTIAL, Sensitivity.RESTRICTED])
def test_refuses_rather_than_downgrade(sensitivity):
    with pytest.raises(NoPrivateTargetError, match=f"{sensitivity} and the model demo has no private target"):
        choose_target(a_route("gpt", "claude"), sensitivity, ())


def tried(*names):
    return tuple(Attempt(target=name, error="ProviderUnavailableError") for name in names)


@given(
    st.lists(st.sampled_from(["a", "b!", "c", "d!"]), min_size=1, unique=True),
    st.sampled_from(Sensitivity),
    st.sets(st.sampled_from("abcd")),
)
def test_no_failure_ever_leads_confidential_content_to_a_cloud(targets, sensitivity, failed):
    route = a_route(*targets)
    try:
        chosen = choose_target(route, sensitivity, tried(*sorted(failed)))
    except (NoPrivateTargetError, NoTargetLeftError):
        return
    assert chosen not in failed
    assert sensitivity < Sensitivity.CONFIDENTIAL or f"{chosen}!" in targets


def test_what_it_is_too_long_for_is_asked_only_when_there_is_no_other():
    route = a_route("claude", "house!")
    claude, house = route.targets
    tight = route.model_copy(update={"targets": (claude, house.model_copy(update={"fits": False}))})
    assert eligible(tight, Sensitivity.PUBLIC) == ("claude",)
    assert eligible(tight, Sensitivity.CONFIDENTIAL) == ("house",)
    with pytest.raises(NoTargetLeftError):
        choose_target(tight, Sensitivity.PUBLIC, tried("claude"))


def test_the_best_target_that_has_not_failed_is_next():
    route = a_route("gpt", "claude", "house!")
    assert choose_target(route, Sensitivity.PUBLIC, ()) == "gpt"
    assert choose_target(route, Sensitivity.PUBLIC, tried("gpt")) == "claude"
    assert choose_target(route, Sensitivity.PUBLIC, tried("gpt", "claude")) == "house"
    assert choose_target(route, Sensitivity.CONFIDENTIAL, tried("gpt")) == "house"


@pytest.mark.parametrize(
    ("waits", "retry_after"), [((None, None), DEFAULT_RETRY_AFTER), ((30.0, None), 30.0), ((30.0, 7.5), 7.5)]
)
def test_at_the_end_stands_the_shortest_wait_of_any_provider(waits, retry_after):
    attempts = [
        Attempt(target=name, error="ProviderThrottledError", retry_after=wait)
        for name, wait in zip(("gpt", "claude"), waits, strict=True)
    ]
    with pytest.raises(NoTargetLeftError) as end:
        choose_target(a_route("gpt", "claude"), Sensitivity.PUBLIC, attempts)
    assert end.value.retry_after == retry_after
    assert [attempt["target"] for attempt in end.value.details["attempts"]] == ["gpt", "claude"]
