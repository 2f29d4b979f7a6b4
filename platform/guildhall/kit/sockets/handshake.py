"""Who is calling: what is known of a connection before a namespace admits it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a namespace decides on. `token` is empty when none was sent; `headers` are those of the HTTP request."""

    token: str
    address: str
    headers: Mapping[str, str]


def read_token(auth: object) -> str:
    """The token in a client's `auth: {token}`; empty when there is none or it is no text."""
    token = auth.get("token") if isinstance(auth, dict) else None
    return token if isinstance(token, str) else ""
