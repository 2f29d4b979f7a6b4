"""One key a session, for all that is kept of how somebody looks: destroying it destroys what it sealed.

A key is stored wrapped by one that is derived from the house's secret (RFC 5869), so that a copy of the database alone
opens nothing.
"""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guildhall.kit.errors import Conflict
from guildhall.proctoring.store.signals import SignalStore

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class EvidenceDestroyed(Conflict):
    type = "evidence-destroyed"
    title = "What was kept of this session was destroyed"

    def __init__(self, session_id: str) -> None:
        super().__init__(f"The key of session {session_id} was destroyed, and what it sealed with it.")


class SealBroken(ValueError):
    """It was sealed with another key, or changed since."""


class Seal:
    """AES-256-GCM with one session's key; `place` is authenticated, so nothing can be moved to another place."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, body: bytes, place: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, body, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Raises SealBroken."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"What is stored as {place} was sealed with another key, or changed.") from error


class SessionKeys:
    def __init__(self, store: SignalStore, secret: str) -> None:
        info = b"guildhall proctoring session keys v1"
        wrapping = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=info).derive(secret.encode())
        self._store = store
        self._wrapping = Seal(wrapping)

    async def seal_of(self, session_id: str) -> Seal:
        """The session's, made at the first call. Raises EvidenceDestroyed, or SealBroken after the secret changed."""
        made = self._wrapping.close(AESGCM.generate_key(KEY_BYTES * 8), session_id)
        wrapped = await self._store.key(session_id, made)
        if not wrapped:
            raise EvidenceDestroyed(session_id)
        return Seal(self._wrapping.open(wrapped, session_id))

    async def destroy(self, session_id: str, at_ms: int) -> None:
        """From here on nobody reads what it sealed; harmless to repeat. The chain of hashes can still be checked."""
        await self._store.destroy_key(session_id, at_ms)
