"""Serve a fleet until it is told to stop. The first line that it prints is JSON, with its `url`."""

import argparse
import json
import logging
import sys
import time
import tomllib
from pathlib import Path

import click
import uvicorn
from pydantic import ValidationError

from sallyport_local.fleet.app import App
from sallyport_local.fleet.fleet import Fleet
from sallyport_local.fleet.script import Script, wrong_with
from sallyport_local.server import PortBusyError, bind


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m sallyport_local.fleet", description=sys.modules[__package__].__doc__
    )
    parser.add_argument("--port", type=int, default=0, help="where to listen on 127.0.0.1 (default: any that is free)")
    parser.add_argument("--script", type=Path, help="a TOML file with quotas, latencies and faults (default: none)")
    options = parser.parse_args()
    try:
        script = Script.model_validate(tomllib.loads(options.script.read_text()) if options.script else {})
        listening = bind("127.0.0.1", options.port)
    except ValidationError as error:
        parser.exit(2, f"{options.script} does not fit: {wrong_with(error)}.\n")
    except tomllib.TOMLDecodeError as error:
        parser.exit(2, f"{options.script} is no TOML: {error}.\n")
    except OSError as error:
        parser.exit(2, f"{options.script} cannot be read: {error.strerror}.\n")
    except PortBusyError as error:
        parser.exit(2, f"{error}\n")
    # Whoever is hung up on, and who hangs up, is the fleet's business and no news.
    logging.getLogger("uvicorn.error").disabled = True
    click.echo(json.dumps({"simulated": True, "url": f"http://127.0.0.1:{listening.getsockname()[1]}"}))
    config = uvicorn.Config(
        App(Fleet(script, time.monotonic)),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
