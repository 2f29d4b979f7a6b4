import pytest

from guildhall.accounts.service.keys import Keys, digest, join_token, split_token
from guildhall.kit.key_ring import KeyMissing

KEYS = Keys("a secret that is long enough for tests")


def test_everybody_who_holds_a_token_computes_the_same_successor_and_nobody_else_can() -> None:
    token = join_token("ses_1", KEYS.new_secret())
    assert KEYS.successor(token) == KEYS.successor(token)
    assert KEYS.successor(token).startswith("ses_1.")
    assert KEYS.successor(token) != Keys("another secret that is long enough").successor(token)
    assert KEYS.successor(KEYS.successor(token)) != KEYS.successor(token)


def test_one_seed_makes_one_link_and_keys_for_different_uses_differ() -> None:
    assert KEYS.one_time_secret("wsh_1") == KEYS.one_time_secret("wsh_1")
    assert KEYS.one_time_secret("wsh_1") != KEYS.one_time_secret("wsh_2")
    assert KEYS.successor("ses_1.x").partition(".")[2] != KEYS.one_time_secret("ses_1.x")


def test_what_is_sealed_is_read_back_and_unreadable_without_the_key() -> None:
    sealed = KEYS.seal("JBSWY3DPEHPK3PXP")
    assert "JBSW" not in sealed
    assert KEYS.unseal(sealed) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(KeyMissing, match="TOKEN_SECRET"):
        Keys("another secret that is long enough").unseal(sealed)


@pytest.mark.parametrize("token", ["", ".", "ses_1.", ".secret", "no dot", "x." + "y" * 300])
def test_what_is_no_token_has_no_owner(token: str) -> None:
    assert split_token(token) == ("", "")


def test_only_a_hash_of_a_token_is_kept() -> None:
    assert digest("secret") == "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
