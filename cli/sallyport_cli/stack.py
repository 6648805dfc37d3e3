"""A deployed gateway, found by its CloudFormation stack, used with the operator's own credentials."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

from sallyport.aws.backend import AwsBackend
from sallyport.aws.errors import code_of

VARIABLE_OF: Mapping[str, str] = MappingProxyType(
    {
        "KeysTableName": "KEYS_TABLE",
        "ConfigurationTableName": "CONFIGURATION_TABLE",
        "UsageTableName": "USAGE_TABLE",
        "AuditIndexTableName": "AUDIT_INDEX_TABLE",
        "HealthTableName": "HEALTH_TABLE",
        "LedgerTableName": "LEDGER_TABLE",
        "CacheTableName": "CACHE_TABLE",
        "AnswersTableName": "ANSWERS_TABLE",
        "ConversationsTableName": "CONVERSATIONS_TABLE",
        "ContentBucketName": "CONTENT_BUCKET",
        "AuditBucketName": "AUDIT_BUCKET",
        "ContentKeyArn": "CONTENT_KEY_ARN",
        "ApiKeyMacKeyArn": "API_KEY_MAC_ARN",
        "CacheMacKeyArn": "CACHE_MAC_ARN",
        "AuditSigningKeyArn": "AUDIT_SIGNING_KEY_ARN",
        "ChatWorkflowArn": "CHAT_WORKFLOW_ARN",
        "CompletedTopicArn": "COMPLETED_TOPIC_ARN",
        "AlertsTopicArn": "ALERTS_TOPIC_ARN",
    }
)
"""The outputs of template.yaml, and the variables by which functions know the same resources."""

_LOG_IN = "Log in (`aws sso login`, `aws configure`), or name a profile that can with --profile."


class StackError(Exception):
    """The stack cannot be used; the message says why, and what to do next."""


def open_stack(name: str, region: str | None, profile: str | None) -> tuple[AwsBackend, str]:
    """Its backend, and the ARN of its chat workflow.

    Raise StackError when there is no such stack, it is no gateway, or these credentials may not see it.
    """
    with _translated(name, region, profile):
        session = boto3.Session(region_name=region, profile_name=profile)
        config = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
        found = session.client("cloudformation", config=config).describe_stacks(StackName=name)
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Stacks"][0].get("Outputs", ())}
    missing = sorted(VARIABLE_OF.keys() - outputs.keys())
    if missing:
        raise StackError(
            f"The stack {name} is no gateway of this version: it has no output {missing[0]}"
            + (f" and {len(missing) - 1} others" if len(missing) > 1 else "")
            + ". Check the name, or deploy this version's template.yaml to it."
        )
    environment = {variable: outputs[output] for output, variable in VARIABLE_OF.items()}
    return AwsBackend(environment, session), environment["CHAT_WORKFLOW_ARN"]


@contextmanager
def _translated(name: str, region: str | None, profile: str | None) -> Iterator[None]:
    try:
        yield
    except ProfileNotFound as error:
        raise StackError(f"There is no AWS profile {profile}. `aws configure list-profiles` shows yours.") from error
    except NoRegionError as error:
        raise StackError(f"In which Region is the stack {name}? Name it with --region.") from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StackError(f"There are no AWS credentials here. {_LOG_IN}") from error
    except ClientError as error:
        raise StackError(_refusal(code_of(error), str(error), name, region)) from error
    except BotoCoreError as error:
        raise StackError(
            f"CloudFormation is out of reach ({type(error).__name__}). Check the Region, the network and your login."
        ) from error


def _refusal(code: str, message: str, name: str, region: str | None) -> str:
    if code == "ValidationError" and "does not exist" in message:
        where = f"in {region}" if region else "in your default Region"
        return (
            f"There is no stack {name} {where}. `aws cloudformation list-stacks` shows yours; --region names another."
        )
    if code in ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"):
        return f"AWS does not accept these credentials ({code}). {_LOG_IN}"
    if code in ("AccessDenied", "AccessDeniedException"):
        return f"These credentials may not call cloudformation:DescribeStacks on {name}. Ask for it, or use --profile."
    return f"CloudFormation refuses to describe the stack {name} ({code}). Check its name."
