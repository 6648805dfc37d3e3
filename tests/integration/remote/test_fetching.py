"""sallyport.remote.fetching over real TLS: what arrives, what is refused, and who is never asked."""

import socket
import threading
import time

import pytest

from sallyport.media import DOCUMENT_TYPES, IMAGE_TYPES
from sallyport.remote.exchange import dialled, resolved
from sallyport.remote.fetching import MOST_REDIRECTS, Fetcher
from sallyport.remote.hosts import AllowedHosts
from sallyport.remote.job import MOST_BYTES
from sallyport.remote.unfetchable import Reason
from sallyport.remote.wanted import Fetched, NotFetched, Wanted
from tests.integration.remote.host import PDF, PNG, PUBLIC, says

ALLOWED = AllowedHosts.of([("img.example.com", "*.cdn.example.com", "other.example.com", "xn--bcher-kva.example:8443")])
URL = "https://img.example.com/a"
PLENTY = 100 * 1024 * 1024


def wanted(url=URL, types=IMAGE_TYPES):
    return Wanted(url, types)


def fetch(fetcher, *urls, types=IMAGE_TYPES, seconds=20.0, most_bytes=PLENTY):
    asked = [Wanted(url, types) for url in urls or (URL,)]
    return [each.data for each in fetcher.fetch(asked, ALLOWED, seconds=seconds, most_bytes=most_bytes).values()]


def reason(fetcher, *urls, **options):
    with pytest.raises(NotFetched) as failed:
        fetch(fetcher, *urls, **options)
    assert "canary" not in str(failed.value)
    return failed.value.reason


def redirects(location, status=302):
    return says(status, b"canary", f"location: {location}", length=6)


def trickles(connection, host):
    connection.sendall(b"HTTP/1.1 200 Said\r\ncontent-length: 100000\r\n\r\n")
    while not host.over.wait(0.01):
        connection.sendall(b" ")


def trickles_headers(connection, host):
    connection.sendall(b"HTTP/1.1 200 Said\r\n")
    while not host.over.wait(0.01):
        connection.sendall(b"x: y\r\n"[:1])


def floods(connection, host):
    connection.sendall(b"HTTP/1.1 200 Said\r\n\r\n" + PNG)
    while not host.over.is_set():
        connection.sendall(bytes(65536))


def test_an_image_arrives_and_the_host_learns_nothing(fetcher, host, internet, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    host.acts["/a?b=%C3%BC"] = says(200, PNG, "content-type: text/html", "set-cookie: a=canary")
    asked = Wanted("https://IMG.example.com/a?b=ü#c", IMAGE_TYPES)
    for _ in range(2):
        fetched = fetcher.fetch([asked], ALLOWED, seconds=20, most_bytes=PLENTY)
        assert fetched == {asked: Fetched(PNG, "image/png", "img.example.com")}
    assert host.names == ["img.example.com"] * 2
    assert internet.dialled == [(PUBLIC, 443)] * 2
    for head in host.requests:
        line, *headers = head.strip().split("\r\n")
        assert line == "GET /a?b=%C3%BC HTTP/1.1"
        assert sorted(headers) == [
            "Accept-Encoding: identity",
            "Accept: image/gif, image/jpeg, image/png, image/webp",
            "Connection: close",
            "Host: img.example.com",
            "User-Agent: sallyport",
        ]


def test_a_name_in_any_letters_and_a_port_of_its_own(fetcher, host, internet):
    host.acts["/"] = says(200, PNG)
    assert fetch(fetcher, "https://Bücher.example:8443") == [PNG]
    assert host.names == ["xn--bcher-kva.example"]
    assert internet.dialled == [(PUBLIC, 8443)]
    assert "Host: xn--bcher-kva.example:8443\r\n" in host.requests[0]


def test_a_reply_in_chunks_and_one_without_a_length(fetcher, host):
    host.acts["/a"] = lambda connection, _: connection.sendall(
        b"HTTP/1.1 200 Said\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(PNG), PNG)
    )
    host.acts["/b"] = lambda connection, _: connection.sendall(b"HTTP/1.0 200 Said\r\n\r\n" + PNG)
    assert fetch(fetcher, URL, "https://img.example.com/b") == [PNG, PNG]


def test_bytes_tell_the_type_and_each_kind_takes_its_own(fetcher, host):
    host.acts["/a"] = says(200, PDF, "content-type: image/png")
    assert reason(fetcher) is Reason.WRONG_TYPE
    assert fetch(fetcher, types=DOCUMENT_TYPES) == [PDF]
    host.acts["/a"] = says(200, PNG, "content-type: application/pdf")
    assert reason(fetcher, types=DOCUMENT_TYPES) is Reason.WRONG_TYPE


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (says(404, b"<canary>"), Reason.STATUS),
        (says(500, PNG), Reason.STATUS),
        (says(206, PNG), Reason.STATUS),
        (says(204), Reason.STATUS),
        (says(304), Reason.STATUS),
        (says(200, b"<html>canary</html>", "content-type: image/png"), Reason.WRONG_TYPE),
        (says(200, b"<svg onload='canary'/>", "content-type: image/svg+xml"), Reason.WRONG_TYPE),
        (says(200), Reason.WRONG_TYPE),
        (says(200, PNG, "content-encoding: gzip"), Reason.ENCODED),
        (says(200, PNG, "content-encoding: identity, br"), Reason.ENCODED),
        (says(200, PNG, length=MOST_BYTES + 1), Reason.TOO_LARGE),
        (floods, Reason.TOO_LARGE),
        (says(200, PNG, length=len(PNG) + 1), Reason.UNREACHABLE),
        (lambda connection, _: connection.sendall(b"canary\r\n\r\n"), Reason.UNREACHABLE),
        (lambda connection, _: connection.sendall(b"HTTP/1.1 200 Said\r\na: " + bytes(100_000)), Reason.UNREACHABLE),
        (lambda connection, _: None, Reason.UNREACHABLE),
    ],
)  # fmt: skip
def test_what_cannot_be_used(act, expected, fetcher, host):
    host.acts["/a"] = act
    assert reason(fetcher) is expected


