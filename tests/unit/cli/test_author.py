"""sallyport_cli.author: who is publishing."""

import getpass
import json

import boto3
import pytest

from tests.unit.cli.test_publishing import GOOD
from tests.unit.cli.test_stack import credentials, described, stack

__all__ = ["credentials", "described", "stack"]


def author(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["author"]


@pytest.mark.parametrize(("named", "expected"), [((), "ann"), (("--author", "bob"), "bob")])
def test_it_is_the_user_of_this_machine_or_who_is_named(named, expected, run, monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    assert author(run("models", "publish", "-", "--json", *named, text=GOOD)) == expected


def test_a_machine_that_knows_nobody_asks_for_a_name(run, monkeypatch):
    def nobody():
        raise KeyError("uid 1000")

    monkeypatch.setattr(getpass, "getuser", nobody)
    result = run("models", "publish", "-", text=GOOD)
    assert result.exit_code == 1
    assert "--author NAME" in result.stderr


@pytest.mark.parametrize("named", [(), ("--author", "bob")])
def test_on_a_stack_it_is_the_identity_of_the_credentials(named, invoke, stack):
    arn = boto3.client("sts").get_caller_identity()["Arn"]
    told = invoke("models", "publish", "-", "--stack", "prod", "--json", *named, text=GOOD)
    assert author(told) == ("bob" if named else arn)
    listed = invoke("models", "history", "--stack", "prod", "--json")
    assert [each["version"] for each in json.loads(listed.stdout)] == ["v1"]
