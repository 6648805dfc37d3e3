"""A whole answer, made in a thread while the loop watches whether its client still waits."""

import asyncio
import threading
from collections.abc import Callable

import anyio.to_thread
from starlette.types import Receive

from sallyport.edge.streams import Streams
from sallyport.presence import Client, waiting


async def while_it_waits[*Arguments, Made](
    receive: Receive, streams: Streams, make: Callable[[*Arguments], Made], *arguments: *Arguments
) -> Made:
    """What `make` makes in a thread. Once the client hangs up, or `streams` are cut, what it waits for is hung up on.

    A thread cannot be told to end, and whoever stops the process waits for it.
    """
    client = Client()
    watching = asyncio.create_task(_tell(client, receive))
    try:
        with waiting(client), streams.awaited(client):
            return await anyio.to_thread.run_sync(make, *arguments)
    finally:
        watching.cancel()


async def _tell(client: Client, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    # To hang up may take a moment.
    threading.Thread(target=client.leave, name="leave", daemon=True).start()
