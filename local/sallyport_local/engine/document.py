"""The text of a definition: substitutions, and YAML no looser than what Step Functions accepts."""

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from sallyport_local.engine.errors import DefinitionError

_PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


def substitute(text: str, substitutions: Mapping[str, str]) -> str:
    """Replace every `${Name}`, as DefinitionSubstitutions do. A missing or an unused name is an error."""
    wanted = set(_PLACEHOLDER.findall(text))
    if missing := wanted - substitutions.keys():
        raise DefinitionError(f"no substitution is given for {', '.join(f'${{{name}}}' for name in sorted(missing))}")
    if unused := substitutions.keys() - wanted:
        raise DefinitionError(f"the definition has no place for {', '.join(f'${{{name}}}' for name in sorted(unused))}")
    return _PLACEHOLDER.sub(lambda match: substitutions[match[1]], text)


def read(text: str) -> Any:
    """The value of a YAML (or JSON) text. Raises DefinitionError."""
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506 - a SafeLoader that refuses more
    except yaml.YAMLError as error:
        raise DefinitionError(f"the definition is not valid YAML: {error}") from error


class _Strict(yaml.SafeLoader):
    """Refuses what CloudFormation or Step Functions refuses and PyYAML lets through: aliases and repeated keys."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            where = _line(self.peek_event())  # type: ignore[no-untyped-call]
            raise DefinitionError(f"YAML aliases are refused at deployment; repeat the block{where}")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise DefinitionError(f"the key '{key.value}' stands here twice{_line(key)}")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _line(mark: Any) -> str:
    return f" (line {mark.start_mark.line + 1})"
