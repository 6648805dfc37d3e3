"""A fleet of simulated providers and a gateway in front of it, each in a process of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from sallyport_local.fleet.bedrock import OWN_ACCOUNT
from sallyport_local.fleet.script import Script

_STOP_SECONDS = 30
_KEY = re.compile(r"key +(\S+): (sp_\S+)")
_URL = re.compile(r"serves on (\S+)")
_READY = "Ctrl-C"

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
_OTHERS = ("AWS_", "SALLYPORT_", "CACHE_URL", "LEDGER_URL", "SECOND_OPINION", "GUARDRAIL_", *_PROXIES)
"""What begins so in the environment is this machine's own, and no drill's."""


class NotStartedError(Exception):
    """A process ended before it served; the message says which, and what it said."""


@dataclass(frozen=True)
class FleetProcess:
    process: subprocess.Popen[str]
    url: str

    def load(self, script: Script) -> None:
        """Begin anew with it: no call was served, and no time has passed."""
        self._ask("PUT", "/fleet/script", script.model_dump_json().encode())

    def places(self) -> list[dict[str, Any]]:
        """What was served, a row a place."""
        return list(self._ask("GET", "/fleet")["places"])

    def calls(self) -> Iterator[dict[str, Any]]:
        """Every call, in the order in which they ended."""
        seen = 0
        while page := self._ask("GET", f"/fleet/calls?seen={seen}")["calls"]:
            yield from page
            seen += len(page)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        answer = urllib3.request(method, f"{self.url}{path}", body=body, timeout=30, retries=False)
        if answer.status != 200:
            raise ValueError(f"the fleet refuses {path}: {answer.json()['message']}")
        return dict(answer.json())


@dataclass(frozen=True)
class GatewayProcess:
    """`keys` are those of its seed, by name."""

    process: subprocess.Popen[str]
    url: str
    keys: Mapping[str, str]


@contextmanager
def fleet() -> Iterator[FleetProcess]:
    """Raise NotStartedError when it does not start."""
    with _running([sys.executable, "-m", "sallyport_local.fleet"], dict(os.environ)) as process:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise NotStartedError("The simulated fleet did not start; what it said is above.")
        yield FleetProcess(process, json.loads(line)["url"])


@contextmanager
def gateway(data: Path, seed: Path, upstream: FleetProcess) -> Iterator[GatewayProcess]:
    """On a data folder, with the targets of a seed file; it asks the fleet in place of AWS, and finds no credentials
    of this machine. Raise NotStartedError when it does not start.
    """
    command = [sys.executable, "-m", "sallyport_cli", "up", "--port", "0", "--data", str(data)]
    with _running([*command, "--seed", str(seed)], _environment(upstream.url)) as process:
        keys: dict[str, str] = {}
        url = ""
        for line in process.stdout or ():
            if key := _KEY.search(line):
                keys[key[1]] = key[2]
            if serves := _URL.search(line):
                url = serves[1]
            if _READY in line:
                break
        else:
            raise NotStartedError("The gateway did not start; what it said is above.")
        yield GatewayProcess(process, url, keys)


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """In a session of its own: Ctrl-C is for who started it, who then stops it in order."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _environment(fleet_url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
    return kept | {
        "AWS_ACCESS_KEY_ID": f"AKIA{OWN_ACCOUNT}",
        "AWS_SECRET_ACCESS_KEY": "simulated",
        "AWS_ENDPOINT_URL_STS": fleet_url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SALLYPORT_SECRET_FLEET_MAIN": "simulated-main",
    }