def test_an_image_of_just_the_most_bytes_is_taken(fetcher, host):
    host.acts["/a"] = says(200, PNG.ljust(MOST_BYTES))
    assert [len(data) for data in fetch(fetcher)] == [MOST_BYTES]
    assert reason(fetcher, most_bytes=MOST_BYTES - 1) is Reason.TOO_LARGE


def test_several_together_are_not_larger_than_one_request_may_be(fetcher, host):
    urls = [f"https://img.example.com/{number}" for number in range(10)]
    host.acts |= {f"/{number}": says(200, PNG.ljust(1000)) for number in range(10)}
    assert len(fetch(fetcher, *urls, most_bytes=10_000)) == 10
    assert reason(fetcher, *urls, most_bytes=9999) is Reason.TOO_LARGE


@pytest.mark.parametrize("act", [trickles, trickles_headers, lambda _, host: host.over.wait(20)])
def test_a_host_that_trickles_or_hangs_is_left(act, fetcher, host):
    host.acts["/a"] = act
    assert reason(fetcher, seconds=0.3) is Reason.TIMEOUT


def test_one_that_hangs_does_not_lose_the_failure_of_another(fetcher, host):
    host.acts["/a"] = lambda _, host: host.over.wait(20)
    started = time.monotonic()
    assert reason(fetcher, URL, "https://img.example.com/none", seconds=15) is Reason.STATUS
    assert time.monotonic() - started < 10


def test_a_name_server_that_hangs_is_not_waited_for(host, internet):
    over = threading.Event()
    fetcher = Fetcher(resolve=lambda name, port: over.wait(20) and [], dial=internet.dial, tls=internet.tls)
    assert reason(fetcher, seconds=0.2) is Reason.TIMEOUT
    over.set()


def test_no_time_is_no_fetch(fetcher, internet):
    assert reason(fetcher, seconds=-1.0) is Reason.TIMEOUT
    assert internet.dialled == []


def test_a_handshake_that_never_comes_is_left(fetcher, host, internet):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        internet.leads = {PUBLIC: lambda seconds: socket.create_connection(silent.getsockname())}
        assert reason(fetcher, seconds=0.3) is Reason.TIMEOUT


def test_a_certificate_for_another_name_is_none(fetcher, host):
    host.acts["/a"] = says(200, PNG)
    assert reason(fetcher, "https://other.example.com/a") is Reason.UNREACHABLE
    assert host.requests == []


def test_a_certificate_of_somebody_unknown_is_none(host, internet):
    host.acts["/a"] = says(200, PNG)
    assert reason(Fetcher(resolve=internet.resolve, dial=internet.dial)) is Reason.UNREACHABLE
    assert host.requests == []


