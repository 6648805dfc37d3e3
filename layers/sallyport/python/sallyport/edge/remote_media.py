"""What a request names by URL, fetched before the request is sealed: no provider is ever handed a client's URL.

Only hosts that the operator's policy lists are asked; without a list, nothing is.
"""

import base64
from collections.abc import Sequence

from sallyport.composition import Services
from sallyport.conversation import ChatRequest, Image
from sallyport.edge.context import Call
from sallyport.errors import InvalidRequestError, RequestTooLargeError
from sallyport.media import DOCUMENT_TYPES, IMAGE_TYPES, Media, relabelled, remote, replaced
from sallyport.observability import logger
from sallyport.policy import allowed_media_hosts, check_model
from sallyport.remote.unfetchable import TOLD
from sallyport.remote.wanted import Fetched, NotFetched, Wanted

MOST_BODY_BYTES = 10 * 1024 * 1024
"""Of a request, with what its URLs hold, in base64: API Gateway takes no larger body."""

MOST_ADDRESSES = 20
"""Different ones in one request."""

MOST_SECONDS = 5.0
"""For all of them together."""


def by_value(here: Services, call: Call, request: ChatRequest, model: str, size: int) -> tuple[ChatRequest, int]:
    """The request with the bytes of every image and document, typed by them, and its size with those fetched.

    `size` is the body's in bytes. Raise InvalidRequestError naming the field of a URL that cannot be used, or
    RequestTooLargeError; ModelNotFoundError before anything is fetched for a model that the caller may not use.
    """
    media = remote(request)
    if not media:
        return relabelled(request), size
    levels = here.configuration.policies(call.caller)
    check_model(levels, model)
    hosts = allowed_media_hosts(levels)
    if not hosts:
        raise _refused(
            media[0],
            "is a URL, and nothing is fetched for this key. Send the data inline in base64, or ask the operator to "
            "allow the host.",
        )
    wanted = {_wanted(each): each for each in reversed(media)}
    if len(wanted) > MOST_ADDRESSES:
        raise _refused(media[-1], f"is one URL too many: at most {MOST_ADDRESSES} are fetched for one request.")
    seconds = min(MOST_SECONDS, call.deadline - here.now())
    try:
        fetched = here.fetcher.fetch(
            list(reversed(wanted)), hosts, seconds=seconds, most_bytes=max(0, MOST_BODY_BYTES - size) * 3 // 4
        )
    except NotFetched as error:
        raise _refused(wanted[error.wanted], TOLD[error.reason], error.reason) from None
    _log(call, fetched)
    return _inlined(request, media, fetched, size)


def _inlined(
    request: ChatRequest, media: Sequence[Media], fetched: dict[Wanted, Fetched], size: int
) -> tuple[ChatRequest, int]:
    told = {wanted: base64.b64encode(each.data).decode() for wanted, each in fetched.items()}
    size += sum(len(told[_wanted(each)]) for each in media)
    if size > MOST_BODY_BYTES:
        raise RequestTooLargeError(
            f"With what its URLs hold, the request is larger than {MOST_BODY_BYTES // 1024 // 1024} MiB. Send less.",
            param=media[-1].url_field,
        )

    def inline(block: Media) -> Media:
        if block.url is None:
            return block
        wanted = _wanted(block)
        update = {"data": told[wanted], "media_type": fetched[wanted].media_type, "url": None, "url_field": None}
        return block.model_copy(update=update)

    return relabelled(replaced(request, inline)), size


def _wanted(block: Media) -> Wanted:
    return Wanted(block.url or "", IMAGE_TYPES if isinstance(block, Image) else DOCUMENT_TYPES)


def _refused(block: Media, must: str, reason: str | None = None) -> InvalidRequestError:
    field = block.url_field or "messages"
    return InvalidRequestError(f"{field} {must}", param=field, fetching=reason)


def _log(call: Call, fetched: dict[Wanted, Fetched]) -> None:
    """Hosts as the operator wrote them: a name below `*.` is the client's own word."""
    logger.info(
        "fetched",
        request_id=call.request_id,
        tenant=call.caller.tenant,
        hosts=sorted({each.entry for each in fetched.values()}),
        count=len(fetched),
        bytes=sum(len(each.data) for each in fetched.values()),
    )
