"""What one level says of personal data, and what all levels of a caller come to together. Pure.

Each level may only narrow: of two that each say something of a type, the stricter is followed. Where one hides a value
for good and the other wants a private model, both are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import PlainSerializer, PlainValidator, ValidationInfo, field_validator, model_validator

from sallyport.contracts import RedactionPolicy
from sallyport.message import Message
from sallyport.redaction.answers import DEFAULT, AnswerActions, AnswerRules, actions_of, strictest
from sallyport.redaction.custom import DENIED, Score
from sallyport.redaction.finding import LITERAL, TYPES
from sallyport.redaction.judge import Action, Handling, SecondOpinion, Sensitivity
from sallyport.redaction.linear import check_together
from sallyport.redaction.lists import CustomDetectors, Lists, Patterns, Terms
from sallyport.redaction.presets import IMPLIED, PRESETS, Preset, PresetName


def _treatment_of(said: Any) -> tuple[Action, ...]:
    wanted = said if isinstance(said, list | tuple) else [said]
    try:
        treatment = tuple(map(Action, wanted))
    except ValueError:
        raise ValueError(f"is one of {', '.join(Action)}") from None
    masks = [action for action in treatment if action.rewrites]
    if len(treatment) != 1 and (len(masks) != 1 or set(treatment) != {*masks, Action.ROUTE_PRIVATE}):
        raise ValueError("several actions for one type are route_private and one of mask, hash, mask_irreversibly")
    return treatment


def _as_said(treatment: tuple[Action, ...]) -> str | list[str]:
    return treatment[0].value if len(treatment) == 1 else [action.value for action in treatment]


Treatment = Annotated[tuple[Action, ...], PlainValidator(_treatment_of), PlainSerializer(_as_said)]
"""One action, written by its name, or a list of one that masks and ROUTE_PRIVATE."""

_BUILT_IN = TYPES - {LITERAL}
_MOST_KEPT = 256
"""Sets of levels whose strictest is remembered: those of as many callers, for as long as their policies are fresh."""

_kept: dict[tuple[int, ...], tuple[Sequence["RedactionRules"], RedactionPolicy]] = {}
_NOTHING = Preset("", default=(Action.ALLOW,), threshold=1.0, unfamiliar_script=Handling.ALLOW)


class RedactionRules(Message):
    """One level's. What is absent is not narrowed by this level.

    A tenant's `redaction` is instead of what its preset says of a type; a tenant that names neither a preset nor a
    default has the preset `default`. Allowed terms and patterns are a tenant's alone; those of other levels are refused
    when they are set, and not read.
    """

    detectors: CustomDetectors = ()  # first, for the names of their types
    redaction_preset: PresetName | None = None
    redaction: dict[str, Treatment] = {}
    redaction_default: Treatment | None = None
    redaction_thresholds: dict[str, Score] = {}
    minimum_sensitivity: Sensitivity | None = None
    doubtful: Handling | None = None
    uninspected: Handling | None = None
    unfamiliar_script: Handling | None = None
    explain_placeholders: bool | None = None
    answers: AnswerRules | None = None
    second_opinion: SecondOpinion | None = None
    allowed_terms: Terms = ()
    allowed_patterns: Patterns = ()
    denied_terms: Terms = ()
    denied_patterns: Patterns = ()

    @field_validator("redaction", "redaction_thresholds", "answers")
    @classmethod
    def _types_that_are_looked_for[Said](cls, said: Said, info: ValidationInfo) -> Said:
        """A misspelt type would be a rule that nobody follows, and LITERAL follows none.

        So a level that has a rule for a type of another level's detector has that detector as well.
        """
        own = {detector.type for detector in info.data.get("detectors", ())}
        known = _BUILT_IN | own | {DENIED}
        named = set(said) if isinstance(said, dict) else set()
        besides = {DEFAULT} if info.field_name == "answers" else set()
        for type_ in sorted(named - known - besides):
            raise ValueError(f"{type_} is no type that is looked for; there are {', '.join(sorted(known))}")
        return said

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.redaction_preset is not None and self.redaction_default is not None:
            raise ValueError("redaction_preset says what becomes of every type; leave out redaction_default")
        patterns = [*self.allowed_patterns, *self.denied_patterns]
        check_together([*patterns, *(pattern for each in self.detectors for pattern in each.patterns)])
        return self


def redaction_policy(levels: Sequence[RedactionRules]) -> RedactionPolicy:
    """The strictest action of any level for each entity type, the tenant's first, and the highest sensitivity.

    Remembered of the very same levels, which nobody can change: each request of a caller has them.
    """
    same = tuple(map(id, levels))
    known = _kept.get(same)
    if known is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        # With the levels, so that no others can have their identity.
        known = _kept[same] = tuple(levels), _strictest(levels)
    return known[1]


def _strictest(levels: Sequence[RedactionRules]) -> RedactionPolicy:
    base = _base(levels[0])
    presets = [(levels[0], base), *((level, _preset(level)) for level in levels[1:])]
    known = sorted(_BUILT_IN | lists_of(levels).types)
    treated = {type_: _treatment(type_, presets) for type_ in known}
    actions = {type_: _action(said) for type_, said in treated.items()}
    # What is not known to anybody is nowhere looked for: the default is there to say the most in the fewest words.
    default = min(Counter(actions.values()).items(), key=lambda item: (-item[1], item[0].value))[0]
    answers = _answers(presets, {type_: action is Action.ALLOW for type_, action in actions.items()})
    explain = [level.explain_placeholders for level in levels]
    minimums = [level.minimum_sensitivity for level in levels if level.minimum_sensitivity is not None]
    return RedactionPolicy(
        default=default,
        actions={type_: action for type_, action in actions.items() if action is not default},
        private=tuple(
            type_
            for type_ in known
            if actions[type_].rewrites and any(Action.ROUTE_PRIVATE in said for said in treated[type_])
        ),
        threshold=base.threshold,
        thresholds=_thresholds(presets),
        minimum=max(minimums, default=Sensitivity.PUBLIC),
        doubtful=_handling([(level.doubtful, preset.doubtful) for level, preset in presets]),
        uninspected=_handling([(level.uninspected, preset.uninspected) for level, preset in presets]),
        unfamiliar_script=_handling([(level.unfamiliar_script, preset.unfamiliar_script) for level, preset in presets]),
        lists=lists_of(levels) != Lists(),
        answers=answers.default,
        answer_actions=dict(answers.by_type),
        second_opinion=max([level.second_opinion or SecondOpinion.OFF for level in levels]),
        explained=next((said for said in reversed(explain) if said is not None), True),
    )


def lists_of(levels: Sequence[RedactionRules]) -> Lists:
    """The tenant's allowed terms, and every level's other lists. Of no levels, none."""
    if not levels:
        return Lists()
    tenant = levels[0]
    return Lists(
        allowed_terms=tenant.allowed_terms,
        allowed_patterns=tenant.allowed_patterns,
        denied_terms=_every(level.denied_terms for level in levels),
        denied_patterns=_every(level.denied_patterns for level in levels),
        detectors=_every(level.detectors for level in levels),
    )


def _every[Entry](lists: Iterable[tuple[Entry, ...]]) -> tuple[Entry, ...]:
    return tuple(dict.fromkeys(entry for entries in lists for entry in entries))


def _base(tenant: RedactionRules) -> Preset:
    if tenant.redaction_default is not None:
        return Preset("", default=tenant.redaction_default)
    return PRESETS[tenant.redaction_preset or IMPLIED]


def _preset(level: RedactionRules) -> Preset:
    """Of a level below a tenant's: one that names none adds nothing."""
    return PRESETS[level.redaction_preset] if level.redaction_preset is not None else _NOTHING


