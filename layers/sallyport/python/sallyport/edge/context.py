"""Who is calling, and until when: from the headers that API Gateway and the Web Adapter set, never from the client's.

The Web Adapter hands the request context of API Gateway on as `x-amzn-request-context` and overwrites a client's own
header of that name; the local server does the same.
"""

import json
import re
import secrets

from pydantic import Field, TypeAdapter
from starlette.datastructures import Headers

from sallyport.betas import HEADER as BETAS_HEADER
from sallyport.betas import betas_of
from sallyport.contracts import CacheControl, Caller
from sallyport.errors import InvalidKeyError, InvalidRequestError
from sallyport.message import Message, RequestId
from sallyport.providers.script import is_script

CONTEXT_HEADER = "x-amzn-request-context"
DRILL_HEADER = "x-sallyport-drill"
KEY_HEADER = "idempotency-key"
CONVERSATION_HEADER = "x-sallyport-conversation"

MOST_SECONDS = 285
"""Before the workflow itself times out at 295 s; Step Functions allows 300."""

_KEY = re.compile(r"[!-~]{1,255}")

_REQUEST_ID: TypeAdapter[str] = TypeAdapter(RequestId)


class Call(Message):
    """One request's circumstances. `deadline` is a UNIX time; `drill` a script for simulated targets.

    `idempotency_key` and `conversation` may be content; `betas`, as `sallyport.betas` reads them, are none; `retried`
    when an SDK says that it tries again.
    """

    request_id: RequestId
    caller: Caller
    received_at: float
    deadline: float
    cache_control: CacheControl
    drill: str | None = None
    idempotency_key: str | None = Field(default=None, repr=False)
    conversation: str | None = Field(default=None, repr=False)
    betas: tuple[str, ...] = ()
    retried: bool = False


def new_request_id() -> str:
    return f"req_{secrets.token_hex(16)}"


def request_id_of(headers: Headers) -> str:
    """API Gateway's own id of the request, or a new one."""
    try:
        return _REQUEST_ID.validate_python(json.loads(headers.get(CONTEXT_HEADER, ""))["requestId"])
    except (ValueError, KeyError, TypeError):
        return new_request_id()


def call_of(headers: Headers, request_id: str, now: float) -> Call:
    """InvalidKeyError without a caller: then the authorizer was not asked, and nothing may pass.

    InvalidRequestError for a drill that is no script, and for an Idempotency-Key or a conversation that is none.
    """
    try:
        context = json.loads(headers.get(CONTEXT_HEADER, ""))
        authorizer = {name: value for name, value in context["authorizer"].items() if name in Caller.model_fields}
        caller = Caller.model_validate(authorizer)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidKeyError("The request carries no authenticated caller.") from None
    return Call(
        request_id=request_id,
        caller=caller,
        received_at=round(now, 3),
        deadline=round(now + _patience(headers), 3),
        cache_control=cache_control_of(",".join(headers.getlist("cache-control"))),
        drill=_drill_of(headers),
        idempotency_key=_key_of(headers, KEY_HEADER, "Idempotency-Key", "key"),
        conversation=_key_of(headers, CONVERSATION_HEADER, CONVERSATION_HEADER, "name of a conversation"),
        betas=betas_of(headers.getlist(BETAS_HEADER)),
        retried=headers.get("x-stainless-retry-count", "0").lstrip("0").isdecimal(),
    )


def cache_control_of(header: str) -> CacheControl:
    """`no-store`: neither read nor write. `no-cache`: a fresh answer, which may be kept."""
    directives = {part.strip().lower() for part in header.split(",")}
    return CacheControl(read=not directives & {"no-store", "no-cache"}, write="no-store" not in directives)


def _drill_of(headers: Headers) -> str | None:
    """Nothing but the words of a script passes, so it can carry no content."""
    drill = ",".join(headers.getlist(DRILL_HEADER))
    if drill and not is_script(drill):
        raise InvalidRequestError(
            f"{DRILL_HEADER} must be a script such as fail-429-after-7s or slow-250ms-cut: parts of slow-<n>ms, "
            "fail-<status, hang, close or garbage>[-after-<n>s], pace-<n>ms and <cut, stall or spoil>[-after-<n>], "
            "each once at most.",
            param=DRILL_HEADER,
        )
    return drill or None


def _key_of(headers: Headers, header: str, written: str, what: str) -> str | None:
    keys = headers.getlist(header)
    if keys and (len(keys) > 1 or not _KEY.fullmatch(keys[0])):
        raise InvalidRequestError(
            f"{written} must be one {what} of 1 to 255 visible ASCII characters, such as a UUID.", param=written
        )
    return keys[0] if keys else None


def _patience(headers: Headers) -> float:
    """Seconds that the client will wait: the SDKs tell their own timeout, and a proxy of Envoy's its own."""
    told = [
        next(
            filter(None, (_positive(headers, name) for name in ("x-stainless-read-timeout", "x-stainless-timeout"))), 0
        ),
        _positive(headers, "x-envoy-expected-rq-timeout-ms") / 1000,
    ]
    return min([MOST_SECONDS, *filter(None, told)])


def _positive(headers: Headers, name: str) -> float:
    """The number in a header; 0 for whatever is none."""
    try:
        return max(0.0, float(headers.get(name, "")))
    except ValueError:
        return 0.0
