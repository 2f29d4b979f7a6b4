"""Sealing at rest: what must be read back one day, and never lies open in the database.

A ring has a key of its own for each use (derived, RFC 5869's reason), out of the house's secrets, the newest first: the
newest seals, all of them open. What is sealed names its key, so that a key that is missing is told apart from words
that were changed.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

from guildhall.kit.errors import Unavailable

_KEY_ID_LETTERS: Final = 8


class KeyMissing(Unavailable):
    """What is stored was sealed by a secret that the server was not given."""

    title = "The key that opens this is missing"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} was sealed with a secret that this server does not have. Whoever runs it puts that secret back: "
            "as TOKEN_SECRET (or the file var/token-secret), or in security.sealing_secrets. Nothing is lost meanwhile."
        )


class SealBroken(Unavailable):
    """Its key is there, and does not open it: whoever can write to the database has changed it."""

    title = "What is stored was changed"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} was changed since it was sealed. Take it from a backup, or have it entered again.")


class KeyRing:
    """The keys of one use. `secrets`: the house's, the newest first."""

    def __init__(self, secrets: Sequence[str], use: str) -> None:
        """`use` is `domain/what is sealed`; the same for ever, since another one opens nothing."""
        keys = [_derive(secret, use) for secret in secrets]
        self._what = use.partition("/")[2].capitalize()
        self._ciphers = {_key_id(key): Fernet(base64.urlsafe_b64encode(key)) for key in keys}
        self._print_keys = [hmac.digest(key, b"fingerprint", "sha256") for key in keys]
        self.newest: Final = _key_id(keys[0])
        """The id of the key that seals now."""

    def seal(self, words: str) -> str:
        """Other text each time, also of the same words."""
        return f"{self.newest}.{self._ciphers[self.newest].encrypt(words.encode()).decode()}"

    def unseal(self, sealed: str) -> str:
        """Raises KeyMissing, or SealBroken where the key is there."""
        key_id, _, token = sealed.rpartition(".")
        if key_id and key_id not in self._ciphers:
            raise KeyMissing(self._what)
        # Before there was a ring no key was named: then each is tried.
        for cipher in [self._ciphers[key_id]] if key_id else self._ciphers.values():
            try:
                return cipher.decrypt(token.encode()).decode()
            except InvalidToken:
                continue
        raise SealBroken(self._what) if key_id else KeyMissing(self._what)

    def is_newest(self, sealed: str) -> bool:
        """Whether it need not be sealed again."""
        return sealed.startswith(f"{self.newest}.")

    def fingerprint(self, words: str) -> str:
        """By which equal words are found equal without being opened; worth nothing to whoever has no key."""
        return _fingerprint(self._print_keys[0], words)

    def is_of(self, fingerprint: str, words: str) -> bool:
        """Whether these words made it, with any key of the ring."""
        return any(hmac.compare_digest(fingerprint, _fingerprint(key, words)) for key in self._print_keys)


def _derive(secret: str, use: str) -> bytes:
    return hmac.digest(secret.encode(), f"guildhall/{use}".encode(), "sha256")


def _key_id(key: bytes) -> str:
    return hmac.digest(key, b"key id", "sha256").hex()[:_KEY_ID_LETTERS]


def _fingerprint(key: bytes, words: str) -> str:
    return hmac.new(key, words.encode(), hashlib.sha256).hexdigest()
