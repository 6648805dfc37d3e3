"""As much of STS as assumes a role: the session's key says whose account it is in, and opens nothing anywhere."""

import re
from urllib.parse import parse_qs

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):role/\S+", re.ASCII)

_ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>AROASIMULATED:simulated</AssumedRoleId>
<Arn>arn:aws:sts::{account}:assumed-role/simulated/simulated</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>simulated</SecretAccessKey>
<SessionToken>simulated</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleResult><ResponseMetadata><RequestId>simulated</RequestId></ResponseMetadata></AssumeRoleResponse>"""


def assume(body: bytes) -> bytes | None:
    """The response to AssumeRole, in XML; None for anything else."""
    asked = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
    role = _ROLE.fullmatch(asked.get("RoleArn", ""))
    if asked.get("Action") != "AssumeRole" or role is None:
        return None
    return _ASSUMED.format(account=role["account"]).encode()
