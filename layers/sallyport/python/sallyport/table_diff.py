"""What differs between two routing tables, field by field. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sallyport.routing import RoutingTable


@dataclass(frozen=True, slots=True)
class Difference:
    """`path` is that of a target, a route or one of its fields; what was not there, or is not any more, is None."""

    change: Literal["added", "removed", "changed"]
    path: str
    old: Any
    new: Any


def differences(old: RoutingTable, new: RoutingTable) -> list[Difference]:
    """In the order of paths. The version is a name, and no difference."""
    return [
        difference
        for kind in ("targets", "routes")
        for difference in _of_named(kind, _fields(old)[kind], _fields(new)[kind])
    ]


def removed_aliases(old: RoutingTable, new: RoutingTable) -> list[str]:
    """What applications could ask for, and then cannot."""
    return sorted(old.routes.keys() - new.routes.keys())


def _fields(table: RoutingTable) -> dict[str, Any]:
    return table.model_dump(mode="json", exclude_defaults=True)


def _of_named(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted(old.keys() | new.keys()):
        path = f"{kind}.{name}"
        if name not in old:
            yield Difference("added", path, None, new[name])
        elif name not in new:
            yield Difference("removed", path, old[name], None)
        else:
            yield from _of_fields(path, old[name], new[name])


def _of_fields(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted(old.keys() | new.keys()):
        before, after, at = old.get(name), new.get(name), f"{path}.{name}"
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _of_fields(at, before, after)
        elif before != after:
            yield Difference("changed", at, before, after)
