"""`sallyport`: run a gateway, and administer one."""

import importlib

import click

_COMMANDS = {
    "up": "sallyport_cli.up:up",
    "keys": "sallyport_cli.keys:keys",
    "policies": "sallyport_cli.policies:policies",
    "models": "sallyport_cli.models:models",
    "targets": "sallyport_cli.targets:targets",
    "trace": "sallyport_cli.trace:trace",
    "usage": "sallyport_cli.usage:usage",
    "alerts": "sallyport_cli.alerts:alerts",
    "anonymize": "sallyport_cli.anonymize:anonymize",
    "audit": "sallyport_cli.audit:audit",
    "dead-letters": "sallyport_cli.dead_letters:dead_letters",
    "drill": "sallyport_cli.drill.command:drill",
}


class Commands(click.Group):
    """Imports the command that is called and no other, so that each starts as fast as it can."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="sallyport")
def main() -> None:
    """A secure LLM gateway: OpenAI-compatible, redacting, routing, metered and audited.

    Commands act on the data folder of a gateway on this machine (--data), also beside a running server, or on a
    gateway deployed to AWS (--stack). Exit codes: 0 done, 1 failed or something was found wrong, 2 wrong usage.
    """
