"""What lies in the stores of a gateway, byte for byte, and whether anybody could read there what was said."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sallyport_local.emulation import EmulatedGateway

MARK = "what is said in plain words"
"""Said in every question of a crowd."""


def readable(stored: Iterable[bytes]) -> int:
    """How many of these tell it."""
    return sum(MARK.encode() in each for each in stored)


def in_folder(folder: Path) -> Iterator[bytes]:
    """The files of a data folder, the database and its log among them."""
    for file in folder.rglob("*"):
        if file.is_file():
            yield file.read_bytes()


def on_aws(gateway: EmulatedGateway) -> Iterator[bytes]:
    """The items of every table, and the objects of every bucket."""
    dynamodb: Any = gateway.operator.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            yield from (json.dumps(item, default=repr).encode() for item in page["Items"])
    s3: Any = gateway.operator.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for found in page.get("Contents", ()):
                yield s3.get_object(Bucket=bucket["Name"], Key=found["Key"])["Body"].read()
