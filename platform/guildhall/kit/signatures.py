"""Signatures that anybody can check without asking us: Ed25519 keys derived from the house's secret, and compact JWTs.

Unlike `tokens`, whose secret both signs and verifies, only the public half leaves; it is kept by its key id, so that
what was signed stays good after the secret is rotated.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALGORITHM: Final = "EdDSA"
KEY_BYTES: Final = 32


class SignatureRefused(ValueError):
    """What was shown was not signed by a known key, or was changed; the sentence says which."""


class Signer:
    """Signs for one purpose. The same secret and purpose always make the same key; another purpose, another key."""

    def __init__(self, secret: str, purpose: str) -> None:
        # RFC 5869, with the purpose as its info: keys of one secret say nothing about one another.
        derived = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"guildhall {purpose} ed25519 v1".encode())
        self._key = Ed25519PrivateKey.from_private_bytes(derived.derive(secret.encode()))
        self.public_key: Final = _base64url(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        self.key_id: Final = key_id_of(self.public_key)

    def sign(self, claims: Mapping[str, Any], token_type: str) -> str:
        """A compact JWT (RFC 7519, EdDSA of RFC 8037). Deterministic: the same claims give the same token."""
        headers = {"kid": self.key_id, "typ": token_type}
        return jwt.encode(dict(claims), self._key, algorithm=ALGORITHM, headers=headers)


def verify_signature(token: str, public_keys: Mapping[str, str], token_type: str) -> dict[str, Any]:
    """The claims of `token`, if one of `public_keys` (by key id) signed it. Times are for the caller to judge.

    Raises SignatureRefused.
    """
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError) as error:
        raise SignatureRefused("This is no signed document.") from error
    if header.get("typ") != token_type:
        raise SignatureRefused(f"This is signed as something else, not as {token_type}.")
    key_id = header.get("kid")
    public_key = public_keys.get(key_id) if isinstance(key_id, str) else None
    if public_key is None:
        raise SignatureRefused("It was signed with a key that is not among those given.")
    options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
    try:
        key = Ed25519PublicKey.from_public_bytes(_bytes_of(public_key))
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[ALGORITHM], options=options)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, UnsupportedAlgorithm) as error:
        raise SignatureRefused("It was changed after it was signed, or the signature is another's.") from error
    return claims


def key_id_of(public_key: str) -> str:
    """The thumbprint of RFC 7638: SHA-256 of the key's required members, so the name proves the key."""
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": public_key}, separators=(",", ":"), sort_keys=True)
    return _base64url(hashlib.sha256(members.encode()).digest())


def as_jwk(key_id: str, public_key: str) -> dict[str, str]:
    """One key of a JWK set (RFC 7517, RFC 8037)."""
    return {"kty": "OKP", "crv": "Ed25519", "x": public_key, "kid": key_id, "use": "sig", "alg": ALGORITHM}


def keys_of_set(document: Any) -> dict[str, str]:
    """The Ed25519 keys of a JWK set by their ids; keys of other kinds are passed over. Raises SignatureRefused."""
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise SignatureRefused('This is no set of keys: a JSON object with a list "keys" is.')
    found = {}
    for key in document["keys"]:
        is_ours = isinstance(key, dict) and key.get("kty") == "OKP" and key.get("crv") == "Ed25519"
        if is_ours and isinstance(key.get("x"), str):
            found[key_id_of(key["x"])] = key["x"]
    return found


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
