"""Serves an ASGI application on one port, until it is told to stop."""

import socket
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

from sallyport_local.connection import BoundedConnection

MOST_CONNECTIONS = 10_000

KEEP_ALIVE_SECONDS = 75

SHUTDOWN_SECONDS = 10


class PortBusyError(Exception):
    """Somebody else listens there; the message says what to do."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything else starts, so that a busy port costs nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise PortBusyError(
            f"Port {port} on {host} cannot be used: {error.strerror}. Stop what listens there, or choose another "
            f'port: make run ARGS="--port {port + 1}".'
        ) from None
    return listening


def is_open_to_others(listening: socket.socket) -> bool:
    """Can it be reached from another machine, over which keys and prompts would travel in the clear?"""
    address: str = listening.getsockname()[0]
    return not ip_address(address.partition("%")[0]).is_loopback


def server(app: ASGIApp) -> uvicorn.Server:
    """Not yet running. Its `run` returns after Ctrl-C or SIGTERM, when the requests in hand are answered."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=BoundedConnection,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            limit_concurrency=MOST_CONNECTIONS,
        )
    )
