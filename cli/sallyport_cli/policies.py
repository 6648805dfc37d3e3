"""`sallyport policies`: what tenants, projects and keys may do."""

import tomllib
from typing import Any, TextIO

import click
from pydantic import ValidationError

from sallyport.administration import policies as policies_of
from sallyport.administration import put_policy
from sallyport.composition import Services
from sallyport.configuration import FRESH_SECONDS, POLICIES
from sallyport.identity import KeyRecord
from sallyport.policy import Policy, scope_of
from sallyport.ports import Records
from sallyport_cli.arguments import KEY_ID, NAME, as_json
from sallyport_cli.failures import fail, warn
from sallyport_cli.output import print_json, print_table
from sallyport_cli.place import Place, at_a_place
from sallyport_cli.toml import to_toml

_tenant = click.option("--tenant", type=NAME, help="A tenant's policy.")
_project = click.option("--project", type=NAME, help="The policy of one of the tenant's projects.")
_key = click.option("--key", "key_id", type=KEY_ID, help="The policy of one key, by its id.")


@click.group()
def policies() -> None:
    """Show and set what tenants, their projects and keys may do. Each level may only narrow the one above."""


@policies.command()
@_tenant
@_project
@_key
@as_json
@at_a_place()
def show(place: Place, tenant: str | None, project: str | None, key_id: str | None, as_json: bool) -> None:
    """Show policies.

    All of them, or one in the form that `set` takes.

    \b
    Example:
      sallyport policies show
      sallyport policies show --tenant acme > acme.toml
    """
    known = {scope: _fields(policy) for scope, policy in policies_of(place.services.backend.records("configuration"))}
    if tenant is None and project is None and key_id is None:
        _show_all(known, place, as_json)
        return
    scope = scope_of(*_level(place, tenant, project, key_id))
    if scope not in known:
        fail(f"{scope} has no policy. {_meaning(project, key_id)} `sallyport policies set --help` says how to set one.")
    if as_json:
        print_json({"scope": scope, "policy": known[scope]})
    else:
        click.echo(to_toml(known[scope]), nl=False)


@policies.command("set", no_args_is_help=True)
@click.argument("file", type=click.File("r", encoding="utf-8"))
@_tenant
@_project
@_key
@as_json
@at_a_place(creates=True)
def set_(
    place: Place, file: TextIO, tenant: str | None, project: str | None, key_id: str | None, as_json: bool
) -> None:
    """Replace a policy by FILE.

    FILE is TOML; `-` reads it from stdin. Setting a tenant's first policy is what creates the tenant. Every field is
    optional; what is absent is not limited by this level.

    \b
    Fields:
      models = ["demo", "claude"]              aliases that may be used
      max_tokens = 2000                        most output tokens of one request
      max_content_bytes = 200000               largest request
      media_hosts = ["*.img.example.com"]      hosts that images and PDFs are fetched from; none unless the tenant's has
                                               some. With a port if it is not 443
      allowed_regions = ["eu-*"]               Regions where requests may be processed; a target that may leave them, or
                                               whose Region nobody wrote down, is not asked
      limits = [                               per minute, day or month (UTC)
        { per = "minute", requests = 600, tokens = 200000 },
        { per = "month", dollars = 100 },
        { per = "day", dollars = 2, each = "user" },    for each user of the tenant or project; for each key that
                                               names none. A user is named by `keys create --user`
      ]
      share = 2                                a tenant's weight where tenants share a target's own limits; 1 if nothing
                                               is said
      alert_at = [50, 80, 100]                 percents of limits per day and month at which an operator is told; these
                                               if nothing is said
      on_exceeded = "cheaper_model"            when a limit of dollars here has no room: refuse (the default), or
      cheaper_model = "small"                  ask this model instead, and tell the client
      minimum_sensitivity = "internal"         public, internal, confidential, restricted

    \b
    Fields for personal data (docs/redaction.md explains them):
      redaction_preset = "gdpr"                default, strict, hipaa, pci, gdpr, hiring; a tenant's may also be off
      redaction = {                            by type, instead of the preset or beside what stands above:
        CREDIT_CARD = "block",                 allow, mask, hash, mask_irreversibly, route_private, block
        IBAN = ["mask", "route_private"] }
      redaction_default = "mask"               for every other type, instead of a preset
      redaction_thresholds = { PHONE = 0.7 }   least score, from 0 to 1, of what is acted upon
      doubtful = "route_private"               requests with something below it: allow, route_private, block
      uninspected = "block"                    requests with images, files or sound: the same
      unfamiliar_script = "route_private"      requests in a script that names are not found in: the same
      explain_placeholders = false             for models that take no system prompt; else it has a note about them
      answers = "mask"                         new personal data in answers of cloud models: allow, report (count
                                               it; most presets do), mask, block; or by type:
      answers = { default = "report",          of every other type that requests may not have
        CREDIT_CARD = "mask", PERSON = "allow", SECRET = "block" }
      second_opinion = "on"                    ask the service that is set up about what redaction is unsure of: off,
                                               if_available (go on without it), on (then mask what is unsure)
      allowed_terms = ["info@acme.example"]    what is no finding; a tenant's only
      allowed_patterns = ["ACME-[0-9]{4}"]     regular expressions with bounded repetitions
      denied_terms = ["Project Falcon"]        what is always one, of type DENIED
      denied_patterns = ["XK-[0-9]{2}"]
      detectors = [                            types of your own
        { type = "BADGE", patterns = ["B-[0-9]{6}"], context = ["badge"], checksum = "luhn", score = 0.9 },
      ]

    \b
    Example:
      sallyport policies set --tenant acme acme.toml
      echo 'models = ["demo"]' | sallyport policies set --tenant acme --project fraud -
    """
    level = _level(place, tenant, project, key_id)
    policy = _read(file)
    _warn_of_unknown_models(place.services, policy)
    configuration = place.services.backend.records("configuration")
    scope = put_policy(configuration, policy, tenant=level[0], project=level[1], key_id=level[2])
    if as_json:
        print_json({"scope": scope, "policy": _fields(policy), "effective_within_seconds": FRESH_SECONDS})
    else:
        click.echo(f"The policy of {scope} is set. It takes effect within {FRESH_SECONDS} seconds.")
    if configuration.get(POLICIES, scope_of(level[0])) is None:
        warn(f"The tenant {level[0]} itself has no policy yet, and without one it may use no model. Set it too.")
    elif policy.media_hosts and not _policy_of(configuration, level[0]).media_hosts:
        warn(f"The tenant {level[0]} itself allows no media_hosts, so nothing is fetched. Set its policy too.")


