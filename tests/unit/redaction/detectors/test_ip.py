"""Internet addresses, and versions, times and names with colons."""

import pytest


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("from 203.0.113.7", "203.0.113.7"),
        ("ping 8.8.8.8.", "8.8.8.8"),
        ("10.0.0.0/8", "10.0.0.0"),
        ("http://192.168.1.20:8080/x", "192.168.1.20"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:0db8:85a3:0000:0000:8a2e:0370:7334", "2001:0db8:85a3:0000:0000:8a2e:0370:7334"),
        ("fe80::1ff:fe23:4567:890a%eth0", "fe80::1ff:fe23:4567:890a"),
        ("::ffff:192.0.2.128", "::ffff:192.0.2.128"),
        ("2606:4700::", "2606:4700::"),
        ("client=198.51.100.23,", "198.51.100.23"),
    ],
)
def test_finds(text, address, found):
    assert found(text, "IP_ADDRESS") == [address]


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3.4.5",
        "version 1.2.3.4",
        "v1.2.3.4",
        "256.1.1.1",
        "1.2.3",
        "127.0.0.1 and 0.0.0.0 and 255.255.255.0",
        "at 12:30:45",
        "2024-01-15T10:30:00Z",
        "std::vector and a::b and dead::beef",
        "xs[1::2]",
        "::1",
        "00:1a:2b:3c:4d:5e",
        "1::2::3abc",
        "2001:db8:85a3:0:0:8a2e:370:7334:1",
        "::ffff:192.0.2.999",
        "::abc.1.2.3",
        "1::abc:.1.2.3",
    ],
)
def test_leaves(text, found):
    assert found(text, "IP_ADDRESS") == []
