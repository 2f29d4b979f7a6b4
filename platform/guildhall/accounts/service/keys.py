"""Every secret of accounts, derived from the one the server is given; and how opaque tokens are made and kept."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from guildhall.kit.key_ring import KeyRing

SECRET_BYTES = 32


def digest(token: str) -> str:
    """What is kept of a token with enough randomness of its own: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def join_token(owner_id: str, secret: str) -> str:
    """`usr_01J….secret`: the document that knows the token, and the token."""
    return f"{owner_id}.{secret}"


def split_token(token: str) -> tuple[str, str]:
    """The two parts; empty ones for what is no token, which no document knows."""
    owner_id, _, secret = token.partition(".")
    return (owner_id, secret) if owner_id and secret and len(token) < 300 else ("", "")  # noqa: PLR2004 - far longer than ours


class Keys:
    """One key for each use, so that what is made for one is worth nothing to another (RFC 5869's reason)."""

    def __init__(self, secret: str, sealing: Sequence[str] = ()) -> None:
        """`sealing` are the secrets that seal, the newest first, where they are not this one alone."""
        self._refresh = _derive(secret, "refresh successor")
        self._one_time = _derive(secret, "one-time token")
        self.recovery = _derive(secret, "recovery code")
        self._ring = KeyRing(sealing or (secret,), "accounts/second factor")

    def new_secret(self) -> str:
        return secrets.token_urlsafe(SECRET_BYTES)

    def successor(self, refresh_token: str) -> str:
        """The token that follows: the same for everybody who holds this one, so parallel refreshes agree on it."""
        session_id, _ = split_token(refresh_token)
        return join_token(session_id, _text(hmac.digest(self._refresh, refresh_token.encode(), "sha256")))

    def one_time_secret(self, seed: str) -> str:
        """The same for the same seed, so that a follower that is killed and starts again makes the same link."""
        return _text(hmac.digest(self._one_time, seed.encode(), "sha256"))

    def seal(self, totp_secret: str) -> str:
        """Encrypted: unlike a password, a TOTP secret must be read back."""
        return self._ring.seal(totp_secret)

    def unseal(self, sealed: str) -> str:
        """Raises KeyMissing or SealBroken."""
        return self._ring.unseal(sealed)


def _derive(secret: str, use: str) -> bytes:
    return hmac.digest(secret.encode(), f"guildhall/accounts/{use}".encode(), "sha256")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
