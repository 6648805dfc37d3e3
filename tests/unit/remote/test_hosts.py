"""sallyport.remote.hosts: names as DNS has them, and what a list of them allows at every level."""

import pytest
from pydantic import TypeAdapter, ValidationError

from sallyport.remote.hosts import AllowedHosts, MediaHost, host_name, port_number

ENTRY = TypeAdapter(MediaHost)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("img.example.com", "img.example.com"),
        ("IMG.Example.COM", "img.example.com"),
        ("a_b.example.com", "a_b.example.com"),
        ("1.example.com", "1.example.com"),
        ("0x7f.example", "0x7f.example"),
        ("127.0.0.1.nip.io", "127.0.0.1.nip.io"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("bücher。example", "xn--bcher-kva.example"),
        (f"{'a' * 63}.example", f"{'a' * 63}.example"),
        (f"{'a' * 64}.example", None),
        (f"{'ü' * 64}.example", None),
        (".".join(["a" * 49] * 5) + ".com", ".".join(["a" * 49] * 5) + ".com"),
        (".".join(["a" * 49] * 5) + ".info", None),
        ("localhost", None),
        ("metadata", None),
        ("", None),
        (".", None),
        ("img.example.com.", None),
        (".example.com", None),
        ("img..example.com", None),
        ("-img.example.com", None),
        ("img-.example.com", None),
        ("img%2eexample.com", None),
        ("img example.com", None),
        ("a℀b.example.com", None),
        ("127.0.0.1", None),
        ("127.1", None),
        ("2130706433", None),
        ("a.2130706433", None),
        ("0x7f000001", None),
        ("0X7F.0.0.0X1", None),
        ("0177.0.0.01", None),
        ("1.2.3.0x", None),
        ("\uff11\uff12\uff17.\uff10.\uff10.\uff11", None),
        ("①②⑦.⓪.⓪.①", None),
        ("[::1]", None),
        ("::1", None),
        ("1.2.3.4\n", None),
        ("img.example.com\n", None),
    ],
)
def test_a_name_is_a_name_and_no_address(written, name):
    assert host_name(written) == name


@pytest.mark.parametrize(
    ("written", "number"),
    [("443", 443), ("1", 1), ("65535", 65535), ("65536", None), ("0", None), ("0443", None), ("", None), ("+80", None),
     ("\uff18\uff10", None), ("80 ", None), ("4_3", None)],
)  # fmt: skip
def test_a_port_has_one_notation(written, number):
    assert port_number(written) == number


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("img.example.com", "img.example.com"),
        ("IMG.example.com:443", "img.example.com"),
        ("img.example.com:8443", "img.example.com:8443"),
        ("*.example.com", "*.example.com"),
        ("*.Bücher.example:8443", "*.xn--bcher-kva.example:8443"),
    ],
)
def test_an_entry_is_kept_as_it_is_compared(written, kept):
    assert ENTRY.validate_python(written) == kept
    assert ENTRY.validate_python(kept) == kept


@pytest.mark.parametrize(
    "written",
    ["*", "*.com", "a.*.com", "*img.example.com", "*.*.example.com", "https://img.example.com", "img.example.com/",
     "img.example.com:", "img.example.com:0", "a@img.example.com", "10.0.0.1", "[::1]", "localhost", "com.", ""],
)  # fmt: skip
def test_what_is_no_entry_is_refused(written):
    with pytest.raises(ValidationError, match="a host is written like"):
        ENTRY.validate_python(written)


@pytest.mark.parametrize(
    ("entry", "host", "port", "allowed"),
    [
        ("img.example.com", "img.example.com", 443, True),
        ("img.example.com", "img.example.com", 8443, False),
        ("img.example.com", "a.img.example.com", 443, False),
        ("img.example.com", "xmg.example.com", 443, False),
        ("img.example.com", "img.example.com.evil.test", 443, False),
        ("img.example.com:8443", "img.example.com", 8443, True),
        ("img.example.com:8443", "img.example.com", 443, False),
        ("*.example.com", "a.example.com", 443, True),
        ("*.example.com", "a.b.example.com", 443, True),
        ("*.example.com", "example.com", 443, False),
        ("*.example.com", "evilexample.com", 443, False),
        ("*.example.com", "a.example.com", 8443, False),
        ("*.example.com:8443", "a.example.com", 8443, True),
    ],
)
def test_an_entry_allows_what_it_names(entry, host, port, allowed):
    assert AllowedHosts.of([(entry,)]).entry_for(host, port) == (entry if allowed else None)


@pytest.mark.parametrize(
    ("levels", "anything", "entry"),
    [
        ([None], False, None),
        ([()], False, None),
        ([None, ("a.example.com",)], False, None),
        ([("*.example.com",), None, None], True, "*.example.com"),
        ([("*.example.com",), ("a.example.com",), None], True, "*.example.com"),
        ([("*.example.com",), ("b.example.com",)], True, None),
        ([("b.example.com",), ("*.example.com",)], True, None),
        ([("*.example.com",), ()], False, None),
    ],
)
def test_every_level_narrows_and_the_first_must_speak(levels, anything, entry):
    allowed = AllowedHosts.of(levels)
    assert (bool(allowed), allowed.entry_for("a.example.com", 443)) == (anything, entry)
