"""The parts of a message's content: text, refusals, and what is sent along as base64."""

from typing import Any

from sallyport.conversation import Audio, CacheTtl, Document, Image, Refusal, Text
from sallyport.dialects import fields
from sallyport.dialects.marks import cache_ttl

type Part = Text | Image | Document | Audio | Refusal

_mode = fields.one_of(("explicit",))
_ttl = fields.one_of(("30m", "12h"))


def content(value: Any, path: str) -> tuple[Part, ...]:
    """The blocks of a message's `content`, a string or an array of parts."""
    if isinstance(value, str):
        return (Text(text=value),)
    if not isinstance(value, list):
        raise fields.wrong_type(value, path, "a string or an array of parts")
    if not value:
        raise fields.refuse(path, "must not be an empty array.")
    return tuple(_part(part, f"{path}[{index}]") for index, part in enumerate(value))


def texts(value: Any, path: str) -> tuple[Text, ...]:
    """Like `content`, where the API takes nothing but text."""
    parts = content(value, path)
    for index, part in enumerate(parts):
        if not isinstance(part, Text):
            raise fields.refuse(f"{path}[{index}].type", "must be text in a message of this role.")
    return tuple(part for part in parts if isinstance(part, Text))


def cache_mark(part: dict[str, Any], path: str) -> CacheTtl | None:
    """An hour: the shortest time known here that is not less than the half hour that a mark asks for.

    Or as long as a mark in Anthropic's words says, which many clients of several providers send here, too.
    """
    if part.get("cache_control") is not None:
        return cache_ttl(part, path)
    mark = fields.optional(part, "prompt_cache_breakpoint", fields.mapping, path)
    if mark is None:
        return None
    path = f"{path}.prompt_cache_breakpoint"
    fields.required(mark, "mode", _mode, path)
    fields.optional(mark, "ttl", _ttl, path)
    return "1h"


def _part(value: Any, path: str) -> Part:
    part = fields.mapping(value, path)
    made = _unmarked(part, path)
    if isinstance(made, Refusal):
        return made
    cache = cache_mark(part, path)
    return made if cache is None or isinstance(made, Audio) else made.model_copy(update={"cache": cache})


def _unmarked(part: dict[str, Any], path: str) -> Part:
    match fields.required(part, "type", fields.text, path):
        case "text":
            return Text(text=fields.required(part, "text", fields.text, path))
        case "refusal":
            return Refusal(text=fields.required(part, "refusal", fields.text, path))
        case "image_url":
            return _image(fields.required(part, "image_url", fields.mapping, path), f"{path}.image_url")
        case "input_audio":
            return _audio(fields.required(part, "input_audio", fields.mapping, path), f"{path}.input_audio")
        case "file":
            return _file(fields.required(part, "file", fields.mapping, path), f"{path}.file")
        case _:
            raise fields.refuse(f"{path}.type", "must be one of text, image_url, input_audio, file, refusal.")


def _image(image: dict[str, Any], path: str) -> Image:
    url = fields.required(image, "url", fields.text, path)
    detail = fields.optional(image, "detail", fields.text, path)
    if url[:5].lower() == "data:":
        media_type, data = data_url(url, f"{path}.url")
        return Image(media_type=media_type, data=data, detail=detail)
    if url[:8].lower().startswith(("https://", "http://")):
        return Image(url=url, url_field=f"{path}.url", detail=detail)
    raise fields.refuse(f"{path}.url", "must be a data: URL with base64, or an https URL.")


def _audio(audio: dict[str, Any], path: str) -> Audio:
    data = fields.required(audio, "data", fields.base64, path)
    return Audio(format=fields.required(audio, "format", fields.filled_text, path), data=data)


def _file(file: dict[str, Any], path: str) -> Document:
    if file.get("file_data") is None and file.get("file_id") is not None:
        raise fields.refuse(f"{path}.file_id", "names a file that the gateway does not keep. Send file_data instead.")
    data = fields.required(file, "file_data", fields.text, path)
    name = fields.optional(file, "filename", fields.text, path)
    if data[:5].lower() == "data:":
        media_type, data = data_url(data, f"{path}.file_data")
        return Document(name=name, media_type=media_type, data=data)
    return Document(name=name, data=fields.base64(data, f"{path}.file_data"))


def data_url(url: str, path: str) -> tuple[str | None, str]:
    """Media type and base64 of `data:<type>;base64,<data>`."""
    header, _, data = url.partition(",")
    media_type, *parameters = header[5:].split(";")
    if "base64" not in (parameter.strip().lower() for parameter in parameters):
        raise fields.refuse(path, "must be a data: URL in base64, such as data:image/png;base64,….")
    return media_type.strip().lower() or None, fields.base64(data, path)
