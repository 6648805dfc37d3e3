"""Policies that have a name: what becomes of each type of personal data, as data.

Whatever a preset does not name gets its `default`. Several actions for one type are all followed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from sallyport.redaction.answers import AnswerActions
from sallyport.redaction.finding import (
    AGE,
    CERTAIN,
    CREDIT_CARD,
    DATE,
    DATE_OF_BIRTH,
    LOCATION,
    MEDICAL_RECORD,
    NRP,
    ORG,
    PASSWORD,
    SECRET,
    TITLE,
    URL,
    URL_CREDENTIALS,
    US_SSN,
)
from sallyport.redaction.judge import Action, AnswerHandling, Handling

type PresetName = Literal["default", "strict", "hipaa", "pci", "gdpr", "hiring", "off"]

_ALLOW, _MASK, _GONE, _PRIVATE, _BLOCK = (
    (Action.ALLOW,),
    (Action.MASK,),
    (Action.MASK_IRREVERSIBLY,),
    (Action.MASK, Action.ROUTE_PRIVATE),
    (Action.BLOCK,),
)

_ANSWERS_ALLOWED = AnswerActions()


@dataclass(frozen=True, slots=True)
class Preset:
    """`threshold` is the score from which on a finding is acted upon. `meant_for` is a line for the documents.

    `doubtful` is for requests with a finding below it, `uninspected` for those with images, files or sound, and
    `unfamiliar_script` for those in a script that names are not found in. `answers` is for what a cloud's answers bring
    up themselves.
    """

    meant_for: str
    default: tuple[Action, ...] = _MASK
    actions: Mapping[str, tuple[Action, ...]] = field(default_factory=dict)
    threshold: float = CERTAIN
    doubtful: Handling = Handling.ALLOW
    uninspected: Handling = Handling.ALLOW
    unfamiliar_script: Handling = Handling.ROUTE_PRIVATE
    answers: AnswerActions = _ANSWERS_ALLOWED

    def of(self, type_: str) -> tuple[Action, ...]:
        """What becomes of an entity type."""
        return self.actions.get(type_, self.default)


_CREDENTIALS = (PASSWORD, SECRET, URL_CREDENTIALS)


def _reporting(*masked: str) -> AnswerActions:
    return AnswerActions(AnswerHandling.REPORT, dict.fromkeys(masked, AnswerHandling.MASK))


PRESETS: Final[Mapping[str, Preset]] = {
    "default": Preset(
        "Assistants for everybody. What names a person or opens a door is masked; what an answer lives on, and names "
        "nobody by itself, is left.",
        actions=dict.fromkeys((AGE, DATE, LOCATION, NRP, ORG, TITLE, URL), _ALLOW),
    ),
    "strict": Preset(
        "Where nothing personal may leave, at the price of worse answers. Credentials are refused; what is in doubt or "
        "cannot be searched stays on private models.",
        actions={**dict.fromkeys(_CREDENTIALS, _BLOCK), **dict.fromkeys((MEDICAL_RECORD, NRP), _PRIVATE)},
        doubtful=Handling.ROUTE_PRIVATE,
        uninspected=Handling.ROUTE_PRIVATE,
        answers=_reporting(*_CREDENTIALS),
    ),
    "hipaa": Preset(
        "Health care in the USA: masks what looks like the identifiers of the Safe Harbor method (45 CFR "
        "164.514(b)(2)), dates, places and employers among them. Medical record numbers need a private model as well.",
        actions={MEDICAL_RECORD: _PRIVATE, **dict.fromkeys((NRP, TITLE), _ALLOW)},
        doubtful=Handling.ROUTE_PRIVATE,
        uninspected=Handling.ROUTE_PRIVATE,
        answers=_reporting(MEDICAL_RECORD, US_SSN),
    ),
    "pci": Preset(
        "Payments: card numbers are masked for good, so that no store of the gateway holds one; credentials are "
        "refused. The rest as by default.",
        actions={
            **dict.fromkeys((AGE, DATE, LOCATION, NRP, ORG, TITLE, URL), _ALLOW),
            CREDIT_CARD: _GONE,
            **dict.fromkeys(_CREDENTIALS, _BLOCK),
        },
        answers=_reporting(CREDIT_CARD, *_CREDENTIALS),
    ),
    "gdpr": Preset(
        "The EU: places and ages are masked, too. Special categories (article 9), as far as they can be found, are "
        "masked and need a private model.",
        actions={
            **dict.fromkeys((DATE, ORG, TITLE, URL), _ALLOW),
            **dict.fromkeys((MEDICAL_RECORD, NRP), _PRIVATE),
        },
        answers=_reporting(),
    ),
    "hiring": Preset(
        "Ranking of applicants: everything that tells who somebody is, masked for good, and what is in doubt with it. "
        "What cannot be searched, such as a photo, is refused.",
        default=_GONE,
        threshold=0.0,
        uninspected=Handling.BLOCK,
        answers=_reporting(AGE, DATE_OF_BIRTH, NRP),
    ),
    "off": Preset(
        "Nothing is looked for, masked or kept private. For a tenant alone.",
        default=_ALLOW,
        unfamiliar_script=Handling.ALLOW,
    ),
}

IMPLIED: Final = "default"
"""Of a tenant that names none."""
