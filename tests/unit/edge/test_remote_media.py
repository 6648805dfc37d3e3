"""sallyport.edge.remote_media: everything by value before it is sealed, or a 400 that names the field."""

import base64
import time

import pytest

from sallyport.administration import put_policy
from sallyport.contracts import CacheControl, Purpose
from sallyport.conversation import ChatRequest, Document, Image, Role, Text, ToolResult, Turn
from sallyport.dialects.openai_chat.parse import Parsed
from sallyport.edge.chat import run
from sallyport.edge.context import Call
from sallyport.edge.remote_media import MOST_ADDRESSES, MOST_BODY_BYTES, MOST_SECONDS, by_value
from sallyport.errors import InvalidRequestError, ModelNotFoundError, RequestTooLargeError
from sallyport.media import DOCUMENT_TYPES, IMAGE_TYPES, remote
from sallyport.policy import Policy
from sallyport.remote.unfetchable import Reason
from sallyport.remote.wanted import Fetched, NotFetched, Wanted
from tests.unit.doubles import CALLER, CANARY

PNG = b"\x89PNG\r\n\x1a\n...."
PDF = b"%PDF-1.7"
URL = "https://a.img.example.com/canary"
CALL = Call(
    request_id="req_12345678",
    caller=CALLER,
    received_at=1000.0,
    deadline=time.time() + 3600,
    cache_control=CacheControl(),
)


class Fetcher:
    """Has `data` for every URL, unless it is told to fail."""

    def __init__(self):
        self.asked = []
        self.data = {IMAGE_TYPES: (PNG, "image/png"), DOCUMENT_TYPES: (PDF, "application/pdf")}
        self.fails = None

    def fetch(self, wanted, allowed, *, seconds, most_bytes):
        self.asked.append((wanted, allowed, seconds, most_bytes))
        if self.fails:
            raise NotFetched(wanted[-1], self.fails)
        return {each: Fetched(*self.data[each.types], "*.img.example.com") for each in wanted}


@pytest.fixture
def fetcher(services):
    services.fetcher = Fetcher()
    return services.fetcher


@pytest.fixture
def allowed(services):
    hosts = Policy(models=("demo",), media_hosts=("*.img.example.com",))
    put_policy(services.backend.records("configuration"), hosts, tenant=CALLER.tenant)


def image(url=URL, number=0):
    return Image(url=url, url_field=f"messages.0.content.{number}.image_url.url", detail="low")


def asked(*blocks):
    return ChatRequest(turns=(Turn(role=Role.USER, blocks=blocks),))


def by_value_of(services, *blocks, size=100, call=CALL, model="demo"):
    request, size = by_value(services, call, asked(*blocks), model, size)
    return request.turns[0].blocks, size


def encoded(data):
    return base64.b64encode(data).decode()


def test_bytes_take_the_place_of_every_url(services, fetcher, allowed):
    result = ToolResult(tool_call_id="c", content=(image(),))
    blocks, size = by_value_of(
        services, Text(text="a"), image(), Document(name="n", url=URL, cache="5m"), result, Image(data="aGk=")
    )
    inline = Image(data=encoded(PNG), media_type="image/png", detail="low")
    assert blocks == (
        Text(text="a"),
        inline,
        Document(name="n", data=encoded(PDF), media_type="application/pdf", cache="5m"),
        ToolResult(tool_call_id="c", content=(inline,)),
        Image(data="aGk="),
    )
    assert size == 100 + 2 * len(encoded(PNG)) + len(encoded(PDF))


def test_a_url_that_comes_again_is_fetched_once(services, fetcher, allowed):
    by_value_of(services, image(), image(), image("https://b.img.example.com"), Document(url=URL))
    [(wanted, _, _, _)] = fetcher.asked
    other = Wanted("https://b.img.example.com", IMAGE_TYPES)
    assert sorted(wanted, key=str) == sorted([Wanted(URL, IMAGE_TYPES), other, Wanted(URL, DOCUMENT_TYPES)], key=str)


def test_what_is_sealed_has_the_bytes_and_the_ticket_counts_them(services, workflow, fetcher, allowed):
    workflow.plans = True
    run(services, CALL, Parsed(asked(image()), "demo"), 100)
    [start] = workflow.started
    sealed = ChatRequest.model_validate_json(services.vault.open(start.content, CALLER.tenant, Purpose.CONTENT))
    assert remote(sealed) == []
    assert sealed.turns[0].blocks[0].data == encoded(PNG)
    assert start.ticket.content_bytes == 100 + len(encoded(PNG))


