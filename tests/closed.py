"""The SDKs' types are open: they take fields that they do not know. What we send is held to those that they do."""

from pydantic import BaseModel


def closed[M: BaseModel](declared: type[M], text: str | bytes, *ours: str) -> M:
    """The JSON `text` as the SDK declares it, strictly, and without a field that is neither the SDK's nor of `ours`."""
    read = declared.model_validate_json(text, strict=True)
    assert unknown(read) <= set(ours), declared
    return read


def unknown(model: BaseModel) -> set[str]:
    """Names of fields that the SDK's types do not know, at any depth."""
    found = set(model.model_extra or {})
    for value in vars(model).values():
        for each in value if isinstance(value, list) else [value]:
            found |= unknown(each) if isinstance(each, BaseModel) else set()
    return found
