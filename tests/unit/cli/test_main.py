"""sallyport_cli as a program: its help, its exit codes, and how little it loads."""

import subprocess
import sys

import pytest

COMMANDS = [
    ("up",),
    ("keys", "create"),
    ("keys", "list"),
    ("keys", "revoke"),
    ("policies", "show"),
    ("policies", "set"),
    ("models", "list"),
    ("models", "show"),
    ("models", "validate"),
    ("models", "diff"),
    ("models", "publish"),
    ("models", "promote"),
    ("models", "rollback"),
    ("models", "history"),
    ("trace",),
    ("usage",),
    ("alerts",),
    ("anonymize",),
    ("audit", "verify"),
    ("audit", "show"),
    ("audit", "list"),
    ("dead-letters", "list"),
    ("dead-letters", "redrive"),
    ("drill",),
]

ANYWHERE = [("models", "validate"), ("anonymize",), ("drill",)]
"""Those that look at files alone, or at a gateway of their own."""


def test_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "sallyport_cli", "--help"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    for name, *_ in COMMANDS:
        assert f"\n  {name} " in done.stdout
    assert "..." not in done.stdout.split("Commands:")[1], "every command's summary fits on its line"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command, invoke):
    result = invoke(*command, "--help")
    assert result.exit_code == 0
    if command != ("up",):
        assert f"sallyport {' '.join(command)}" in result.output, "there is an example"
        assert "--json" in result.output
        assert ("--stack" in result.output) is (command not in ANYWHERE)


@pytest.mark.parametrize("arguments", [["keys"], ["models"], ["audit"], []])
def test_a_group_alone_shows_what_there_is(arguments, invoke):
    result = invoke(*arguments)
    assert "Commands:" in result.stdout + result.stderr


@pytest.mark.parametrize(
    "arguments", [["key"], ["keys", "make"], ["usage", "--by", "colour"], ["trace"], ["trace", "x"]]
)
def test_wrong_usage_is_exit_code_2(arguments, invoke):
    assert invoke(*arguments).exit_code == 2


@pytest.mark.parametrize(
    "command", [["keys", "list"], ["models", "list"], ["audit", "verify"], ["usage"]], ids=" ".join
)
def test_loads_neither_the_server_nor_aws_for_a_data_folder(command, folder):
    heavy = ["boto3", "botocore", "moto", "starlette", "uvicorn", "aws_lambda_powertools", "jsonata", "yaml"]
    program = f"""
import sys
from sallyport_cli.main import main
main({command!r}, standalone_mode=False)
print([name for name in {heavy!r} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"SALLYPORT_DATA": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "[]"
