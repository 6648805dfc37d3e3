"""Objects in one S3 bucket, whose own default encryption and Object Lock apply."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from sallyport.aws.errors import code_of, translated
from sallyport.errors import StoreUnavailableError

_WHAT = "The object store"


class S3Blobs:
    """Addresses are `s3://<bucket>/<key>`. The role needs s3:ListBucket: without it what is gone looks forbidden."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._prefix = f"s3://{bucket}/"

    def put(self, key: str, data: bytes) -> str:
        with translated(StoreUnavailableError, _WHAT):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=data)
        return self._prefix + key

    def create(self, key: str, data: bytes) -> bool:
        """S3 answers 409 while another write of the same key is under way: unavailable, so whoever retries retries."""
        with translated(StoreUnavailableError, _WHAT):
            try:
                self._s3.put_object(Bucket=self._bucket, Key=key, Body=data, IfNoneMatch="*")
            except ClientError as error:
                if code_of(error) != "PreconditionFailed":
                    raise
                return False
        return True

    def get(self, key: str) -> bytes | None:
        """An address in another bucket is taken for a key of this one, where nothing lies."""
        with translated(StoreUnavailableError, _WHAT):
            try:
                found = self._s3.get_object(Bucket=self._bucket, Key=key.removeprefix(self._prefix))
            except self._s3.exceptions.NoSuchKey:
                return None
            data: bytes = found["Body"].read()
            return data

    def list(self, prefix: str) -> Iterator[str]:
        request = {"Bucket": self._bucket, "Prefix": prefix}
        while True:
            with translated(StoreUnavailableError, _WHAT):
                page = self._s3.list_objects_v2(**request)
            for each in page.get("Contents", ()):
                yield each["Key"]
            if "NextContinuationToken" not in page:
                return
            request["ContinuationToken"] = page["NextContinuationToken"]