def _policy_of(configuration: Records, tenant: str) -> Policy:
    return next(policy for scope, policy in policies_of(configuration) if scope == scope_of(tenant))


def _level(
    place: Place, tenant: str | None, project: str | None, key_id: str | None
) -> tuple[str, str | None, str | None]:
    if key_id is not None:
        if tenant or project:
            raise click.UsageError("--key alone is enough: a key belongs to one project of one tenant.")
        stored = place.services.backend.records("keys").get(key_id)
        if stored is None:
            fail(f"There is no key {key_id} here. `sallyport keys list{place.arguments}` shows those there are.")
        record = KeyRecord.model_validate(dict(stored.body))
        return record.tenant, record.project, key_id
    if tenant is None:
        raise click.UsageError("Whose policy? Name a --tenant, a --tenant and its --project, or a --key.")
    return tenant, project, None


def _read(file: TextIO) -> Policy:
    try:
        fields = tomllib.loads(file.read())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{file.name} is no TOML: {error}.", param_hint="FILE") from None
    if not fields:
        raise click.BadParameter(
            f"{file.name} is empty, and an empty policy limits nothing. Write `limits = []` if that is meant.",
            param_hint="FILE",
        )
    try:
        return Policy.model_validate(fields)
    except ValidationError as error:
        raise click.BadParameter(f"{file.name}: {_wrong(error)}", param_hint="FILE") from None


def _wrong(error: ValidationError) -> str:
    """Each field that is wrong, by its path. Pydantic's own words say what it should be, and never what it was."""
    said = []
    for each in error.errors():
        path = ".".join(map(str, each["loc"]))
        if each["type"] == "extra_forbidden":
            said.append(f"{path} is no field of a policy; `sallyport policies set --help` lists them")
        else:
            said.append(f"{path}: {each['msg'].removeprefix('Value error, ')}")
    return "; ".join(said) + "."


def _warn_of_unknown_models(services: Services, policy: Policy) -> None:
    routes = services.configuration.routing_table().routes
    named = {*(policy.models or ()), *([policy.cheaper_model] if policy.cheaper_model else ())}
    for model in sorted(named - routes.keys()):
        warn(f"There is no model {model} in the routing table; there are {', '.join(sorted(routes))}.")


def _meaning(project: str | None, key_id: str | None) -> str:
    if project or key_id:
        return "Only what stands above it limits it."
    return "A tenant without one may use no model."


def _show_all(known: dict[str, dict[str, Any]], place: Place, as_json: bool) -> None:
    if as_json:
        print_json([{"scope": scope, "policy": fields} for scope, fields in known.items()])
    elif known:
        print_table(
            ("SCOPE", "POLICY"),
            [(scope, "; ".join(to_toml(fields).splitlines()) or "limits nothing") for scope, fields in known.items()],
        )
    else:
        click.echo(
            "No tenant has a policy, so none may use a model. Give one to a tenant, for example:\n"
            f"  echo 'models = [\"demo\"]' | sallyport policies set --tenant NAME{place.arguments} -"
        )


def _fields(policy: Policy) -> dict[str, Any]:
    return policy.model_dump(mode="json", exclude_defaults=True)
