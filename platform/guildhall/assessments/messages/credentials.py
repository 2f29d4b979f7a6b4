"""Credentials on the wire."""

from guildhall.assessments.messages.shape import Shape


class CredentialShown(Shape):
    """What anybody who knows its id may see: no score, no media, no reason."""

    credential_id: str
    standing: str
    holder_name: str
    title: str
    level: str
    issued_at_ms: int
    expires_at_ms: int | None
    revoked_at_ms: int | None
    token: str


class OwnCredentialsListed(Shape):
    items: list[CredentialShown]


class Jwk(Shape):
    kty: str
    crv: str
    x: str
    kid: str
    use: str
    alg: str


class KeySet(Shape):
    """A JWK set (RFC 7517)."""

    keys: list[Jwk]
