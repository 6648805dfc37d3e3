"""What an operator does: make, list and revoke keys, and set policies. Used by the CLI, on either backend."""

from collections.abc import Iterator

from pydantic import ValidationError

from sallyport.configuration import POLICIES
from sallyport.contracts import Caller
from sallyport.errors import InvalidRequestError
from sallyport.identity import MAC_LABEL, KeyRecord, generate_key, hash_key
from sallyport.paging import every
from sallyport.policy import Policy, scope_of
from sallyport.ports import Macs, Records

_NAMES = "Tenant, project, user and key take 1 to 64 letters, digits and . _ : - and start with a letter or a digit."


def create_key(
    records: Records,
    macs: Macs,
    *,
    tenant: str,
    project: str,
    user: str | None = None,
    description: str = "",
    expires_at: float | None = None,
    now: float,
) -> tuple[str, KeyRecord]:
    """The key, which is told this once, and what is kept of it. InvalidRequestError for a name that cannot be one."""
    key_id, key = generate_key()
    try:
        record = KeyRecord(
            key_id=key_id,
            tenant=tenant,
            project=project,
            user=user,
            hash=hash_key(key, macs.secret(MAC_LABEL)),
            created_at=now,
            expires_at=expires_at,
            description=description,
        )
    except ValidationError:
        raise InvalidRequestError(_NAMES) from None
    records.put(key_id, "-", record.to_json(), expect=0)
    return key, record


def list_keys(records: Records) -> Iterator[KeyRecord]:
    return (KeyRecord.model_validate(dict(record.body)) for record in records.scan())


def revoke_key(records: Records, key_id: str, now: float) -> KeyRecord:
    """Idempotent: the time of the first revocation stays. The record stays too, for whoever audits later."""
    stored = records.get(key_id)
    if stored is None:
        # Somebody may have given the whole key for its id: it is not repeated.
        raise InvalidRequestError("There is no key of this id. `sallyport keys list` shows those there are.")
    record = KeyRecord.model_validate(dict(stored.body))
    if record.revoked_at is None:
        record = record.model_copy(update={"revoked_at": now})
        records.put(key_id, "-", record.to_json())
    return record


def put_policy(
    configuration: Records, policy: Policy, *, tenant: str, project: str | None = None, key_id: str | None = None
) -> str:
    """Set one level's policy, and tell its scope. It takes effect within fifteen seconds.

    InvalidRequestError for a level that no caller can have: its policy would be set and never read.
    """
    if key_id is not None and project is None:
        raise InvalidRequestError("A key belongs to a project: name that too.")
    if (project or key_id) is not None and "share" in policy.model_fields_set:
        raise InvalidRequestError("Tenants share a target's limits: leave `share` to the tenant's policy.")
    if key_id is not None and any(limit.each for limit in policy.limits):
        raise InvalidRequestError("A key is one user's already: leave out `each` in its limits.")
    if project is not None and (policy.allowed_terms or policy.allowed_patterns or policy.redaction_preset == "off"):
        raise InvalidRequestError(
            'Only a tenant may say what is no personal data: leave out allowed_terms, allowed_patterns and "off" here.'
        )
    try:
        Caller(tenant=tenant, project=project or "any", key_id=key_id or "any")
    except ValidationError:
        raise InvalidRequestError(_NAMES) from None
    scope = scope_of(tenant, project, key_id)
    configuration.put(POLICIES, scope, policy.model_dump(mode="json", exclude_defaults=True))
    return scope


def policies(configuration: Records) -> Iterator[tuple[str, Policy]]:
    """Every policy that was set, by its scope, in the order of scopes: a tenant stands before what narrows it."""
    for record in every(configuration, POLICIES):
        yield record.sort, Policy.model_validate(dict(record.body))
