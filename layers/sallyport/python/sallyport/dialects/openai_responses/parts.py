"""The parts of an item's content: text, refusals, and what is sent along as base64."""

from collections.abc import Callable, Mapping
from typing import Any

from sallyport.conversation import Block, Document, Image, Refusal, Text
from sallyport.dialects import fields
from sallyport.dialects.openai_chat.parts import cache_mark, data_url

type Fields = dict[str, Any]

OF_USER = ("input_text", "input_image", "input_file")
OF_SYSTEM = ("input_text",)
OF_ASSISTANT = ("output_text", "refusal", "input_text")
"""The last is no word of an answer's, but what many write who remember one by hand."""

_detail = fields.one_of(("auto", "low", "high", "original"))
_file_detail = fields.one_of(("auto", "low", "high"))


def content(value: Any, path: str, allowed: tuple[str, ...]) -> tuple[Block, ...]:
    """The blocks of a `content` or an `output`, a string or an array of parts of the `allowed` types."""
    if isinstance(value, str):
        return (Text(text=value),)
    if not isinstance(value, list):
        raise fields.wrong_type(value, path, "a string or an array of parts")
    return tuple(_part(each, f"{path}[{index}]", allowed) for index, each in enumerate(value))


def _part(value: Any, path: str, allowed: tuple[str, ...]) -> Block:
    part = fields.mapping(value, path)
    kind = fields.required(part, "type", fields.text, path)
    if kind not in allowed:
        raise fields.refuse(f"{path}.type", f"must be one of {', '.join(allowed)} here.")
    return _READERS[kind](part, path)


def _text(part: Fields, path: str) -> Text:
    return Text(text=fields.required(part, "text", fields.text, path), cache=cache_mark(part, path))


def _refusal(part: Fields, path: str) -> Refusal:
    return Refusal(text=fields.required(part, "refusal", fields.text, path))


def _image(part: Fields, path: str) -> Image:
    _no_file_id(part, path, "image_url")
    url = fields.required(part, "image_url", fields.text, path)
    detail = fields.optional(part, "detail", _detail, path)
    cache = cache_mark(part, path)
    if url[:5].lower() == "data:":
        media_type, data = data_url(url, f"{path}.image_url")
        return Image(media_type=media_type, data=data, detail=detail, cache=cache)
    if url[:8].lower().startswith(("https://", "http://")):
        return Image(url=url, url_field=f"{path}.image_url", detail=detail, cache=cache)
    raise fields.refuse(f"{path}.image_url", "must be a data: URL with base64, or an https URL.")


def _file(part: Fields, path: str) -> Document:
    _no_file_id(part, path, "file_data")
    fields.optional(part, "detail", _file_detail, path)
    name = fields.optional(part, "filename", fields.text, path)
    if part.get("file_data") is None and part.get("file_url") is not None:
        url = fields.required(part, "file_url", fields.web_address, path)
        return Document(name=name, url=url, url_field=f"{path}.file_url", cache=cache_mark(part, path))
    data, media_type = fields.required(part, "file_data", fields.text, path), None
    if data[:5].lower() == "data:":
        media_type, data = data_url(data, f"{path}.file_data")
    else:
        data = fields.base64(data, f"{path}.file_data")
    return Document(name=name, media_type=media_type, data=data, cache=cache_mark(part, path))


def _no_file_id(part: Fields, path: str, instead: str) -> None:
    if part.get(instead) is None and part.get("file_id") is not None:
        raise fields.refuse(f"{path}.file_id", f"names a file that the gateway does not keep. Send {instead} instead.")


_READERS: Mapping[str, Callable[[Fields, str], Block]] = {
    "input_text": _text,
    "output_text": _text,
    "refusal": _refusal,
    "input_image": _image,
    "input_file": _file,
}
