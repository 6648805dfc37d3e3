"""What commands take on the command line, checked before anything is opened."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import click

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_KEY = re.compile(r"(?:sp_)?([a-z0-9]{12})(?:_[A-Za-z0-9_-]*)?")
_REQUEST = re.compile(r"[A-Za-z0-9_-]{8,64}")
_DURATION = re.compile(r"([1-9][0-9]{0,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class _Name(click.ParamType):
    """As `message.Name`."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _NAME.fullmatch(value):
            self.fail("takes 1 to 64 letters, digits and . _ : - and starts with a letter or a digit", param, ctx)
        return str(value)


class _KeyId(click.ParamType):
    """A key's id, or the whole key, of which only the id is used."""

    name = "key_id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        match = _KEY.fullmatch(value)
        if match is None:
            # Not quoted: it may be a key with a slip of the hand in it.
            self.fail("a key id is 12 letters and digits; `sallyport keys list` shows them", param, ctx)
        return match[1]


class _RequestId(click.ParamType):
    name = "request_id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Also as the id of an answer, `chatcmpl-` before it."""
        request_id = str(value).removeprefix("chatcmpl-")
        if not _REQUEST.fullmatch(request_id):
            self.fail("a request id is what every answer carries as x-request-id", param, ctx)
        return request_id


class _Day(click.ParamType):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """A UTC day as `2026-11-20`; also `today` and `yesterday`."""
        today = datetime.now(UTC).date()
        named = {"today": today, "yesterday": today - timedelta(days=1)}
        if value in named:
            return named[value].isoformat()
        if not _is_day(value):
            self.fail(f"{value!r} is no day like 2026-11-20, and neither today nor yesterday", param, ctx)
        return str(value)


class _Expiry(click.ParamType):
    """The UNIX time at which a key ends: after a while (`12h`, `30d`, `8w`), or with a UTC day (`2027-01-31`)."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        duration = _DURATION.fullmatch(value)
        if duration:
            return time.time() + timedelta(**{_UNITS[duration[2]]: int(duration[1])}).total_seconds()
        if not _is_day(value):
            self.fail(f"{value!r} is neither a time from now like 12h, 30d or 8w nor a day like 2027-01-31", param, ctx)
        end = (datetime.fromisoformat(value).replace(tzinfo=UTC) + timedelta(days=1)).timestamp()
        if end <= time.time():
            self.fail(f"{value} is past", param, ctx)
        return end


def _is_day(value: str) -> bool:
    try:
        return datetime.strptime(value, "%Y-%m-%d").strftime("%Y-%m-%d") == value
    except ValueError:
        return False


NAME = _Name()
KEY_ID = _KeyId()
REQUEST_ID = _RequestId()
DAY = _Day()
EXPIRY = _Expiry()

as_json = click.option("--json", "as_json", is_flag=True, help="For scripts: JSON with stable names, and nothing else.")
