"""Which addresses this house posts to: none that only a machine inside its own network could reach. Pure."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from guildhall.kit.errors import Invalid
from guildhall.notifications.webhooks.model import URL_CHARACTERS

_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
_LOCALHOST: Final = "localhost"


def check_url(url: str, *, allow_loopback: bool) -> str:
    """The URL as given, or Invalid with what is wrong with it. A name's addresses are looked at when it is sent to."""
    parts = _split(url)
    host = (parts.hostname or "").rstrip(".")
    address = _address(host)
    is_loopback = host == _LOCALHOST or (address is not None and address.is_loopback)
    if is_loopback and allow_loopback:
        if parts.scheme not in {"http", "https"}:
            raise _wrong("begins with https:// or http://")
        return url
    if parts.scheme != "https":
        raise _wrong("begins with https://")
    if not host or is_loopback or (address is not None and not is_public(address)):
        raise _wrong("names a host that can be reached from the internet")
    return url


def may_connect(text: str, *, allow_loopback: bool) -> bool:
    """Whether an address that a name was resolved to, just before a connection to it is made, may be connected to."""
    address = _address(text)
    return address is not None and (is_public(address) or (allow_loopback and address.is_loopback))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """False too for IPv6 that only wraps an address of IPv4 which is not."""
    if isinstance(address, IPv6Address):
        in_nat64 = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        teredo = address.teredo[1] if address.teredo else None
        inner = address.ipv4_mapped or address.sixtofour or teredo or in_nat64
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _split(url: str) -> SplitResult:
    if len(url) > URL_CHARACTERS or any(one.isspace() or not one.isprintable() for one in url):
        raise _wrong(f"is one line without blanks, of at most {URL_CHARACTERS} characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _wrong("is no address such as https://example.org/hooks") from None
    if parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        raise _wrong("has no name, password or fragment in it: what is sent is signed instead")
    return parts


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _wrong(what: str) -> Invalid:
    return Invalid(f"The address of an endpoint {what}.", fields={"url": what})