@pytest.mark.parametrize("policy", [Policy(), Policy(media_hosts=())], ids=["none named", "none allowed"])
def test_nothing_is_fetched_without_a_list(policy, services, fetcher):
    put_policy(services.backend.records("configuration"), policy, tenant=CALLER.tenant)
    with pytest.raises(InvalidRequestError, match="ask the operator") as refused:
        by_value_of(services, Text(text="a"), image(number=1))
    assert refused.value.details["param"] == "messages.0.content.1.image_url.url"
    assert refused.value.message.startswith("messages.0.content.1.image_url.url ")
    assert "canary" not in str(refused.value)
    assert fetcher.asked == []


def test_a_project_can_take_the_list_away(services, fetcher, allowed):
    configuration = services.backend.records("configuration")
    put_policy(configuration, Policy(media_hosts=()), tenant=CALLER.tenant, project=CALLER.project)
    with pytest.raises(InvalidRequestError):
        by_value_of(services, image())
    assert fetcher.asked == []


def test_nothing_is_fetched_for_a_model_that_is_not_allowed(services, fetcher, allowed):
    with pytest.raises(ModelNotFoundError):
        by_value_of(services, image(), model="claude")
    assert fetcher.asked == []


@pytest.mark.parametrize("reason", Reason)
def test_a_failure_names_the_field_that_comes_first_and_its_kind(reason, services, fetcher, allowed, log):
    fetcher.fails = reason
    with pytest.raises(InvalidRequestError) as refused:
        by_value_of(services, image(number=0), image(f"https://{CANARY}", 1), image(f"https://{CANARY}", 2))
    assert refused.value.details == {"param": "messages.0.content.1.image_url.url", "fetching": reason}
    assert "canary" not in str(refused.value)
    assert "canary" not in log.text


def test_too_many_urls_are_refused_before_any_is_fetched(services, fetcher, allowed):
    images = [image(f"{URL}/{number}", number) for number in range(MOST_ADDRESSES + 1)]
    by_value_of(services, *images[1:])
    with pytest.raises(InvalidRequestError, match="one URL too many") as refused:
        by_value_of(services, *images)
    assert refused.value.details["param"] == f"messages.0.content.{MOST_ADDRESSES}.image_url.url"
    assert len(fetcher.asked) == 1


def test_time_and_bytes_are_what_the_caller_and_the_body_leave(services, fetcher, allowed, monkeypatch):
    monkeypatch.setattr(services, "now", lambda: 1000.0)
    for deadline in (1002.0, 2000.0):
        by_value_of(services, image(), size=MOST_BODY_BYTES - 400, call=CALL.model_copy(update={"deadline": deadline}))
    assert [each[2:] for each in fetcher.asked] == [(2.0, 300), (MOST_SECONDS, 300)]


def test_one_url_many_times_is_not_larger_than_a_body_may_be(services, fetcher, allowed):
    fetcher.data[IMAGE_TYPES] = (PNG.ljust(1024 * 1024), "image/png")
    by_value_of(services, *[image()] * 7)
    with pytest.raises(RequestTooLargeError, match="10 MiB"):
        by_value_of(services, *[image()] * 8)


def test_the_log_has_the_operators_words_and_counts(services, fetcher, allowed, log):
    by_value_of(services, image(), Document(url=URL))
    [line] = [each for each in log.lines if each["message"] == "fetched"]
    assert (line["hosts"], line["count"], line["bytes"]) == (["*.img.example.com"], 2, len(PNG) + len(PDF))
    assert "canary" not in log.text


def test_what_is_sent_inline_is_typed_by_its_bytes_and_nobody_is_asked(services, fetcher):
    blocks, size = by_value_of(services, Image(data=encoded(PNG), media_type="image/jpg"))
    assert (blocks, size) == ((Image(data=encoded(PNG), media_type="image/png"),), 100)
    assert (fetcher.asked, services.backend.records("configuration").get("policy", "tenant/acme")) == ([], None)


def test_an_address_from_nowhere_is_refused_all_the_same(services, fetcher):
    put_policy(services.backend.records("configuration"), Policy(), tenant=CALLER.tenant)
    with pytest.raises(InvalidRequestError) as refused:
        by_value_of(services, Image(url=URL))
    assert refused.value.details["param"] == "messages"
