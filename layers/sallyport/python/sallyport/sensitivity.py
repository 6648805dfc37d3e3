"""What raises the sensitivity of a request beside what was found in it. Pure."""

from collections.abc import Iterator, Mapping

from sallyport.contracts import RedactionPolicy
from sallyport.errors import ContentBlockedError
from sallyport.redaction.judge import Action, Ground, Handling, Sensitivity


def grounds(
    policy: RedactionPolicy,
    *,
    doubtful: Mapping[str, int],
    uninspected: int,
    script: str | None = None,
    before: Sensitivity = Sensitivity.PUBLIC,
) -> list[Ground]:
    """In words without content. `doubtful` counts by type what was seen and is left as it was; `uninspected` images,
    files and sounds; `script` is one that names are not found in; `before` is the sensitivity of the conversation's
    earlier turns, as far as it is known.

    Raise ContentBlockedError where the policy refuses what it cannot be sure of.
    """
    earlier = [Ground(before, f"{before} by an earlier turn")] if before >= Sensitivity.CONFIDENTIAL else []
    return [*_in_doubt(policy, doubtful), *_unseen(policy, uninspected), *_unread(policy, script), *earlier]


def _in_doubt(policy: RedactionPolicy, doubtful: Mapping[str, int]) -> Iterator[Ground]:
    """A type that needs a private model, or none at all, needs a private one when there may be some of it."""
    for type_, count in doubtful.items():
        if policy.doubtful is Handling.BLOCK:
            raise ContentBlockedError(
                f"The policy does not let through what may be {type_}. Remove it and send the request again.",
                types=sorted(doubtful),
            )
        walled = type_ in policy.private or policy.action_of(type_) >= Action.ROUTE_PRIVATE
        if walled or policy.doubtful is Handling.ROUTE_PRIVATE:
            yield Ground(Sensitivity.CONFIDENTIAL, f"{count} that may be {type_} kept private")


def _unseen(policy: RedactionPolicy, uninspected: int) -> Iterator[Ground]:
    if uninspected and policy.uninspected is Handling.BLOCK:
        raise ContentBlockedError(
            "The policy does not let images, files and sound through, for they cannot be searched. Send their text.",
            types=["uninspected"],
        )
    if uninspected and policy.uninspected is Handling.ROUTE_PRIVATE:
        yield Ground(Sensitivity.CONFIDENTIAL, f"{uninspected} that cannot be searched kept private")


def _unread(policy: RedactionPolicy, script: str | None) -> Iterator[Ground]:
    if script is None or policy.unfamiliar_script is Handling.ALLOW:
        return
    if policy.unfamiliar_script is Handling.BLOCK:
        raise ContentBlockedError(
            f"The policy does not let text in {script} script through, for names in it are not found.", types=["script"]
        )
    yield Ground(Sensitivity.CONFIDENTIAL, f"text in {script} script kept private")
