"""Texts that come back without personal data: the one canonical request and its result. No model sees either."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from sallyport.message import Message

MOST_TEXTS = 256
"""Of one request: a folder of CVs, or a page of notes line by line."""

type Mode = Literal["default", "hiring"]


class AnonymizationRequest(Message):
    """`restorable` keeps a sealed map of what was replaced, in `default` mode only: hiring has no way back.

    Of hiring alone are `employers`, whether their names stay, and `first_candidate`, the number of the first text.
    """

    documents: tuple[str, ...] = Field(max_length=MOST_TEXTS)
    mode: Mode = "default"
    restorable: bool = False
    employers: bool = True
    first_candidate: PositiveInt = 1


class Replaced(Message):
    """What stood from `start` to `end` (characters of the text as it was sent, end exclusive) and was replaced.

    `placeholder` is what stands there now. `category` and `reason` are hiring's, and say what it could have told.
    """

    type: str
    start: NonNegativeInt
    end: NonNegativeInt
    score: Annotated[float, Field(ge=0, le=1)]
    placeholder: str
    category: str | None = None
    reason: str | None = None


class AnonymizedDocument(Message):
    """`candidate` is the neutral name of whom a CV is about."""

    text: str
    findings: tuple[Replaced, ...] = ()
    candidate: str | None = None


class Anonymization(Message):
    """One document for each of the request's, in their order."""

    documents: tuple[AnonymizedDocument, ...]
    mode: Mode = "default"
