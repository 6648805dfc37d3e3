"""Which IP addresses are on the public internet. Pure.

`ipaddress.is_global` asks IANA's registries of special addresses, and calls several of them global: multicast, former
site-local addresses, anycast services of the local network, and IPv6 addresses that carry a private IPv4 address.
"""

import ipaddress

# 6to4 relays (RFC 7526), IETF protocol assignments such as the nearest TURN server, and the address under which Azure's
# host answers its machines.
_NOT_PUBLIC_4 = tuple(map(ipaddress.IPv4Network, ("192.88.99.0/24", "192.0.0.0/24", "168.63.129.16/32")))
# All that IANA hands out for unicast (RFC 4291 §2.4); of it, protocol assignments such as Teredo and ORCHID, 6to4, and
# the second block for examples (RFC 9637).
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2002::/16", "3fff::/20")))
# Where a network has IPv6 alone, every IPv4 host is here (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether this is the address of one host on the public internet; False for what is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return _is_public_4(parsed)
    if parsed in _NAT64:
        return _is_public_4(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
    inside = parsed in _UNICAST_6 and not any(parsed in network for network in _NOT_PUBLIC_6)
    return inside and parsed.is_global and parsed.scope_id is None


def _is_public_4(address: ipaddress.IPv4Address) -> bool:
    special = address.is_multicast or address.is_reserved or any(address in network for network in _NOT_PUBLIC_4)
    return address.is_global and not special
