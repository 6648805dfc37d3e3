"""The arguments of Converse while they are made, and the wishes that were left out of them."""

from dataclasses import dataclass, field
from typing import Any

from sallyport.attempts import Unmet


@dataclass(slots=True)
class Draft:
    """`arguments` are those of `converse`; `instructions` are texts of ours that follow the client's system texts."""

    arguments: dict[str, Any] = field(default_factory=dict)
    instructions: list[str] = field(default_factory=list)
    unmet: list[Unmet] = field(default_factory=list)

    @property
    def additional(self) -> dict[str, Any]:
        """The fields in the words of the model's own API; made when first asked for."""
        fields: dict[str, Any] = self.arguments.setdefault("additionalModelRequestFields", {})
        return fields

    @property
    def forces_a_tool(self) -> bool:
        return bool({"any", "tool"} & self.arguments.get("toolConfig", {}).get("toolChoice", {}).keys())

    @property
    def thinks(self) -> bool:
        return self._thinking() in ("enabled", "adaptive")

    @property
    def rests(self) -> bool:
        return self._thinking() == "disabled"

    def ask_back(self, *paths: str) -> None:
        """Have fields of the model's own reply, as JSON pointers, come with Converse's. Unknown ones do no harm."""
        self.arguments.setdefault("additionalModelResponseFieldPaths", []).extend(paths)

    def leave_out(self, name: str, reason: str) -> None:
        """Tell the client of a wish that is not met; once, however often it was wished."""
        unmet = Unmet(field=name, reason=reason)
        if unmet not in self.unmet:
            self.unmet.append(unmet)

    def _thinking(self) -> str | None:
        kind: str | None = self.arguments.get("additionalModelRequestFields", {}).get("thinking", {}).get("type")
        return kind
