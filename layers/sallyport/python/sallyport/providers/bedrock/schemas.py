"""JSON schemas as Bedrock takes them: an object at the root, closed, or without references where a family has none."""

from typing import Any

from sallyport.providers.bedrock.families import Family
from sallyport.providers.refusal import refused
from sallyport.providers.schemas import DATA

_MOST_NODES = 20_000
"""Of a schema without references: each of them may double it."""
_SAYS_NOTHING = frozenset({"$schema", "$id", "$comment", "title", "examples", "default", "deprecated"})
"""Keywords that a schema means the same without."""

type Schema = dict[str, Any]


class _NoTreeError(Exception):
    """A schema that holds itself, or is too large to be written out."""


def object_schema(schema: Schema | None, field: str, family: Family) -> Schema:
    """The schema of an object. Raise ProviderRejectedError, with `field`, for another, or one that the family refuses.

    A reference at the root is always followed: Bedrock looks for the type there.
    """
    schema = schema or {}
    try:
        schema = _without_references(schema) if family.inline else _followed(schema)
    except _NoTreeError:
        raise refused(field, "Its schema refers to itself, or is too large without references.") from None
    kind = schema.get("type", "object")
    if kind != "object" and not (isinstance(kind, list) and "object" in kind):
        raise refused(field, "Its schema must be an object's.")
    if family.bare_root:
        schema = _bare(schema)
    return {"properties": {}} | schema | {"type": "object"}


def can_be_closed(schema: Schema) -> bool:
    """Whether Bedrock can enforce it: no object is open on purpose, and none holds itself."""
    try:
        return not _is_open(_without_references(schema))
    except _NoTreeError:
        return False


def _bare(schema: Schema) -> Schema:
    said = {key: value for key, value in schema.items() if key not in _SAYS_NOTHING}
    # A model fills in what it is shown, whether or not more would be allowed.
    return {key: value for key, value in said.items() if key != "additionalProperties" or not isinstance(value, bool)}


def _is_open(schema: Any) -> bool:
    match schema:
        case {"additionalProperties": more} if more is not False:
            return True
        case dict():
            return any(_is_open(value) for key, value in schema.items() if key not in DATA)
        case list():
            return any(_is_open(value) for value in schema)
        case _:
            return False


def _followed(schema: Schema) -> Schema:
    """Definitions stay, for the references further down."""
    seen: set[str] = set()
    while (target := _target(schema, schema)) is not None:
        if schema["$ref"] in seen:
            raise _NoTreeError
        seen.add(schema["$ref"])
        schema = target | {key: value for key, value in schema.items() if key != "$ref"}
    return schema


def _without_references(root: Schema) -> Schema:
    nodes = 0

    def plain(node: Any, trail: tuple[str, ...]) -> Any:
        nonlocal nodes
        nodes += 1
        if nodes > _MOST_NODES:
            raise _NoTreeError
        if isinstance(node, list):
            return [plain(each, trail) for each in node]
        if not isinstance(node, dict):
            return node
        target = _target(node, root)
        if target is not None:
            if node["$ref"] in trail:
                raise _NoTreeError
            beside = {key: value for key, value in node.items() if key != "$ref"}
            return plain(target | beside, (*trail, node["$ref"]))
        kept = {key: value for key, value in node.items() if key != "$defs"}
        return {key: value if key in DATA else plain(value, trail) for key, value in kept.items()}

    made: Schema = plain({key: value for key, value in root.items() if key != "definitions"}, ("#",))
    return made


def _target(node: Schema, root: Schema) -> Schema | None:
    """What a node refers to within the same schema; None for one that does not, or to nothing."""
    reference = node.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    found: Any = root
    for step in reference[1:].split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None
