"""sallyport.remote.url: what was checked is what is asked for, and nothing is repaired."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.remote.hosts import AllowedHosts
from sallyport.remote.unfetchable import Reason, Unfetchable
from sallyport.remote.url import MOST_LETTERS, Place, place_of

ALLOWED = AllowedHosts.of([("img.example.com", "*.cdn.example.com:8443", "xn--bcher-kva.example")])


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("https://img.example.com/a.png", "img.example.com", "/a.png"),
        ("HTTPS://IMG.EXAMPLE.com:443/a.png", "img.example.com", "/a.png"),
        ("https://img.example.com", "img.example.com", "/"),
        ("https://img.example.com?a=1", "img.example.com", "/?a=1"),
        ("https://img.example.com/#top", "img.example.com", "/"),
        ("https://img.example.com#@evil.test/", "img.example.com", "/"),
        ("https://img.example.com/a/../b?x=https://y/%2e", "img.example.com", "/a/../b?x=https://y/%2e"),
        ("https://img.example.com/@evil.test:80/", "img.example.com", "/@evil.test:80/"),
        ("https://img.example.com/ü?ß", "img.example.com", "/%C3%BC?%C3%9F"),
        ("https://Bücher.example/a", "xn--bcher-kva.example", "/a"),
    ],
)
def test_where_to_connect_and_what_to_ask_for(url, host, target):
    assert place_of(url, ALLOWED) == Place(host, 443, target, host)


def test_a_port_is_told_to_the_host():
    place = place_of("https://a.cdn.example.com:8443/a", ALLOWED)
    assert (place.authority, place.entry) == ("a.cdn.example.com:8443", "*.cdn.example.com:8443")
    assert place_of("https://img.example.com:443/", ALLOWED).authority == "img.example.com"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://img.example.com/a", Reason.NOT_HTTPS),
        ("ftp://img.example.com/a", Reason.NOT_HTTPS),
        ("file:///etc/passwd", Reason.NOT_HTTPS),
        ("gopher://img.example.com/", Reason.NOT_HTTPS),
        ("http\u017f://img.example.com/", Reason.MALFORMED),
        ("//img.example.com/a", Reason.MALFORMED),
        ("/a", Reason.MALFORMED),
        ("", Reason.MALFORMED),
        ("https:/img.example.com/a", Reason.MALFORMED),
        ("https:img.example.com/a", Reason.MALFORMED),
        ("https:///img.example.com/a", Reason.MALFORMED),
        ("https://user@img.example.com/", Reason.MALFORMED),
        ("https://user:word@img.example.com/", Reason.MALFORMED),
        ("https://img.example.com@evil.test/", Reason.MALFORMED),
        ("https://evil.test\\@img.example.com/", Reason.MALFORMED),
        ("https://img.example.com\\.evil.test/", Reason.MALFORMED),
        ("https://img.example.com:443@evil.test/", Reason.MALFORMED),
        ("https://img.example.com:/a", Reason.MALFORMED),
        ("https://img.example.com:0443/a", Reason.MALFORMED),
        ("https://img.example.com:443:443/a", Reason.MALFORMED),
        ("https://img.example.com:65979/a", Reason.MALFORMED),
        ("https://img.example.com./a", Reason.MALFORMED),
        ("https://img%2eexample.com/a", Reason.MALFORMED),
        ("https://img.example.com%00.evil.test/", Reason.MALFORMED),
        ("https://img.example.com%23.evil.test/", Reason.MALFORMED),
        (" https://img.example.com/a", Reason.MALFORMED),
        ("https://img.example.com/a b", Reason.MALFORMED),
        ("https://img.example.com/a\r\nHost: evil.test", Reason.MALFORMED),
        ("https://img.example.com/\x00", Reason.MALFORMED),
        ("ht\ntps://img.example.com/", Reason.MALFORMED),
        ("https://[::1]/", Reason.MALFORMED),
        ("https://2130706433/", Reason.MALFORMED),
        ("https://img.example.com:8443/a", Reason.NOT_ALLOWED),
        ("https://a.cdn.example.com/a", Reason.NOT_ALLOWED),
        ("https://cdn.example.com:8443/a", Reason.NOT_ALLOWED),
        ("https://evil.test/img.example.com", Reason.NOT_ALLOWED),
        ("https://img.example.com.evil.test/", Reason.NOT_ALLOWED),
        ("https://xn--bcher-kvb.example/", Reason.NOT_ALLOWED),
        ("https://img.example.com/" + "a" * MOST_LETTERS, Reason.MALFORMED),
    ],
)
def test_whatever_might_be_read_twice_is_refused(url, reason):
    with pytest.raises(Unfetchable) as refused:
        place_of(url, ALLOWED)
    assert refused.value.reason is reason
    assert "example" not in str(refused.value)
    assert "evil" not in str(refused.value)


PIECES = st.sampled_from(
    ["https:", "HTTPS:", "http:", "//", "/", "\\", "@", ":", "443", "8443", "#", "?", "%2e", "%00", ".", "..", "\t",
     "\n", "img.example.com", "IMG.example.com", "a.cdn.example.com", "evil.test", "127.0.0.1", "[::1]", "\u3002",
     "\uff0e", "a"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=9).map("".join), st.sampled_from(["", "https://", "https://img.example.com"]))
def test_whatever_passes_is_read_alike_by_another_parser(tail, head):
    try:
        place = place_of(head + tail, ALLOWED)
    except Unfetchable:
        return
    other = urlsplit(head + tail)
    host = (other.hostname or "").encode("idna").decode()
    assert (other.scheme, host, other.port or 443) == ("https", place.host, place.port)
    path, _, query = place.target.partition("?")
    assert (unquote(path), unquote(query)) == (unquote(other.path or "/"), unquote(other.query))
    assert other.username is None
    assert ALLOWED.entry_for(place.host, place.port) == place.entry
