"""Many requests at once."""

import asyncio
from collections.abc import Sequence
from itertools import repeat

import openai

from tests.contract.served import Served
from tests.contract.wire import Wire


def all_at_once(served: Served, wire: Wire, model: str, texts: list[str], keys: Sequence[str] = ()) -> list[str]:
    """One async client, as a server application has it; it may ask for many, each with a key of their own."""

    async def ask() -> list[str]:
        http = openai.DefaultAsyncHttpxClient(verify=False, event_hooks=wire.async_hooks())
        async with openai.AsyncOpenAI(
            base_url=f"{served.url}/v1", api_key=served.keys["app"], http_client=http, max_retries=0
        ) as client:
            answered = await asyncio.gather(
                *(
                    client.with_options(api_key=served.keys[key]).chat.completions.create(
                        model=model, messages=[{"role": "user", "content": text}]
                    )
                    for text, key in zip(texts, keys or repeat("app"), strict=False)
                )
            )
            return [each.choices[0].message.content or "" for each in answered]

    return asyncio.run(ask())
