"""LangChain as an application uses it, unmodified: only the address and the key are the gateway's."""

import asyncio
from typing import Any

import openai
import pydantic
import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from tests.contract.provider import Provider, calling, completion
from tests.contract.served import Served

EMAIL = "ann@example.com"


class Verdict(pydantic.BaseModel):
    """A structured draft conclusion."""

    subject: str
    score: int


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"Sunny in {city}"


def over_openai(served: Served, model: str) -> BaseChatModel:
    return ChatOpenAI(
        base_url=f"{served.url}/v1", api_key=served.keys["app"], model=model, max_retries=0, stream_usage=True
    )


def over_anthropic(served: Served, model: str) -> BaseChatModel:
    return ChatAnthropic(base_url=served.url, api_key=served.keys["app"], model=model, max_retries=0, max_tokens=500)


both = pytest.mark.parametrize("make", [over_openai, over_anthropic])


@both
def test_it_chats(served: Served, provider: Provider, make: Any):
    answer = make(served, "echo").invoke([SystemMessage("Be brief."), HumanMessage(f"I am {EMAIL}.")])

    assert answer.text == f"You said: I am {EMAIL}."
    assert answer.usage_metadata["total_tokens"] == 150
    assert provider.requests[-1]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "I am <EMAIL_1>."},
    ]


@both
def test_it_streams(served: Served, make: Any):
    chunks = list(make(served, "simulated").stream(f"I am {EMAIL}."))
    whole = sum(chunks[1:], chunks[0])

    assert len(chunks) > 3
    assert isinstance(whole, AIMessageChunk)
    assert f"I am {EMAIL}." in whole.text
    assert whole.usage_metadata["output_tokens"] > 0


@both
def test_it_streams_asynchronously(served: Served, make: Any):
    async def ask() -> str:
        model = make(served, "simulated")
        return "".join([chunk.text async for chunk in model.astream(f"I am {EMAIL}.")])

    assert f"I am {EMAIL}." in asyncio.run(ask())


@both
@pytest.mark.parametrize("streams", [False, True])
def test_bound_tools_go_round(served: Served, provider: Provider, make: Any, streams: bool):
    provider.script(
        calling(("c1", "get_weather", {"city": "<EMAIL_1>"}), ("c2", "get_weather", {"city": "east"})),
        completion({"content": "Both are sunny, <EMAIL_1>."}),
    )
    model = make(served, "echo").bind_tools([get_weather])
    messages: list[Any] = [HumanMessage(f"Weather at {EMAIL} and in east?")]

    def ask() -> Any:
        if not streams:
            return model.invoke(messages)
        first, *rest = model.stream(messages)
        return sum(rest, first)

    called = ask()
    messages.append(called)
    messages += [ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"]) for call in called.tool_calls]
    last = ask()

    assert [call["args"]["city"] for call in called.tool_calls] == [EMAIL, "east"]
    assert last.text == f"Both are sunny, {EMAIL}."
    assert EMAIL not in str(provider.requests)


@pytest.mark.parametrize(
    ("make", "method"),
    [
        (over_openai, "json_schema"),
        (over_openai, "function_calling"),
        (over_anthropic, "json_schema"),
        (over_anthropic, "function_calling"),
    ],
)
def test_outputs_are_structured(served: Served, make: Any, method: str):
    model = make(served, "simulated").with_structured_output(Verdict, method=method)

    assert model.invoke(f"Judge {EMAIL}, score 7") == Verdict(subject=EMAIL, score=7)


def embedder(served: Served, **options: Any) -> OpenAIEmbeddings:
    options = {"base_url": f"{served.url}/v1", "api_key": served.keys["app"], "max_retries": 0} | options
    return OpenAIEmbeddings(model="vectors", **options)


def test_it_embeds_texts_that_the_gateway_can_search(served: Served, provider: Provider):
    vectors = embedder(served, check_embedding_ctx_length=False).embed_documents([f"I am {EMAIL}.", "abc"])

    assert [vector[0] for vector in vectors] == [len("I am <EMAIL_1>."), 3]
    assert EMAIL not in str(provider.requests)


def test_it_is_told_how_to_embed_when_it_sends_tokens(served: Served, monkeypatch: pytest.MonkeyPatch):
    """Its default is to split texts into tokens by itself, with a vocabulary that it downloads."""
    embeds = embedder(served)
    monkeypatch.setattr(OpenAIEmbeddings, "_tokenize", lambda *_: ([0], [[1, 2, 3]], [0], [3]), raising=True)
    with pytest.raises(openai.BadRequestError, match="check_embedding_ctx_length=False"):
        embeds.embed_documents([EMAIL])
