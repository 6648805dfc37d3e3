"""The same gateway under other clients, each set of them locked in an environment of its own (`make setup`)."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.contract.served import Served

ROOT = Path(__file__).parents[2]

# Frameworks keep connections for the whole process, and close none.
UNCLOSED = "-Wignore:unclosed:ResourceWarning"


@pytest.mark.parametrize(
    ("environment", "folder", "options"), [("previous", "sdks", []), ("frameworks", "frameworks", [UNCLOSED])]
)
def test_the_gateway_serves_other_clients_too(served: Served, environment: str, folder: str, options: list[str]):
    """`previous` has the SDKs of the major before; `frameworks` has what others build on the current ones."""
    python = ROOT / f".venv-{environment}/bin/python"
    assert python.exists(), f"There is no .venv-{environment}. Run `make setup`."
    here = Path("tests/contract")
    # Of the repository these environments see the tests alone: `tests/conftest.py` needs the gateway's packages.
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--confcutdir={here}", here / folder, *options]
    run = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | served.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2_000:]


def majors(lock: str) -> dict[str, int]:
    """Of the SDKs that a lock file pins."""
    pinned = re.findall(r"^(anthropic|openai)==(\d+)\.", (ROOT / lock).read_text(), re.MULTILINE)
    return {name: int(major) for name, major in pinned}


def test_the_environments_have_the_current_major_and_the_one_before():
    current = majors("requirements.lock")

    assert current.keys() == {"anthropic", "openai"}
    assert majors("requirements-frameworks.lock") == current
    assert majors("requirements-previous.lock") == {name: major - 1 for name, major in current.items()}
