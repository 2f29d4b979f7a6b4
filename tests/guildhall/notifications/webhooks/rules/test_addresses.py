"""No address leads into the network of whoever runs this house."""

import contextlib
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kit.errors import Invalid
from guildhall.notifications.webhooks.rules.addresses import check_url, is_public, may_connect

INSIDE = (
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # where clouds keep their machines' credentials
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "2001:0:c000:22d::80ff:fffe",  # Teredo of a client at 127.0.0.1
)


@pytest.mark.parametrize("text", INSIDE)
def test_an_address_inside_is_connected_to_by_no_name_and_registered_by_none(text: str) -> None:
    assert not may_connect(text, allow_loopback=False)
    with pytest.raises(Invalid):
        check_url(f"https://{f'[{text}]' if ':' in text else text}/hook", allow_loopback=False)


@pytest.mark.parametrize("text", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_a_public_address_is(text: str) -> None:
    assert may_connect(text, allow_loopback=False)


def test_loopback_is_for_trying_out_alone_and_then_without_tls_too() -> None:
    for url in ("http://localhost:8080/hook", "http://127.0.0.1:9/", "https://[::1]/"):
        assert check_url(url, allow_loopback=True) == url
        with pytest.raises(Invalid):
            check_url(url, allow_loopback=False)
    assert may_connect("127.0.0.1", allow_loopback=True)
    assert not may_connect("10.0.0.1", allow_loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/",
        "//example.org",
        "https://",
        "https:///hook",
        "https://user:secret@example.org/",
        "https://example.org/#part",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://[::1/",
        "https://exa mple.org/",
        "https://example.org/\nHost: other",
        "https://localhost./",
        f"https://example.org/{'a' * 2_000}",
    ],
)
def test_what_is_no_address_for_this_is_refused_with_the_reason(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_url(url, allow_loopback=False)
    assert list(refused.value.fields or ()) == ["url"]


@given(st.text(max_size=60))
def test_whatever_is_typed_is_answered_with_a_yes_or_a_reason(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert check_url(text, allow_loopback=False) == text


@given(st.ip_addresses(v=4))
def test_wrapped_in_ipv6_an_address_is_no_more_public_than_by_itself(address: object) -> None:
    inner = ip_address(str(address))
    is_outside = is_public(inner)
    for wrapped in (f"::ffff:{inner}", f"64:ff9b::{inner}"):
        assert may_connect(wrapped, allow_loopback=False) is is_outside
