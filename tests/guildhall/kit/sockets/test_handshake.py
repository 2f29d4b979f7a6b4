import pytest

from guildhall.kit.sockets.handshake import read_token


@pytest.mark.parametrize("auth", [None, "token", 5, [], {}, {"token": None}, {"token": 5}, {"token": b"x"}])
def test_whatever_is_no_token_is_no_token(auth: object) -> None:
    assert read_token(auth) == ""


def test_the_token_is_in_the_auth_of_the_client() -> None:
    assert read_token({"token": "abc", "other": 1}) == "abc"
