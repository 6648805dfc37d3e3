"""Rules that every workflow keeps: what it catches exists, what is transient is retried, and everything has an end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sallyport import errors
from sallyport_local.template import read_template

ROOT = Path(__file__).parents[2]
WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in sorted((ROOT / "workflows").glob("*.asl.yaml"))}
TEMPLATE = read_template(ROOT / "template.yaml")

LAMBDA = "arn:aws:states:::lambda:invoke"
TRANSIENT = [
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
]
"""Worth another try by the developer guide of Step Functions, 'Handle transient Lambda service exceptions'."""

STEP_FUNCTIONS = {"States.ALL", "States.TaskFailed", "States.Timeout", *TRANSIENT}
"""Names that are not ours: the developer guide, 'Handling errors in Step Functions workflows'."""

RETRIED: dict[str, list[str]] = {
    "Infer": ["Lambda.TooManyRequestsException"],  # whatever else it was, a model may have been paid for already
    "CacheLookup": [],  # one that fails costs a hit, and nobody waits for it
}
"""Where it is less than TRANSIENT, and why."""


def tasks() -> Iterator[Any]:
    for workflow, definition in WORKFLOWS.items():
        for name, state in definition["States"].items():
            if state["Type"] == "Task":
                yield pytest.param(name, state, id=f"{workflow}: {name}")


every_task = pytest.mark.parametrize(("name", "state"), list(tasks()))
every_call = pytest.mark.parametrize(
    ("name", "state"), [each for each in tasks() if each.values[1]["Resource"] == LAMBDA]
)


def caught(state: dict[str, Any], block: str = "Catch") -> list[list[str]]:
    return [each["ErrorEquals"] for each in state.get(block, [])]


@every_task
def test_a_name_to_match_is_an_error_of_ours_or_of_step_functions(name: str, state: dict[str, Any]) -> None:
    names = {each for block in ("Retry", "Catch") for group in caught(state, block) for each in group}
    ours = names - STEP_FUNCTIONS

    assert all(issubclass(getattr(errors, each), errors.SallyportError) for each in ours)


@every_task
def test_a_task_has_an_end_and_somewhere_to_go_when_it_fails(name: str, state: dict[str, Any]) -> None:
    assert type(state["TimeoutSeconds"]) is int
    assert caught(state)[-1] == ["States.ALL"]


@every_call
def test_what_is_transient_is_tried_again_with_a_jitter(name: str, state: dict[str, Any]) -> None:
    wanted = RETRIED.get(name, TRANSIENT)

    assert caught(state, "Retry") == ([wanted] if wanted else [])
    for retrier in state.get("Retry", []):
        assert retrier["JitterStrategy"] == "FULL"
        assert retrier["MaxAttempts"] <= 2


@every_call
def test_a_state_gives_up_no_later_than_its_function(name: str, state: dict[str, Any]) -> None:
    """A function that Lambda ends reports Sandbox.Timedout, which nothing falls back from; ours is States.Timeout."""
    resource = state["Arguments"]["FunctionName"].removeprefix("${").removesuffix("Arn}")
    function = TEMPLATE["Globals"]["Function"] | TEMPLATE["Resources"][resource]["Properties"]

    assert state["TimeoutSeconds"] <= function["Timeout"]


@pytest.mark.parametrize("definition", WORKFLOWS.values(), ids=WORKFLOWS)
def test_a_workflow_ends_before_step_functions_ends_it(definition: dict[str, Any]) -> None:
    """An Express execution has 300 seconds, and what is cut off leaves no record."""
    longest = max(state["TimeoutSeconds"] for state in definition["States"].values() if state["Type"] == "Task")

    assert longest < definition["TimeoutSeconds"] < 300


def test_every_failure_of_a_provider_falls_back_and_nothing_else_of_ours() -> None:
    """ProviderError itself is never raised: it is the base of those that are."""
    failures = {each.__name__ for each in errors.FACTS if issubclass(each, errors.ProviderError)} - {"ProviderError"}
    first, *_ = caught(WORKFLOWS["chat.asl.yaml"]["States"]["Infer"])

    assert len(failures) > 1
    assert set(first) == failures | {"States.Timeout"}
