"""sallyport models publish, promote and rollback."""

import pytest

from sallyport.configuration import FRESH_SECONDS

GOOD = """
[targets.one]
provider = "simulated"
model = "simulated-1"
privacy = "private"
[routes.demo]
targets = ["one"]
"""
OTHER = GOOD.replace("simulated-1", "simulated-2")


def put(run, text=GOOD, *more):
    return run("models", "publish", "-", "--author", "ann", *more, text=text)


def in_force(services):
    return services.configuration.routing_table().version


def test_the_gateway_serves_what_was_published(run, services):
    result = put(run)
    assert result.exit_code == 0, result.stderr
    assert f"v1 is in force within {FRESH_SECONDS} seconds" in result.stdout
    assert in_force(services) == "v1"


def test_scripts_are_told_the_change(run_json):
    told = run_json("models", "publish", "-", "--author", "ann", "--comment", "first", text=GOOD)
    assert told.pop("at")
    assert told == {
        "change": 1,
        "action": "publish",
        "version": "v1",
        "in_force": "v1",
        "canary_percent": None,
        "author": "ann",
        "comment": "first",
        "effective_within_seconds": FRESH_SECONDS,
    }


def test_a_canary_is_promoted_or_rolled_back(run, services):
    put(run)
    result = put(run, OTHER, "--canary", "20")
    assert "v2 is a canary for 20 % of the requests" in result.stdout
    assert "v1 serves the others" in result.stdout
    assert in_force(services) == "v1"
    assert "v2 is in force" in run("models", "promote", "--author", "ann").stdout
    assert "v1 is in force" in run("models", "rollback", "--author", "ann").stdout
    assert "v2 is in force" in run("models", "rollback", "v2", "--author", "ann").stdout
    assert "packaged-1 is in force" in run("models", "rollback", "packaged", "--author", "ann").stdout


@pytest.mark.parametrize("percent", ["0", "100", "ten"])
def test_a_canary_is_a_part_of_the_requests(percent, run):
    assert put(run, GOOD, "--canary", percent).exit_code == 2


@pytest.mark.parametrize("version", ["latest", "v0", "v"])
def test_a_version_has_a_name(version, run):
    assert run("models", "rollback", version).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("promote",), "no canary"),
        (("rollback", "v7"), "v7 was never published"),
        (("rollback", "v1"), "v1 is in force already"),
        (("show", "v7"), "no version 7"),
    ],
)
def test_what_cannot_be_done_says_why(arguments, said, run):
    put(run)
    result = run("models", *arguments)
    assert result.exit_code == 1
    assert said in result.stderr


def test_nothing_is_published_beside_a_canary(run):
    put(run, GOOD, "--canary", "20")
    result = put(run, OTHER)
    assert result.exit_code == 1
    assert "End that first" in result.stderr


@pytest.mark.parametrize(("text", "warned"), [(GOOD.replace("demo", "mine"), True), (OTHER, False)])
def test_warns_of_names_that_applications_cannot_ask_for_any_more(text, warned, run):
    put(run)
    result = put(run, text)
    assert result.exit_code == 0
    assert ("cannot ask for demo any more" in result.stderr) is warned
