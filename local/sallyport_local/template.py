"""Reads template.yaml: YAML with CloudFormation's short tags, which become the long form (`!Ref x` -> {"Ref": "x"})."""

from pathlib import Path
from typing import Any

import yaml

from sallyport_local.functions import ROOT

TEMPLATE = ROOT / "template.yaml"


class _Loader(yaml.SafeLoader):
    """A SafeLoader of its own, so that no other YAML of this process learns the tags."""


def _tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    match node:
        case yaml.ScalarNode():
            value: Any = loader.construct_scalar(node)
            if suffix == "GetAtt":
                value = value.split(".", 1)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case _:
            value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {name: value}


_Loader.add_multi_constructor("!", _tag)


def read_template(path: Path = TEMPLATE) -> dict[str, Any]:
    with path.open() as file:
        template: dict[str, Any] = yaml.load(file, _Loader)  # noqa: S506 - a SafeLoader with tags that build dicts
    return template
