"""A seed file: the tenants, policies, keys and routes that a server starts with.

[tenants.acme]                        # a policy: models, max_tokens, limits, redaction, …
limits = [{ per = "minute", requests = 600 }, { per = "month", dollars = 100 }]

[tenants.acme.projects.fraud]         # narrows its tenant's
redaction = { CREDIT_CARD = "route_private" }

[[keys]]                              # made once, and told once
name = "fraud-agent"
tenant = "acme"
project = "fraud"

[routing]                             # published as a version of the routing table; same form
"""

import time
import tomllib
from pathlib import Path

from pydantic import ValidationError

from sallyport.administration import create_key, list_keys, put_policy
from sallyport.composition import Backend
from sallyport.errors import InvalidRequestError
from sallyport.message import Message, Name
from sallyport.policy import Policy
from sallyport.ports import Records
from sallyport.registry import publish
from sallyport.routing import RoutingTable
from sallyport.table_versions import history, read_state, same_table, table_of


class SeedError(Exception):
    """The seed file cannot be used; the message says where and why."""


AUTHOR = "seed"
"""Who publishes the routing table of a seed file."""


class SeedTenant(Policy):
    projects: dict[Name, Policy] = {}


class SeedKey(Message):
    name: Name
    tenant: Name
    project: Name
    user: Name | None = None


class Seed(Message):
    tenants: dict[Name, SeedTenant] = {}
    keys: tuple[SeedKey, ...] = ()
    routing: RoutingTable | None = None


DEMO = """
[tenants.demo]
models = ["demo", "demo-embedding"]
limits = [{ per = "minute", requests = 6000 }, { per = "month", dollars = 10 }]

[[keys]]
name = "demo"
tenant = "demo"
project = "playground"
"""


def read_seed(text: str, source: str) -> Seed:
    """Raise SeedError naming the place in the file."""
    try:
        return Seed.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SeedError(f"{source} is no TOML: {error}.") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise SeedError(f"{source} does not fit: {wrong}.") from None


def read_seed_file(path: Path) -> Seed:
    try:
        return read_seed(path.read_text(), str(path))
    except OSError as error:
        raise SeedError(f"{path} cannot be read: {error.strerror}.") from None


def sow(seed: Seed, backend: Backend) -> dict[str, str]:
    """Set policies and routes, make the keys that are not there yet, and return those: name -> key, told this once."""
    configuration, keys = backend.records("configuration"), backend.records("keys")
    for tenant, policy in seed.tenants.items():
        put_policy(configuration, Policy.model_validate(policy.model_dump(exclude={"projects"})), tenant=tenant)
        for project, narrower in policy.projects.items():
            put_policy(configuration, narrower, tenant=tenant, project=project)
    if seed.routing is not None:
        _publish(seed.routing, configuration)
    known = {(record.tenant, record.description) for record in list_keys(keys)}
    made = {}
    for key in seed.keys:
        if (key.tenant, key.name) not in known:
            made[key.name], _ = create_key(
                keys,
                backend.key_macs,
                tenant=key.tenant,
                project=key.project,
                user=key.user,
                description=key.name,
                now=time.time(),
            )
    return made


def _publish(table: RoutingTable, configuration: Records) -> None:
    """Unless it is in force, or is what was sown last: a restart does not undo what an operator did since."""
    sown = [change.newest for change in history(configuration) if change.author == AUTHOR]
    known = [read_state(configuration).change.current, *sown[-1:]]
    if any(same_table(table, table_of(configuration, number)) for number in known):
        return
    try:
        publish(configuration, table, author=AUTHOR, comment="the seed file's", now=time.time())
    except InvalidRequestError as error:
        raise SeedError(f"The seed's routing table cannot be published. {error.message}") from None
