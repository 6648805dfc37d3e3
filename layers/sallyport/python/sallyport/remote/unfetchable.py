"""Why something at an address is not fetched: one word for logs and tests, and one sentence for the client. Pure."""

from enum import StrEnum


class Reason(StrEnum):
    """What a client is told quotes neither the address nor a word of the other side."""

    NOT_HTTPS = "not_https"
    MALFORMED = "malformed"
    NOT_ALLOWED = "not_allowed"
    NOT_PUBLIC = "not_public"
    UNKNOWN_HOST = "unknown_host"
    UNREACHABLE = "unreachable"
    REDIRECTS = "redirects"
    STATUS = "status"
    ENCODED = "encoded"
    TOO_LARGE = "too_large"
    WRONG_TYPE = "wrong_type"
    TIMEOUT = "timeout"


TOLD: dict[Reason, str] = {
    Reason.NOT_HTTPS: "must be an https URL, and so must everything it redirects to.",
    Reason.MALFORMED: "must lead to a plain https URL: a host's name without a user, an IP address, a trailing dot or "
    "percent signs, and a path.",
    Reason.NOT_ALLOWED: "leads to a host that this key may not have fetched from. Send the data inline, or ask the "
    "operator to allow the host.",
    Reason.NOT_PUBLIC: "leads to a host that is not on the public internet. Send the data inline.",
    Reason.UNKNOWN_HOST: "leads to a host that cannot be found. Check the URL, or send the data inline.",
    Reason.UNREACHABLE: "leads to a host that cannot be reached, or hung up, or has no valid certificate. Try again, "
    "or send the data inline.",
    Reason.REDIRECTS: "redirects too often. Send the URL at the end, or the data inline.",
    Reason.STATUS: "leads to a host that refused, or has nothing there. Check the URL, or send the data inline.",
    Reason.ENCODED: "leads to data that is compressed once more. Send the data inline.",
    Reason.TOO_LARGE: "leads to more data than is fetched. Send something smaller.",
    Reason.WRONG_TYPE: "leads to something else than it should: images are PNG, JPEG, GIF or WebP, documents are PDF.",
    Reason.TIMEOUT: "leads to a host that did not answer in time. Try again, or send the data inline.",
}


class Unfetchable(Exception):
    """The client's URL cannot be used. It is no error of the gateway's: who knows the field makes a 400 of it."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(TOLD[reason])
