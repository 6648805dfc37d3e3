"""functions/edge: the application that the Lambda Web Adapter forwards to."""

import anyio
import httpx

from sallyport.composition import using


def test_the_adapter_finds_it_ready(services, loaded):
    app = loaded(services).app("edge")

    async def ask():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge.test") as client:
            return await client.get("/healthz")

    with using(services):
        assert anyio.run(ask).json() == {"status": "ok"}
