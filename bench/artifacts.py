"""What `sam build` makes of this project, for the machine it runs on, and how large that is."""

import io
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from sallyport_local.template import read_template

ROOT = Path(__file__).parents[1]
WORK = ROOT / ".aws-sam" / "native"
"""Apart from the build that is deployed, which is for arm64; the cache in it makes later builds quick."""

# What Lambda's runtime brings, and of the public Powertools layer (which has every extra) what this project imports.
_RUNTIME = ("boto3",)
_POWERTOOLS_LAYER = ("aws-lambda-powertools[tracer]", "pydantic")
_INTERFACE_CLIENT = ("awslambdaric",)


@dataclass(frozen=True, slots=True)
class BuiltFunction:
    """One function as template.yaml has it. `environment` has CloudFormation's functions in its values."""

    concern: str
    folder: Path
    handler: str
    environment: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Build:
    functions: Sequence[BuiltFunction]
    layers: Mapping[str, Path]
    """In the order in which Lambda puts them on the path."""
    resources: Mapping[str, Any]


def architecture() -> str:
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


def build() -> Build:
    """Raise CalledProcessError with sam's own words when it does not build."""
    target = WORK / "build"
    environment = {
        **os.environ,
        "SAM_CLI_TELEMETRY": "0",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # sam wants a `python3.13` there
    }
    command = [str(Path(sys.executable).with_name("sam")), "build", "--cached", "--parallel"]
    command += ["--cache-dir", str(WORK / "cache"), "--build-dir", str(target)]
    command += ["--parameter-overrides", f"Architecture={architecture()}"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return read_build(target)


def read_build(target: Path) -> Build:
    template = read_template(target / "template.yaml")
    common = template["Globals"]["Function"]
    resources = template["Resources"]
    functions = []
    for resource in resources.values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        properties = resource["Properties"]
        functions.append(
            BuiltFunction(
                concern=properties["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}-"),
                folder=target / properties["CodeUri"],
                handler=properties.get("Handler", common["Handler"]),
                environment=_variables(common) | _variables(properties),
            )
        )
    layers = {
        layer["Ref"]: (target / resources[layer["Ref"]]["Properties"]["ContentUri"]).resolve()
        for layer in common["Layers"]
        if "Ref" in layer
    }
    return Build(functions=functions, layers=layers, resources=resources)


def zipped_bytes(folder: Path) -> int:
    """As `sam deploy` uploads it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                file.write(path, path.relative_to(folder))
    return archive.getbuffer().nbytes


def make_runtime(folder: Path) -> Path:
    """A folder with links to exactly what Lambda and the Powertools layer bring, so that anything else is missing."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in sorted(closure(*_RUNTIME, *_POWERTOOLS_LAYER, *_INTERFACE_CLIENT)):
        _link(distribution(name), folder)
    return folder


def make_opt(layers: Iterable[Path], folder: Path) -> Path:
    """The layers' contents in one folder, as Lambda mounts them at /opt, with the byte code that they bring."""
    shutil.rmtree(folder, ignore_errors=True)
    for layer in layers:
        shutil.copytree(layer, folder, dirs_exist_ok=True)
    return folder


def closure(*requirements: str) -> dict[str, str]:
    """Every distribution that these need, with the installed version; extras count where they are asked for."""
    found: dict[str, str] = {}
    pending = [Requirement(each) for each in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while pending:
        requirement = pending.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if (name, frozenset(requirement.extras)) in seen:
            continue
        seen.add((name, frozenset(requirement.extras)))
        found[name] = distribution(name).version
        for line in distribution(name).requires or []:
            needed = Requirement(line)
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in (*requirement.extras, "")
            ):
                pending.append(needed)
    return found


def _link(package: Distribution, folder: Path) -> None:
    for top in {file.parts[0] for file in package.files or [] if file.parts[0] not in ("..", "__pycache__")}:
        (folder / top).symlink_to(Path(str(package.locate_file(top))))


def _variables(properties: Mapping[str, Any]) -> dict[str, Any]:
    return dict(properties.get("Environment", {}).get("Variables", {}))