# ---- Redirects: each is a URL like the first ----


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/b", "https://a.cdn.example.com/b", "//img.example.com/b", "b?#c"])
def test_a_redirect_is_followed_to_an_allowed_host(status, location, fetcher, host, internet):
    host.acts |= {"/a": redirects(location, status), "/b": says(200, PNG), "/b?": says(200, PNG)}
    assert fetch(fetcher) == [PNG]
    assert len(internet.asked) == 2


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://evil.test/", Reason.NOT_ALLOWED),
        ("https://img.example.com:8443/", Reason.NOT_ALLOWED),
        ("https://cdn.example.com/", Reason.NOT_ALLOWED),
        ("http://img.example.com/b", Reason.NOT_HTTPS),
        ("file:///etc/passwd", Reason.NOT_HTTPS),
        ("https://127.0.0.1/", Reason.MALFORMED),
        ("https://[::1]/", Reason.MALFORMED),
        ("https://169.254.169.254/latest/meta-data/", Reason.MALFORMED),
        ("https://user@img.example.com/b", Reason.MALFORMED),
        ("https://img.example.com\\@evil.test/", Reason.MALFORMED),
        ("\u00ff\u00fe", Reason.MALFORMED),
        ("https://private.cdn.example.com/", Reason.NOT_PUBLIC),
        ("https://gone.cdn.example.com/", Reason.UNKNOWN_HOST),
    ],
)
def test_a_redirect_is_checked_like_the_first_url(location, expected, fetcher, host, internet):
    internet.names |= {"private.cdn.example.com": [["10.0.0.1"]], "gone.cdn.example.com": [[]]}
    head = "HTTP/1.1 302 Said\r\ncontent-length: 0\r\nlocation: " + location + "\r\n\r\n"
    host.acts["/a"] = lambda connection, _: connection.sendall(head.encode("latin-1"))
    assert reason(fetcher) is expected
    assert internet.dialled == [(PUBLIC, 443)]


def test_a_redirect_to_nowhere_comes_back_to_itself_and_ends(fetcher, host):
    host.acts["/a"] = says(302)
    assert reason(fetcher) is Reason.REDIRECTS
    assert len(host.requests) == MOST_REDIRECTS + 1


def test_a_loop_ends(fetcher, host):
    host.acts |= {"/a": redirects("/b"), "/b": redirects("/a")}
    assert reason(fetcher) is Reason.REDIRECTS
    assert len(host.requests) == MOST_REDIRECTS + 1


def test_as_many_redirects_as_allowed_are_followed(fetcher, host):
    host.acts |= {"/a": redirects("/b"), "/b": redirects("/c"), "/c": redirects("/d"), "/d": says(200, PNG)}
    assert fetch(fetcher) == [PNG]


# ---- Addresses: resolved once, all of them public, and only those are dialled ----


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["::1"], ["10.0.0.1"], ["169.254.169.254"], ["100.64.0.1"], ["fd00:ec2::254"], ["::ffff:127.0.0.1"],
     ["2002:7f00:1::"], ["64:ff9b::7f00:1"], [PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], [PUBLIC, "fe80::1%lo"]],
)  # fmt: skip
def test_one_address_that_is_not_public_is_enough(addresses, fetcher, host, internet):
    internet.names["img.example.com"] = [addresses]
    assert reason(fetcher) is Reason.NOT_PUBLIC
    assert (internet.dialled, host.connections) == ([], 0)


def test_a_name_server_that_changes_its_mind_changes_nothing(fetcher, host, internet):
    host.acts["/a"] = says(200, PNG)
    internet.names["img.example.com"] = [[PUBLIC], ["127.0.0.1"]]
    assert fetch(fetcher) == [PNG]
    assert (internet.asked, internet.dialled) == (["img.example.com"], [(PUBLIC, 443)])
    assert reason(fetcher) is Reason.NOT_PUBLIC
    assert host.connections == 1


def test_a_redirect_asks_for_the_name_again(fetcher, host, internet):
    host.acts["/a"] = redirects("/a")
    internet.names["img.example.com"] = [[PUBLIC], ["169.254.169.254"]]
    assert reason(fetcher) is Reason.NOT_PUBLIC
    assert internet.dialled == [(PUBLIC, 443)]


def test_another_address_is_tried_when_one_is_dead(fetcher, host, internet):
    def refuses(seconds):
        raise ConnectionRefusedError

    host.acts["/a"] = says(200, PNG)
    internet.names["img.example.com"] = [["2606:4700::1", PUBLIC]]
    internet.leads = {"2606:4700::1": refuses}
    assert fetch(fetcher) == [PNG]
    internet.leads = {"2606:4700::1": refuses, PUBLIC: refuses}
    assert reason(fetcher) is Reason.UNREACHABLE


def test_a_name_that_is_not_known(internet):
    def unknown(name, port):
        raise socket.gaierror(-2, "canary")

    assert reason(Fetcher(resolve=unknown, dial=internet.dial, tls=internet.tls)) is Reason.UNKNOWN_HOST


def test_a_bug_is_no_timeout(internet):
    fetcher = Fetcher(resolve=lambda name, port: [PUBLIC], dial=internet.dial, tls=object())
    with pytest.raises(AttributeError):
        fetch(fetcher)


def test_the_system_itself_resolves_and_dials(host):
    assert "127.0.0.1" in resolved("localhost", host.port)
    dialled("127.0.0.1", host.port, 5.0).close()
