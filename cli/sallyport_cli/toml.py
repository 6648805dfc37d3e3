"""Write TOML 1.0, which the standard library only reads: JSON values without null, one field a line."""

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(fields: Mapping[str, Any]) -> str:
    return "".join(f"{key_of(name)} = {_value(value)}\n" for name, value in fields.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key_of(name)} = {_value(each)}" for name, each in value.items() if each is not None)
        return f"{{ {inside} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    # Numbers, truth values and text without control characters look alike in both.
    return json.dumps(value, ensure_ascii=False)


def key_of(name: str) -> str:
    """A name as a key: bare if it can be."""
    return name if _BARE_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)
