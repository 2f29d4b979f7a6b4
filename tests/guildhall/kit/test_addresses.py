from ipaddress import ip_network

import pytest

from guildhall.kit.addresses import client_address, is_within, limited_as, origin_is_allowed

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("remote", "forwarded_for", "address"),
    [
        ("203.0.113.1", "", "203.0.113.1"),
        ("203.0.113.1", "198.51.100.1", "203.0.113.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "1.1.1.1, unknown", "10.0.0.1"),
        ("10.0.0.1", " , ,198.51.100.1,", "198.51.100.1"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (None, "198.51.100.1", ""),
        ("not an address", "198.51.100.1", "not an address"),
    ],
)
def test_the_address_is_the_last_one_that_no_trusted_proxy_has(
    remote: str | None, forwarded_for: str, address: str
) -> None:
    assert client_address(remote, forwarded_for, PROXIES) == address


@pytest.mark.parametrize(
    ("origin", "host", "is_allowed"),
    [
        ("http://localhost:8080", "localhost:8080", True),
        ("https://exams.example", "exams.example", True),
        ("http://Exams.Example", "exams.example", True),
        ("http://localhost:8081", "localhost:8080", False),
        ("http://localhost", "localhost:8080", False),
        ("null", "null", False),
        ("file://", "", False),
        ("http://", "", False),
        ("", "", False),
        ("http://exams.example@evil.example", "exams.example", False),
        ("https://named.example", "exams.example", True),
        ("https://named.example:444", "exams.example", False),
        ("https://named.example.evil", "exams.example", False),
    ],
)
def test_an_origin_is_our_own_by_its_host_or_named_exactly(origin: str, host: str, is_allowed: bool) -> None:
    assert origin_is_allowed(origin, host, ["https://named.example"]) is is_allowed


def test_a_damaged_origin_is_refused() -> None:
    assert not origin_is_allowed("http://[::1", "localhost", [])


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("not:an:address", "not:an:address"),
        ("", ""),
    ],
)
def test_limits_count_an_ipv6_site_as_one(address: str, counted_as: str) -> None:
    assert limited_as(address) == counted_as


def test_what_is_no_address_is_within_no_network() -> None:
    assert not is_within("10.0.0", PROXIES)
    assert is_within("::ffff:10.0.0.1", PROXIES)
