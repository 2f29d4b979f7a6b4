"""Where a request really comes from, and which pages may send it."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Networks = Sequence[IPv4Network | IPv6Network]

_IPV6_SITE_BITS = 64  # what one subscriber is given: whoever has one address of it has all (RFC 6177)


def is_within(text: str, networks: Networks) -> bool:
    """Whether an address, given as text, lies in one of the networks; False for what is no address."""
    address = _parsed(text)
    if address is None:
        return False
    # A socket that listens on both families shows IPv4 peers as ::ffff:10.0.0.1.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any((mapped or address) in network for network in networks)


def client_address(remote: str | None, forwarded_for: str, trusted: Networks) -> str:
    """The address a request really came from.

    X-Forwarded-For is read from its right end, and only through proxies that are trusted: whatever a client wrote into
    it stands further left and is never reached.
    """
    address = remote or ""
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    while hops and is_within(address, trusted):
        hop = hops.pop()
        if _parsed(hop) is None:
            break
        address = hop
    return address


def limited_as(address: str) -> str:
    """The part of a client's address that limits count by: the whole of IPv4, the /64 of IPv6."""
    if ":" not in address:
        return address
    parsed = _parsed(address)
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, _IPV6_SITE_BITS), strict=False))


def origin_is_allowed(origin: str, host: str, allowed: Sequence[str]) -> bool:
    """Whether a page of `origin` may act on the server it reached as `host`.

    Its own pages may, by whatever name they reached it: the Origin's host and port must be the Host header's. The
    scheme is not compared, since TLS usually ends at a proxy. Any other origin must be named exactly.
    """
    if origin in allowed:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:  # such as an unclosed bracket
        return False
    return parts.scheme in {"http", "https"} and bool(host) and parts.netloc.lower() == host.lower()


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
