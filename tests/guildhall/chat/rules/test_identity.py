from typing import Any

import jwt
import pytest

from guildhall.chat.rules.identity import IdentityRefused, identified_visitor, read_identity
from tests.guildhall.chat.house import SITE_SECRET

NOW_MS = 1_800_000_000_000
NOW = NOW_MS // 1000


def signed(secret: str = SITE_SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    body = {"sub": "u-17", "aud": "shop", "iat": NOW, "exp": NOW + 600, "name": "Vera", **claims}
    return jwt.encode({name: value for name, value in body.items() if value is not None}, secret, algorithm=algorithm)


def read(token: str, secret: str | None = SITE_SECRET) -> Any:
    return read_identity(token, "shop", secret, NOW_MS, 3_600)


def test_what_the_site_signed_says_who_it_is_and_until_when() -> None:
    identity = read(signed())
    assert (identity.subject, identity.name, identity.expires_at_ms) == ("u-17", "Vera", NOW_MS + 600_000)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aud": "other"}, "another site"),
        ({"exp": NOW}, "expired"),
        ({"exp": NOW + 3_601}, "more than 3600 s"),
        ({"iat": NOW + 61, "exp": NOW + 100}, "the future"),
        ({"exp": None}, "no `exp`"),
        ({"iat": None}, "no `iat`"),
        ({"sub": None}, "no `sub`"),
        ({"sub": ""}, "1 to 200"),
        ({"sub": "x" * 201}, "1 to 200"),
        ({"exp": NOW + 0.5}, "whole seconds|damaged"),
    ],
)
def test_what_is_not_right_about_an_identity_is_said(claims: dict[str, Any], reason: str) -> None:
    with pytest.raises(IdentityRefused, match=reason):
        read(signed(**claims))


@pytest.mark.parametrize(
    "token",
    [
        signed(secret="another secret that is quite long enough"),
        signed(secret="", algorithm="none"),
        "no.jwt.atall",
        "",
        signed()[:-2],
    ],
)
def test_what_somebody_else_signed_is_nobody(token: str) -> None:
    with pytest.raises(IdentityRefused, match="damaged"):
        read(token)


def test_a_site_without_a_secret_identifies_nobody() -> None:
    with pytest.raises(IdentityRefused, match="no identity secret"):
        read(signed(), secret=None)


def test_the_same_person_is_the_same_visitor_on_one_site_and_another_elsewhere() -> None:
    assert identified_visitor("shop", "u-17") == identified_visitor("shop", "u-17")
    assert len({identified_visitor(*who) for who in (("shop", "u-17"), ("shop", "u-18"), ("other", "u-17"))}) == 3
