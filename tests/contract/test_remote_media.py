"""Images and documents by URL: fetched from the operator's hosts alone, and handed on as bytes."""

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import openai
import pytest

from sallyport.remote.exchange import dialled
from sallyport.remote.fetching import Fetcher
from sallyport_local.seed import read_seed, sow
from tests.contract.provider import Provider, completion
from tests.e2e.running import Running
from tests.integration.remote.host import PDF, PNG, PUBLIC, Host, Internet, certificate, says

SEED = """
[tenants.pictures]
media_hosts = ["img.example.com", "*.cdn.example.com", "*.trap.example.com:{port}"]
[tenants.pictures.projects.narrow]
media_hosts = ["other.example.com"]
[[keys]]
name = "pictures"
tenant = "pictures"
project = "web"
[[keys]]
name = "narrow"
tenant = "pictures"
project = "narrow"
"""
URL = "https://img.example.com/a.png"
DATA_URL = "data:image/png;base64," + base64.b64encode(PNG).decode()

type Clients = Callable[..., openai.OpenAI]


class Trap:
    """Listens on loopback, where nothing of ours may ever knock."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.hits = 0
        self._thread = threading.Thread(target=self._count)
        self._thread.start()

    def _count(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if connection.recv(1) == b"!":
                    return
                self.hits += 1

    def close(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as last:
            last.sendall(b"!")
        self._thread.join()
        self._listener.close()


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    listening = Trap()
    yield listening
    listening.close()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    served = Host(certificate(tmp_path_factory.mktemp("tls")))
    yield served
    served.close()


@pytest.fixture(scope="module", autouse=True)
def _keys(gateway: Running, trap: Trap) -> None:
    gateway.keys.update(sow(read_seed(SEED.format(port=trap.port), "the test's seed"), gateway.gateway.backend))


@pytest.fixture
def internet(gateway: Running, host: Host, monkeypatch: pytest.MonkeyPatch) -> Internet:
    """The one public address leads to the host, and any other to where it really leads."""
    made = Internet(host)

    def dial(address: str, port: int, seconds: float) -> socket.socket:
        if address == PUBLIC:
            return made.dial(address, port, seconds)
        made.dialled.append((address, port))
        return dialled(address, port, seconds)

    fetcher = Fetcher(resolve=made.resolve, dial=dial, tls=made.tls)
    monkeypatch.setitem(vars(gateway.gateway.services), "fetcher", fetcher)
    host.acts = {"/a.png": says(200, PNG), "/a.pdf": says(200, PDF)}
    host.requests.clear()
    return made


def part(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def messages(*parts: dict[str, Any]) -> list[Any]:
    return [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, *parts]}]


def anthropic(gateway: Running, *blocks: dict[str, Any], key: str = "pictures", **fields: Any) -> httpx.Response:
    body = {"model": "echo", "max_tokens": 50, "messages": [{"role": "user", "content": list(blocks)}]}
    headers = {"x-api-key": gateway.keys[key], "anthropic-version": "2023-06-01"}
    return httpx.post(f"{gateway.url}/v1/messages", json=body | fields, headers=headers, timeout=60)


def by_url(kind: str, url: str) -> dict[str, Any]:
    return {"type": kind, "source": {"type": "url", "url": url}}


def test_the_provider_gets_bytes_and_the_record_counts_them(
    clients: Clients, provider: Provider, gateway: Running, internet: Internet
) -> None:
    parts = part(URL), part("https://a.cdn.example.com/a.png"), part(URL)
    answered = clients("pictures").chat.completions.create(model="echo", messages=messages(*parts))
    gateway.settle()
    ticket = gateway.audited(answered._request_id or "")
    assert provider.requests[-1]["messages"][0]["content"][1:] == [part(DATA_URL)] * 3
    assert ticket is not None
    assert ticket.redaction is not None
    assert ticket.redaction.uninspected == 3
    assert internet.dialled == [(PUBLIC, 443)] * 2


def test_a_stream_begins_with_the_fetch(clients: Clients, gateway: Running, host: Host, internet: Internet) -> None:
    def told(url: str) -> str:
        chunks = clients("pictures").chat.completions.create(
            model="simulated", messages=messages(part(url)), stream=True
        )
        return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)

    assert "images: 1" in told(URL)
    assert len(host.requests) == 1
    with pytest.raises(openai.BadRequestError, match="nothing there"):
        told("https://img.example.com/none")


def test_every_place_where_anthropic_takes_a_url(provider: Provider, gateway: Running, internet: Internet) -> None:
    result = {"type": "tool_result", "tool_use_id": "c", "content": [by_url("image", URL)]}
    document = by_url("document", "https://img.example.com/a.pdf") | {"title": "a.pdf"}
    use = {"type": "tool_use", "id": "c", "name": "look", "input": {}}
    asked = [
        {"role": "user", "content": [by_url("image", URL), document]},
        {"role": "assistant", "content": [use]},
        {"role": "user", "content": [result]},
    ]
    assert anthropic(gateway, messages=asked).status_code == 200
    first, _, _, last = provider.requests[-1]["messages"]
    file = {"filename": "a.pdf", "file_data": "data:application/pdf;base64," + base64.b64encode(PDF).decode()}
    assert first["content"] == [part(DATA_URL), {"type": "file", "file": file}]
    assert last["content"] == [part(DATA_URL)]


def test_the_cache_knows_the_bytes_and_not_the_url(
    clients: Clients, provider: Provider, gateway: Running, host: Host, internet: Internet
) -> None:
    def cache(url: str) -> str:
        gateway.settle()
        raw = clients("pictures").chat.completions.with_raw_response.create(
            model="cached", messages=messages(part(url))
        )
        return raw.headers["x-sallyport-cache"]

    host.acts["/b.png"] = says(200, PNG)
    provider.script(completion({"content": "A cat."}), completion({"content": "A dog."}))
    assert cache(URL) == "miss"
    assert cache("https://a.cdn.example.com/b.png") == "hit"
    host.acts["/a.png"] = says(200, PNG + b"another")
    assert cache(URL) == "miss"


@pytest.mark.parametrize("key", ["app", "narrow"])
def test_a_key_without_the_host_is_told_what_to_do(
    key: str, clients: Clients, gateway: Running, internet: Internet
) -> None:
    with pytest.raises(openai.BadRequestError, match="ask the operator to allow the host") as refused:
        clients(key).chat.completions.create(model="echo", messages=messages(part(URL)))
    assert refused.value.param == "messages[0].content[1].image_url.url"
    assert "example" not in refused.value.message

    told = anthropic(gateway, by_url("document", URL), key=key)
    assert (told.status_code, told.json()["error"]["type"]) == (400, "invalid_request_error")
    assert told.json()["error"]["message"].startswith("messages.0.content.0.source.url ")
    assert internet.asked == []


@pytest.mark.parametrize("status", [404, 500])
def test_what_the_host_says_is_not_repeated(
    status: int, clients: Clients, gateway: Running, host: Host, internet: Internet
) -> None:
    host.acts["/canary.png"] = says(status, b"<canary>", "canary: canary")
    with pytest.raises(openai.BadRequestError, match="refused, or has nothing there") as refused:
        clients("pictures").chat.completions.create(
            model="echo", messages=messages(part("https://img.example.com/canary.png"))
        )
    assert "canary" not in refused.value.response.text
    assert refused.value.response.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("label", ["image/jpg", "image/jpeg", "text/html", ""])
def test_an_image_by_value_has_the_type_of_its_bytes(label: str, clients: Clients, provider: Provider) -> None:
    sent = part(DATA_URL.replace("image/png", label))
    clients("pictures").chat.completions.create(model="echo", messages=messages(sent))
    assert provider.requests[-1]["messages"][0]["content"][1] == part(DATA_URL)


def test_counting_tokens_fetches_nothing(gateway: Running, internet: Internet) -> None:
    body = {"model": "echo", "messages": [{"role": "user", "content": [by_url("image", URL), by_url("document", URL)]}]}
    headers = {"x-api-key": gateway.keys["pictures"], "anthropic-version": "2023-06-01"}
    told = httpx.post(f"{gateway.url}/v1/messages/count_tokens", json=body, headers=headers)
    assert told.json()["input_tokens"] > 3000
    assert internet.asked == []


# ---- What must never be fetched ----

FORMS = [
    # This machine, in every notation of its address.
    "https://127.0.0.1:{port}/", "https://127.0.0.1:{port}", "https://127.1:{port}/", "https://127.0.1:{port}/",
    "https://2130706433:{port}/", "https://0x7f000001:{port}/", "https://0x7f.0.0.1:{port}/", "https://0X7F.1:{port}/",
    "https://0177.0.0.1:{port}/", "https://017700000001:{port}/", "https://127.0.0.1.:{port}/",
    "https://127.255.255.254:{port}/", "https://0.0.0.0:{port}/", "https://0:{port}/",
    "https://\uff11\uff12\uff17.0.0.1:{port}/", "https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460:{port}/",
    "https://127\u30020\u30020\u30021:{port}/", "https://%31%32%37.0.0.1:{port}/", "https://127%2e0%2e0%2e1:{port}/",
    "https://localhost:{port}/", "https://LOCALHOST:{port}/", "https://localhost.:{port}/", "https://l\u24deocalhost:{port}/",
    "https://localhost.localdomain:{port}/", "https://ip6-localhost:{port}/",
    "https://[::1]:{port}/", "https://[0:0:0:0:0:0:0:1]:{port}/", "https://[::]:{port}/", "https://[::127.0.0.1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/", "https://[::ffff:7f00:1]:{port}/", "https://[::ffff:0:127.0.0.1]:{port}/",
    "https://[64:ff9b::127.0.0.1]:{port}/", "https://[64:ff9b:1::7f00:1]:{port}/", "https://[2002:7f00:1::]:{port}/",
    "https://[2001:0:7f00:1::]:{port}/", "https://[fe80::1%25lo]:{port}/", "https://[fd00:ec2::254]/latest/meta-data/",
    # The machines around it.
    "https://169.254.169.254/latest/meta-data/", "http://169.254.169.254/latest/meta-data/", "https://2852039166/",
    "https://0xa9fea9fe/", "https://0251.0376.0251.0376/", "https://169.254.170.2/v2/credentials", "https://10.0.0.1/",
    "https://172.16.0.1/", "https://192.168.0.1/", "https://100.64.0.1/", "https://100.100.100.200/", "https://198.18.0.1/",
    "https://metadata/", "https://metadata.google.internal/computeMetadata/v1/",
    # Other schemes, and none.
    "http://127.0.0.1:{port}/", "http://img.example.com/a.png", "HTTP://img.example.com:{port}/", "ftp://127.0.0.1:{port}/",
    "file:///etc/passwd", "gopher://127.0.0.1:{port}/_x", "//127.0.0.1:{port}/", "127.0.0.1:{port}",
    # What two parsers would read differently.
    "https://img.example.com@127.0.0.1:{port}/", "https://img.example.com:443@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}#@img.example.com/", "https://127.0.0.1:{port}?@img.example.com/",
    "https://127.0.0.1:{port}\\@img.example.com/", "https://img.example.com\\@127.0.0.1:{port}/",
    "https://img.example.com%00.evil.test:{port}/", "https:127.0.0.1:{port}/", "https:///127.0.0.1:{port}/",
    "https://127.0.0.1:{port}\t/", " https://127.0.0.1:{port}/", "https://img.example.com:{port}/",
    "https://img.example.com.evil.test/", "https://evilimg.example.com/", "https://cdn.example.com/",
    # Allowed names that lead where they should not.
    "https://loopback.trap.example.com:{port}/", "https://six.trap.example.com:{port}/",
    "https://mapped.trap.example.com:{port}/", "https://any.trap.example.com:{port}/",
    "https://metadata.trap.example.com:{port}/", "https://cgnat.trap.example.com:{port}/",
    "https://sixtofour.trap.example.com:{port}/", "https://nat64.trap.example.com:{port}/",
    "https://teredo.trap.example.com:{port}/", "https://both.trap.example.com:{port}/",
    "https://none.trap.example.com:{port}/", "https://private.cdn.example.com/",
]  # fmt: skip
NAMES = {
    "loopback": ["127.0.0.1"],
    "six": ["::1"],
    "mapped": ["::ffff:127.0.0.1"],
    "any": ["0.0.0.0"],
    "metadata": ["169.254.169.254"],
    "cgnat": ["100.64.0.1"],
    "sixtofour": ["2002:7f00:1::"],
    "nat64": ["64:ff9b::7f00:1"],
    "teredo": ["2001:0:7f00:1::"],
    "both": [PUBLIC, "127.0.0.1"],
    "none": [],
}


@pytest.fixture
def tempting(internet: Internet) -> Internet:
    internet.names = {f"{name}.trap.example.com": [addresses] for name, addresses in NAMES.items()}
    internet.names["private.cdn.example.com"] = [["10.0.0.1"]]
    return internet


def test_there_are_as_many_forms_as_promised() -> None:
    assert len(set(FORMS)) == len(FORMS) >= 60


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_leads_inside_is_never_fetched(
    form: str, gateway: Running, provider: Provider, host: Host, tempting: Internet, trap: Trap
) -> None:
    url = form.format(port=trap.port)
    asked = {"model": "echo", "messages": messages(part(url))}
    for told in (
        gateway.post(asked, key="pictures"),
        anthropic(gateway, by_url("image", url)),
        anthropic(gateway, by_url("document", url)),
    ):
        assert told.status_code == 400
        assert "url" in told.json()["error"]["message"].split(" ")[0]
        assert "127.0.0.1" not in told.text
    assert (tempting.dialled, trap.hits, host.requests, provider.requests) == ([], 0, [], [])


@pytest.mark.parametrize("form", FORMS)
def test_nor_when_an_allowed_host_redirects_there(
    form: str, gateway: Running, provider: Provider, host: Host, tempting: Internet, trap: Trap
) -> None:
    location = form.format(port=trap.port).encode()
    reply = b"HTTP/1.1 302 Said\r\ncontent-length: 0\r\nlocation: " + location + b"\r\n\r\n"
    host.acts["/away"] = lambda connection, _: connection.sendall(reply)
    asked = {"model": "echo", "messages": messages(part("https://img.example.com/away"))}
    assert gateway.post(asked, key="pictures").status_code == 400
    assert {address for address, _ in tempting.dialled} == {PUBLIC}
    assert (trap.hits, provider.requests) == (0, [])


@pytest.mark.parametrize(
    "field", ["api_base", "base_url", "endpoint", "endpoint_url", "url", "callback_url", "proxy", "custom_host"]
)
@pytest.mark.parametrize("nested", [False, True])
def test_a_request_that_names_another_upstream_goes_to_the_configured_one(
    field: str, nested: bool, gateway: Running, provider: Provider, tempting: Internet, trap: Trap
) -> None:
    here = {field: f"http://127.0.0.1:{trap.port}/v1"}
    asked = {"model": "echo", "messages": messages(), **({"user_config": {"model_list": [here]}} if nested else here)}
    headers = {f"x-{field.replace('_', '-')}": here[field], "x-portkey-custom-host": here[field]}
    assert gateway.post(asked, key="pictures", headers=headers).status_code == 200
    assert (len(provider.requests), tempting.dialled, trap.hits) == (1, [], 0)