def _treatment(type_: str, presets: Sequence[tuple[RedactionRules, Preset]]) -> list[tuple[Action, ...]]:
    """What each level wants for a type; its preset is another level."""
    (tenant, base), *narrower = presets
    wanted = [tenant.redaction.get(type_, base.of(type_))]
    for level, preset in narrower:
        wanted += [preset.of(type_), level.redaction.get(type_, level.redaction_default or (Action.ALLOW,))]
    return wanted


def _action(wanted: Sequence[tuple[Action, ...]]) -> Action:
    """What becomes of the value itself. A private model may see what is masked for others, unless a level says both."""
    every = {action for said in wanted for action in said}
    if Action.BLOCK in every or Action.ROUTE_PRIVATE not in every:
        return max(every)
    for_good = every & {Action.HASH, Action.MASK_IRREVERSIBLY}
    both = any(len(said) > 1 for said in wanted)
    return max(for_good, default=Action.MASK if both else Action.ROUTE_PRIVATE)


def _thresholds(presets: Sequence[tuple[RedactionRules, Preset]]) -> dict[str, float]:
    """A tenant may set any; a level below may only lower it."""
    (tenant, base), *narrower = presets
    lowest = dict(tenant.redaction_thresholds)
    for level, preset in narrower:
        for type_ in sorted(_BUILT_IN | lowest.keys() | level.redaction_thresholds.keys()):
            above = lowest.get(type_, base.threshold)
            named = min(level.redaction_thresholds.get(type_, above), preset.threshold)
            if named < above:
                lowest[type_] = named
    return lowest


def _answers(presets: Sequence[tuple[RedactionRules, Preset]], allowed: Mapping[str, bool]) -> AnswerActions:
    """A tenant may do without what its preset does; a level below may only add to it."""
    (tenant, base), *narrower = presets
    below = [each for level, preset in narrower for each in (preset.answers, actions_of(level.answers))]
    return strictest([base.answers.changed(tenant.answers), *below], allowed)


def _handling(said: Sequence[tuple[Handling | None, Handling]]) -> Handling:
    """Of what each level says itself, and its preset."""
    (tenants, presets), *narrower = said
    below = [max(each, preset) if each is not None else preset for each, preset in narrower]
    return max([presets if tenants is None else tenants, *below])
