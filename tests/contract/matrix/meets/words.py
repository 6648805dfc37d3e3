"""How a provider meets a wish, in five words; and what proves each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Shown = Mapping[str, Any]
"""Path to value: in what a provider was sent (`system.0.text`), or in the first choice that a client read."""


@dataclass(frozen=True)
class Meets:
    """`warns` are the fields in `sallyport.warnings`, `param` the field that a refusal names; `asked` is how often.

    Where a wish is left out and nothing is `sent` to show it, the provider is sent what it would be without the wish.
    """

    word: str
    sent: Shown = field(default_factory=dict)
    reads: Shown = field(default_factory=dict)
    warns: tuple[str, ...] = ()
    param: str | None = None
    asked: int = 1

    @property
    def told(self) -> str:
        """What the table says."""
        return f"{self.word}, warned" if self.warns and self.word != "warned" else self.word


type ByDialect = Mapping[str, Meets]


class Has(str):
    """Equal to any text that has it."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and str(self) in other


def yes(sent: Shown | None = None, *, reads: Shown | None = None, warns: tuple[str, ...] = (), asked: int = 1) -> Meets:
    return Meets("yes", sent or {}, reads or {}, warns, asked=asked)


def mapped(sent: Shown, *warns: str, reads: Shown | None = None, asked: int = 1) -> Meets:
    return Meets("mapped", sent, reads or {}, warns, asked=asked)


def warned(*fields: str, sent: Shown | None = None, reads: Shown | None = None) -> Meets:
    return Meets("warned", sent or {}, reads or {}, fields)


def refused(param: str) -> Meets:
    return Meets("refused", param=param)


def said(text: str) -> Meets:
    """The simulated provider's own way to show that it heard."""
    return yes(reads={"text": Has(text)})


def at(value: Any, path: str) -> Any:
    """None where there is nothing."""
    for step in path.split("."):
        try:
            value = value[int(step)] if isinstance(value, list | tuple) else value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
