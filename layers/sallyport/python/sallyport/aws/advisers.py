"""Who is asked for a second opinion: by the settings of a function or of this machine, and with little patience."""

import time
from collections.abc import Callable
from typing import Protocol

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    NoRegionError,
    ReadTimeoutError,
)

from sallyport.aws.clients import Clients
from sallyport.aws.comprehend import Comprehend
from sallyport.aws.errors import code_of
from sallyport.aws.guardrail import Guardrail
from sallyport.ports import Advice, Adviser, NoOpinionError
from sallyport.settings import Settings, WrongSettingError
from sallyport.skipping import Skipping

SKIP_SECONDS = 5.0
"""How long everybody does without a service that just did not answer."""


class Service(Adviser, Protocol):
    """An adviser that raises what botocore raises, AttributeError, KeyError, TypeError or ValueError for a reply that
    cannot be understood, and says what a call is billed with.
    """

    def price(self, text: str) -> tuple[int, int]:
        """Units, and millionths of a dollar."""
        ...


class Patient:
    """One try. What does not answer is left alone for a while; what refuses, a throttle too, is asked again next time.

    A call that was sent and not answered is taken for billed: only its service knows.
    """

    def __init__(self, service: Service, clock: Callable[[], float] = time.monotonic) -> None:
        self._asked = service
        self._skipping = Skipping(SKIP_SECONDS, clock)
        self.service = service.service
        self.knows = service.knows
        self.languages = service.languages
        self.regions = service.regions

    def ask(self, text: str, language: str) -> Advice:
        if self._skipping.skips():
            raise NoOpinionError(f"{self.service} did not answer a moment ago")
        try:
            advice = self._asked.ask(text, language)
        except (ReadTimeoutError, ConnectionClosedError) as error:
            self._skipping.failed()
            units, cost = self._asked.price(text)
            raise NoOpinionError(self._failed(error), units=units, cost=cost) from error
        except BotoCoreError as error:
            self._skipping.failed()
            raise NoOpinionError(self._failed(error)) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # botocore's parser, or ours, before something of another shape: its text may quote content.
            self._skipping.answered()
            units, cost = self._asked.price(text)
            raise NoOpinionError(f"{self.service} replied what cannot be understood", units=units, cost=cost) from error
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                self._skipping.failed()
            else:
                self._skipping.answered()
            raise NoOpinionError(self._failed(error)) from error
        self._skipping.answered()
        return advice

    def _failed(self, error: BotoCoreError | ClientError) -> str:
        return f"{self.service} failed: {code_of(error)}"


def adviser_of(settings: Settings, clients: Clients) -> Adviser | None:
    """The one that SECOND_OPINION names, `comprehend` or `guardrail`; None for `none` and for nothing.

    Raise WrongSettingError for anything else, and where it could never be asked: no Region, no credentials.
    """
    named = settings.optional("SECOND_OPINION") or "none"
    if named == "none":
        return None
    if named not in ("comprehend", "guardrail"):
        raise WrongSettingError("SECOND_OPINION is none, comprehend or guardrail.")
    try:
        service = _comprehend(clients) if named == "comprehend" else _guardrail(settings, clients)
    except NoRegionError:
        raise WrongSettingError(
            f"SECOND_OPINION is {named}, and no Region is set. Set AWS_DEFAULT_REGION, or leave SECOND_OPINION out."
        ) from None
    if clients.session.get_credentials() is None:
        raise WrongSettingError(
            f"SECOND_OPINION is {named}, and there are no AWS credentials. Give this process some (`aws configure`, "
            "AWS_PROFILE, a role), or leave SECOND_OPINION out."
        )
    return Patient(service)


def _comprehend(clients: Clients) -> Service:
    return Comprehend(clients.get("comprehend"))


def _guardrail(settings: Settings, clients: Clients) -> Service:
    identifier, version = settings.optional("GUARDRAIL_ID"), settings.optional("GUARDRAIL_VERSION")
    if identifier is None or version is None:
        raise WrongSettingError(
            "SECOND_OPINION is guardrail: set GUARDRAIL_ID and GUARDRAIL_VERSION, a number or DRAFT, as well."
        )
    regions = settings.optional("GUARDRAIL_REGIONS")
    where = None if regions is None else frozenset(each.strip() for each in regions.split(","))
    return Guardrail(clients.get("bedrock-runtime"), identifier, version, where)
