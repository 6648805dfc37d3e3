"""`sallyport keys`: who may call."""

import time

import click

from sallyport.administration import create_key, list_keys, revoke_key
from sallyport.authentication import FRESH_SECONDS
from sallyport.configuration import POLICIES
from sallyport.errors import InvalidRequestError
from sallyport.identity import KeyRecord
from sallyport.policy import scope_of
from sallyport_cli.arguments import EXPIRY, KEY_ID, NAME, as_json
from sallyport_cli.failures import fail, warn
from sallyport_cli.output import moment, print_json, print_table
from sallyport_cli.place import Place, at_a_place


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command()
@click.option("--tenant", required=True, type=NAME, help="Whose data, limits and budget the key uses.")
@click.option("--project", required=True, type=NAME, help="Part of the tenant, with limits of its own if you like.")
@click.option("--user", type=NAME, help="The person or program behind the key, as audit and usage name it.")
@click.option("--description", default="", help="What the key is for.")
@click.option("--expires", type=EXPIRY, help="After 12h, 30d or 8w, or a last day such as 2027-01-31 (UTC).")
@as_json
@at_a_place(creates=True)
def create(
    place: Place,
    tenant: str,
    project: str,
    user: str | None,
    description: str,
    expires: float | None,
    as_json: bool,
) -> None:
    """Make a key and print it, this once.

    Only a keyed hash of it is kept.

    \b
    Example:
      sallyport keys create --tenant acme --project fraud --user ann --expires 30d
    """
    backend = place.services.backend
    key, record = create_key(
        backend.records("keys"),
        backend.key_macs,
        tenant=tenant,
        project=project,
        user=user,
        description=description,
        expires_at=expires,
        now=time.time(),
    )
    if as_json:
        print_json({"key": key} | _fields(record, time.time()))
    else:
        who = f"{tenant}/{project}" + (f" ({user})" if user else "")
        until = f"until {moment(expires)}" if expires else "until it is revoked"
        click.echo(f"Key {record.key_id} for {who}, {until}:\n\n  {key}\n")
        click.echo("Keep it now: it is shown this once. Whoever has it can use what the tenant pays for.")
    if backend.records("configuration").get(POLICIES, scope_of(tenant)) is None:
        warn(
            f"The tenant {tenant} has no policy yet, so this key may use no model. Give it one, for example:\n"
            f"  echo 'models = [\"demo\"]' | sallyport policies set --tenant {tenant}{place.arguments} -"
        )


@keys.command("list")
@click.option("--tenant", type=NAME, help="Only this tenant's.")
@as_json
@at_a_place()
def list_(place: Place, tenant: str | None, as_json: bool) -> None:
    """List the keys there are and were. Nothing here lets anybody call.

    \b
    Example:
      sallyport keys list --tenant acme
      sallyport keys list --json | jq -r '.[] | select(.status == "active") | .key_id'
    """
    now = time.time()
    found = [each for each in list_keys(place.services.backend.records("keys")) if tenant in (None, each.tenant)]
    rows = [_fields(each, now) for each in sorted(found, key=lambda each: (each.tenant, each.project, each.created_at))]
    if as_json:
        print_json(rows)
    elif rows:
        columns = ("key_id", "tenant", "project", "user", "status", "created_at", "expires_at", "description")
        print_table(
            [column.removesuffix("_at").replace("_", " ").upper() for column in columns],
            [[row[column] for column in columns] for row in rows],
        )
    else:
        click.echo(f"No keys. Make one: sallyport keys create --tenant NAME --project NAME{place.arguments}")


@keys.command()
@click.argument("key_id", type=KEY_ID)
@as_json
@at_a_place()
def revoke(place: Place, key_id: str, as_json: bool) -> None:
    """Revoke a key for good. Doing it again changes nothing; the first time stays on record.

    \b
    Example:
      sallyport keys revoke k3v9x1m0q7ab
    """
    try:
        record = revoke_key(place.services.backend.records("keys"), key_id, time.time())
    except InvalidRequestError:
        fail(f"There is no key {key_id} here. `sallyport keys list{place.arguments}` shows those there are.")
    if as_json:
        print_json(_fields(record, time.time()) | {"dead_within_seconds": FRESH_SECONDS})
    else:
        click.echo(
            f"Key {key_id} of {record.tenant}/{record.project} is revoked since {moment(record.revoked_at)}. "
            f"It is dead everywhere within {FRESH_SECONDS} seconds of that."
        )


def _fields(record: KeyRecord, now: float) -> dict[str, str | None]:
    return {
        "key_id": record.key_id,
        "tenant": record.tenant,
        "project": record.project,
        "user": record.user,
        "status": _status(record, now),
        "created_at": moment(record.created_at),
        "expires_at": moment(record.expires_at),
        "revoked_at": moment(record.revoked_at),
        "description": record.description,
    }


def _status(record: KeyRecord, now: float) -> str:
    if record.revoked_at is not None:
        return "revoked"
    return "expired" if record.expires_at is not None and record.expires_at <= now else "active"
