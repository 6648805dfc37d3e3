"""Pydantic AI as an application uses it, unmodified: only the address and the key are the gateway's."""

import asyncio
from typing import Any

import pydantic
import pytest
from pydantic_ai import Agent, ModelHTTPError
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.output import NativeOutput
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from tests.contract.provider import Provider, calling, completion
from tests.contract.served import Served

EMAIL = "ann@example.com"


class Verdict(pydantic.BaseModel):
    """A structured draft conclusion."""

    subject: str
    score: int


def over_openai(served: Served, model: str) -> Any:
    return OpenAIChatModel(model, provider=OpenAIProvider(base_url=f"{served.url}/v1", api_key=served.keys["app"]))


def over_anthropic(served: Served, model: str) -> Any:
    return AnthropicModel(model, provider=AnthropicProvider(base_url=served.url, api_key=served.keys["app"]))


both = pytest.mark.parametrize("make", [over_openai, over_anthropic])


@both
def test_an_agent_answers(served: Served, provider: Provider, make: Any):
    run = Agent(make(served, "echo"), instructions="Be brief.").run_sync(f"I am {EMAIL}.")

    assert run.output == f"You said: I am {EMAIL}."
    assert (run.usage.input_tokens, run.usage.output_tokens) == (100, 50)
    assert EMAIL not in str(provider.requests)


@both
def test_an_agent_streams(served: Served, make: Any):
    async def ask() -> list[str]:
        async with Agent(make(served, "simulated")).run_stream(f"I am {EMAIL}.") as run:
            return [text async for text in run.stream_text(delta=True, debounce_by=None)]

    pieces = asyncio.run(ask())

    assert len(pieces) > 3
    assert f"I am {EMAIL}." in "".join(pieces)


@both
def test_an_agent_uses_its_tools_in_parallel(served: Served, provider: Provider, make: Any):
    provider.script(
        calling(("c1", "get_weather", {"city": "<EMAIL_1>"}), ("c2", "get_weather", {"city": "east"})),
        completion({"content": "Both are sunny, <EMAIL_1>."}),
    )
    agent = Agent(make(served, "echo"))
    asked = []

    @agent.tool_plain
    def get_weather(city: str) -> str:
        """The weather of a city."""
        asked.append(city)
        return f"Sunny in {city}"

    run = agent.run_sync(f"Weather at {EMAIL} and in east?")

    assert run.output == f"Both are sunny, {EMAIL}."
    assert sorted(asked) == sorted(["east", EMAIL])


# It takes no model of Anthropic's whose name it does not know for one with native outputs.
@pytest.mark.parametrize(
    ("make", "output"),
    [(over_openai, Verdict), (over_openai, NativeOutput(Verdict)), (over_anthropic, Verdict)],
    ids=["tool", "native", "anthropic's tool"],
)
def test_an_output_is_structured(served: Served, make: Any, output: Any):
    run = Agent(make(served, "simulated"), output_type=output).run_sync(f"Judge {EMAIL}, score 7")

    assert run.output == Verdict(subject=EMAIL, score=7)


@both
def test_an_error_keeps_its_status(served: Served, make: Any):
    with pytest.raises(ModelHTTPError) as raised:
        Agent(make(served, "absent")).run_sync("Hello")

    assert raised.value.status_code == 404
