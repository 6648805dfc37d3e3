"""boto3 sessions into the emulated account: the operator's, who may do anything, and one for each role.

A client of a role's session asks IAM before each call, and fails as AWS does when the role may not. moto is not safe
for concurrent conditional writes, so whatever reaches it goes one at a time.
"""

import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.loaders import create_loader
from botocore.validate import validate_parameters

from sallyport_local.emulation.calls import Place, list_bucket, needs
from sallyport_local.emulation.iam import Need
from sallyport_local.emulation.moto_account import ACCOUNT, REGION
from sallyport_local.emulation.recorder import Principal

type Answer = Callable[[Principal, Mapping[str, Any]], Mapping[str, Any]]
"""Answers a call in moto's place. May raise RefusedError, or a ClientError of its own."""

_REFUSAL: Mapping[str, str] = {"s3": "AccessDenied", "sns": "AuthorizationError"}
_OTHER_REFUSAL: Final = "AccessDeniedException"

# Nothing of the user's own configuration: a profile, an endpoint or a credential of theirs has no business here.
_ISOLATED: Mapping[str, tuple[None, None, Any, None]] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
    "ignore_configured_endpoint_urls": (None, None, True, None),
}


type OnCall = Callable[[BaseClient, str, Mapping[str, Any]], None]
"""Told client, operation and parameters before each call of a role. May wait, or raise what AWS and botocore raise."""


class RefusedError(Exception):
    """Somebody may not do what an answer needs; the caller gets it as AWS says it."""

    def __init__(self, principal: Principal, need: Need) -> None:
        super().__init__(f"{principal.name} may not {need.action} on {need.resource}")
        self.principal = principal
        self.need = need


class Sessions:
    """Safe to share between threads."""

    def __init__(self, answers: Mapping[tuple[str, str], Answer], on_call: OnCall = lambda *_: None) -> None:
        """`answers` by service and operation, as botocore names them: what moto lacks."""
        self._answers = answers
        self._on_call = on_call
        self._lock = threading.Lock()
        self._loader = create_loader()  # reading the models of the services is what costs, so they are read once

    def of(self, principal: Principal) -> boto3.Session:
        return self._session(_checked(principal, self._answers, self._lock, self._on_call))

    def operator(self) -> boto3.Session:
        return self._session(_in_turn(self._lock))

    def _session(self, clients: type[BaseClient]) -> boto3.Session:
        underlying = botocore.session.Session(session_vars=dict(_ISOLATED))
        underlying.register_component("data_loader", self._loader)
        session = boto3.Session(
            aws_access_key_id="emulated",
            aws_secret_access_key="emulated",  # noqa: S106 - opens nothing
            region_name=REGION,
            botocore_session=underlying,
        )
        session.events.register(
            "creating-client-class", lambda base_classes, **_: base_classes.insert(0, clients)
        )  # botocore's own way to change what clients do
        return session


def _in_turn(lock: threading.Lock) -> type[BaseClient]:
    class InTurn(BaseClient):
        def _make_api_call(self, operation_name: str, api_params: Any) -> Any:
            call = super()._make_api_call  # type: ignore[misc]  # what botocore's own stubs leave out
            with lock:
                return call(operation_name, api_params)

    return InTurn


def _checked(
    principal: Principal, answers: Mapping[tuple[str, str], Answer], lock: threading.Lock, on_call: OnCall
) -> type[BaseClient]:
    class Checked(_in_turn(lock)):  # type: ignore[misc]
        def _make_api_call(self, operation_name: str, api_params: Any) -> Any:
            principal.recorder.count(principal.name, operation_name)
            on_call(self, operation_name, api_params)
            service: str = self.meta.service_model.service_name
            place = Place(self.meta.region_name, ACCOUNT)
            refused = principal.first_refused(needs(service, operation_name, api_params, place))
            if refused is not None:
                raise _refusal(self, operation_name, principal, refused)
            answer = answers.get((service, operation_name))
            try:
                if answer is None:
                    return super()._make_api_call(operation_name, api_params)
                validate_parameters(api_params, self.meta.service_model.operation_model(operation_name).input_shape)
                return answer(principal, api_params)
            except RefusedError as error:
                raise _refusal(self, operation_name, error.principal, error.need) from error
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchKey":
                    # S3 tells only those who may list a bucket that there is no such object.
                    unlisted = principal.first_refused([list_bucket(api_params["Bucket"])])
                    if unlisted is not None:
                        raise _refusal(self, operation_name, principal, unlisted) from error
                raise

    return Checked


def _refusal(client: BaseClient, operation: str, principal: Principal, need: Need) -> ClientError:
    """As the service's own API reports it."""
    code = _REFUSAL.get(client.meta.service_model.service_name, _OTHER_REFUSAL)
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/{principal.role}/{principal.name}"
    message = (
        f"User: {who} is not authorized to perform: {need.action} on resource: {need.resource} "
        f"because no identity-based policy allows the {need.action} action"
    )
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    kind: type[ClientError] = client.exceptions.from_code(code)  # type: ignore[assignment]
    return kind(response, operation)
