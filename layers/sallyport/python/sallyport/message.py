"""The base of everything that crosses a state: closed, frozen, and silent about its contents; and its names."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
"""A tenant, project, key, alias or target: safe in a key, a path and a log."""

type Operation = Literal["chat", "embed"]
"""What a model is asked to do: to answer, or to make vectors of texts."""

type Work = Operation | Literal["anonymize", "restore"]
"""What the gateway is asked to do: what a model does, or to take personal data out of texts and to put it back."""

type Capability = Literal["vision", "tools", "json_schema", "documents", "audio"]
"""What a request may need of a model beyond words: images, functions, answers of a schema, files, sound."""

RequestId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class Message(BaseModel):
    """Base of everything that crosses a state."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def to_json(self) -> dict[str, Any]:
        """JSON values without the absent ones: JSONata knows `missing` better than `null`."""
        return self.model_dump(mode="json", exclude_none=True)
