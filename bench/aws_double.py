"""AWS on a loopback port for processes of their own: HTTP in front of moto, with the data resources of template.yaml.

A double: moto enforces no IAM and no key policy, and has no StartSyncExecution, which `workflow` plays.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import boto3
import requests
from moto import mock_aws

from bench.loopback import served

REGION = "eu-west-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_SESSION_TOKEN": "testing"}

_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
_HOP_BY_HOP = {"host", "connection", "content-length", "transfer-encoding", "content-encoding"}
_KEY_FIELDS = ("KeySpec", "KeyUsage")
_TABLE_FIELDS = ("AttributeDefinitions", "KeySchema", "BillingMode")


type Workflow = Callable[[dict[str, Any]], dict[str, Any]]
"""StartSyncExecution's parameters to its result."""


@contextmanager
def aws_double(resources: Mapping[str, Any], workflow: Workflow) -> Iterator[tuple[str, dict[str, str], boto3.Session]]:
    """The endpoint's address, what `Ref` and `GetAtt Arn` of each data resource give, and a session for its maker."""

    class Bridge(_Bridge):
        run = staticmethod(workflow)

    with mock_aws():
        session = boto3.Session("testing", "testing", "testing", region_name=REGION)
        with served(Bridge) as address:
            yield f"http://{address}", _create(resources, session), session


def _create(resources: Mapping[str, Any], session: boto3.Session) -> dict[str, str]:
    """`Name` -> what Ref gives, `Name.Arn` -> what GetAtt gives."""
    dynamodb: Any = session.client("dynamodb")
    s3: Any = session.client("s3")
    kms: Any = session.client("kms")
    sns: Any = session.client("sns")
    names: dict[str, str] = {}
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::DynamoDB::Table":
                fields = {field: properties[field] for field in _TABLE_FIELDS}
                names[name] = dynamodb.create_table(TableName=name, **fields)["TableDescription"]["TableName"]
            case "AWS::S3::Bucket":
                names[name] = f"double-{name.lower()}"
                s3.create_bucket(
                    Bucket=names[name],
                    CreateBucketConfiguration={"LocationConstraint": REGION},
                    ObjectLockEnabledForBucket=properties.get("ObjectLockEnabled", False),
                )
            case "AWS::KMS::Key":
                fields = {field: properties[field] for field in _KEY_FIELDS if field in properties}
                made = kms.create_key(**fields)["KeyMetadata"]
                names[name], names[f"{name}.Arn"] = made["KeyId"], made["Arn"]
            case "AWS::SNS::Topic":
                names[name] = sns.create_topic(Name=name)["TopicArn"]
            case "AWS::StepFunctions::StateMachine":
                names[name] = f"arn:aws:states:{REGION}:123456789012:stateMachine:{name}"
    return names


class _Bridge(BaseHTTPRequestHandler):
    """Sends each request on to the host that its signature names, where moto intercepts it."""

    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    """Moto is not safe for concurrent conditional writes."""
    run: Workflow

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("X-Amz-Target", "").endswith(".StartSyncExecution"):
            return self._answer(200, {}, json.dumps(self.run(json.loads(body))).encode())
        service = _SERVICE.search(self.headers.get("Authorization", ""))
        if service is None:
            return self.send_error(403, "The request is not signed")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        with self.lock:
            answer = requests.request(
                self.command,
                f"https://{service[1]}.{REGION}.amazonaws.com{self.path}",
                headers=headers,
                data=body,
                timeout=10,
            )
        self._answer(answer.status_code, answer.headers, answer.content)

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _forward

    def log_message(self, *_: object) -> None:
        """Silence: the caller has the answer."""
