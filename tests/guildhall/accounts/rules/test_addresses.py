import pytest

from guildhall.accounts.rules.addresses import address_prefix, masked_email, read_email
from guildhall.kit.errors import Invalid


def test_an_address_is_kept_as_written_and_compared_without_case() -> None:
    assert read_email(" Ada.Lovelace@Example.ORG ") == ("Ada.Lovelace@example.org", "ada.lovelace@example.org")


@pytest.mark.parametrize("text", ["bob@straße.example.org", "jo\u017fe@example.org"])
def test_letters_that_only_look_alike_are_not_folded_into_one_another(text: str) -> None:
    assert read_email(text) == (text, text)


@pytest.mark.parametrize("text", ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@localhost", "a@[1.2.3.4]"])
def test_what_is_no_address_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_email(text)
    assert list(refused.value.fields or {}) == ["email"]


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2ff:3::4", "2001:db8:1:200::/56"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("nonsense", "unknown"),
    ],
)
def test_addresses_of_one_network_are_one(address: str, prefix: str) -> None:
    assert address_prefix(address) == prefix


def test_an_address_can_be_recognised_without_being_told() -> None:
    assert masked_email("ada@example.org") == "a•••@example.org"
