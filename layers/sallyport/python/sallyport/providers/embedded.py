"""What the calls of one embedding request come to: one answer, or the reason why it is none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sallyport.attempts import Unmet, Usage
from sallyport.embedding import MOST_VECTOR_BYTES, EmbeddingAnswer, EmbeddingRequest, fits
from sallyport.errors import ProviderRejectedError, ProviderReplyError
from sallyport.tokens import estimate_text
from sallyport.vectors import dimensions_of


@dataclass(frozen=True, slots=True)
class Embedded:
    """Of some texts, in their order. `tokens` is None when the provider did not count."""

    vectors: tuple[str, ...]
    tokens: int | None
    model: str


def parts_of(texts: Sequence[str], most: int, most_tokens: int | None = None) -> list[tuple[str, ...]]:
    """The texts in their order, at most so many in a part, nor more tokens by our estimate but for a single text."""
    parts: list[list[str]] = []
    tokens = 0
    for text in texts:
        taken = estimate_text(text)
        if not parts or len(parts[-1]) == most or (most_tokens is not None and tokens + taken > most_tokens):
            parts.append([])
            tokens = 0
        parts[-1].append(text)
        tokens += taken
    return [tuple(part) for part in parts]


def whole(request: EmbeddingRequest, parts: Sequence[tuple[str, ...]], said: Sequence[Embedded]) -> EmbeddingAnswer:
    """The answer, from what was said to each part. What nobody counted is estimated.

    Raise ProviderReplyError when vectors are missing or not alike, and ProviderRejectedError when they are not as long
    as was asked for, or too many to be passed on.
    """
    vectors = tuple(vector for each in said for vector in each.vectors)
    lengths = set(map(dimensions_of, vectors))
    if len(vectors) != len(request.texts) or len(lengths) != 1:
        raise ProviderReplyError("The provider's vectors are not one for each text, all of one length. Try again.")
    [length] = lengths
    if request.dimensions not in (None, length):
        raise ProviderRejectedError(
            f"This model cannot honour dimensions. Its vectors have {length} numbers.", param="dimensions"
        )
    if not fits(len(vectors), length):
        raise ProviderRejectedError(
            f"{len(vectors)} vectors of {length} numbers are more than {MOST_VECTOR_BYTES // 1024 // 1024} MiB. Send "
            "fewer texts at once.",
            param="input",
        )
    tokens = sum(
        sum(map(estimate_text, part)) if each.tokens is None else each.tokens
        for part, each in zip(parts, said, strict=True)
    )
    return EmbeddingAnswer(model=said[0].model, vectors=vectors, usage=Usage(input_tokens=tokens, output_tokens=0))


def left_out_of_embedding(request: EmbeddingRequest, *, mapped: Collection[str] = ()) -> tuple[Unmet, ...]:
    """What a provider has no place for: the user, and all extras but those that were `mapped`, which are counted.

    Their names may be content.
    """
    told = [] if request.user is None else [Unmet(field="user", reason="names a person, and nobody there asks for one")]
    if more := len(request.extras.keys() - set(mapped)):
        told.append(Unmet(field="extras", reason=f"{more} more fields mean nothing to this target"))
    return tuple(told)
