"""`sallyport`: run a gateway, and administer one."""

import click

from sallyport_cli.up import up


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="sallyport")
def main() -> None:
    """A secure LLM gateway: OpenAI-compatible, redacting, routing, metered and audited."""


main.add_command(up)
