"""A JSON value that fits a JSON schema, made of words that are at hand. Pure and deterministic."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import Any

_DEPTH = 12
_VALUES = 1000
_LENGTH = 10_000
_WORDS = re.compile(r"<[A-Z_]+_\d+>|\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'")
_NUMBERS = re.compile(r"(?<![\w.])-?\d{1,15}(?:\.\d{1,9})?(?!\w)")


def example(schema: dict[str, Any], prompt: str) -> Any:
    """Strings are the prompt's placeholders and quotations in their order, then the whole prompt, up to 200 characters.

    Numbers are the prompt's first one, or the least allowed. Enumerations, constants, references, alternatives and
    lengths are honoured; patterns and formats are not. What nests deeper than 12 levels is null, and so is all after
    the thousandth value: a schema may refer to itself many times over.

    Raise ValueError for what is no schema.
    """
    try:
        return _Maker(schema, prompt).make(schema, _DEPTH)
    except (TypeError, AttributeError, LookupError, ArithmeticError) as error:
        raise ValueError("no JSON schema") from error


class _Maker:
    def __init__(self, root: dict[str, Any], prompt: str) -> None:
        self._root = root
        words = (match.group().strip("\"'") for match in _WORDS.finditer(prompt))
        self._words: Iterator[str] = chain(words, repeat(prompt.strip()[:200] or "example"))
        number = _NUMBERS.search(prompt)
        self._left = _VALUES
        self._number = float(number.group()) if number else 0.0

    def make(self, schema: Any, depth: int) -> Any:
        self._left -= 1
        if not isinstance(schema, dict) or depth == 0 or self._left < 0:
            return None
        if "$ref" in schema:
            return self.make(self._referred(schema["$ref"]), depth - 1)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return schema["enum"][0]
        for alternatives in ("anyOf", "oneOf"):
            if schema.get(alternatives):
                return self.make(_first(schema[alternatives]), depth - 1)
        if schema.get("allOf"):
            merged = [self.make(each, depth - 1) for each in schema["allOf"]]
            return {key: value for each in merged if isinstance(each, dict) for key, value in each.items()} or merged[0]
        return self._of_type(_type(schema), schema, depth)

    def _of_type(self, kind: str, schema: dict[str, Any], depth: int) -> Any:
        match kind:
            case "object":
                properties = schema.get("properties") or {}
                return {name: self.make(each, depth - 1) for name, each in properties.items()}
            case "array":
                count = max(int(schema.get("minItems", 1)), 1)
                return [self.make(schema.get("items", {"type": "string"}), depth - 1) for _ in range(min(count, 20))]
            case "string":
                shortest, longest = int(schema.get("minLength", 0)), int(schema.get("maxLength", _LENGTH))
                return next(self._words).ljust(min(shortest, _LENGTH), ".")[:longest]
            case "integer":
                return int(self._within(schema))
            case "number":
                return self._within(schema)
            case "boolean":
                return True
            case _:
                return None

    def _within(self, schema: dict[str, Any]) -> float:
        low = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1 if "exclusiveMinimum" in schema else None)
        high = schema.get("maximum", schema.get("exclusiveMaximum", 1) - 1 if "exclusiveMaximum" in schema else None)
        number = self._number if low is None else max(self._number, low)
        return float(number if high is None else min(number, high))

    def _referred(self, reference: Any) -> Any:
        """A reference within the document, `#/$defs/Name`; None for any other."""
        found: Any = self._root
        for step in str(reference).removeprefix("#").strip("/").split("/"):
            found = found.get(step.replace("~1", "/").replace("~0", "~")) if step and isinstance(found, dict) else found
        return found


def _first(alternatives: Iterable[Any]) -> Any:
    """The first that is more than null."""
    return next((each for each in alternatives if not isinstance(each, dict) or each.get("type") != "null"), None)


def _type(schema: dict[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "null")
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else "string"
