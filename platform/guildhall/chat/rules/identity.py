"""Who a visitor is: what a site's own server has signed about them. Pure.

A short-lived JWT (HS256 with the site's secret): `sub` is the person, `aud` the site's key, `exp` and `iat` its time;
`name` may be shown. Nothing is ever merged by an e-mail address: elsewhere that let strangers in.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import jwt

from guildhall.kit.errors import Unauthenticated

ALGORITHM: Final = "HS256"
LEEWAY_MS: Final = 60_000
"""How far the site's clock may be ahead of ours."""
_SUBJECT_MAX: Final = 200


class IdentityRefused(Unauthenticated):
    type = "identity-refused"
    title = "The signed identity is not good"


@dataclass(frozen=True, slots=True)
class Identity:
    subject: str
    name: str
    expires_at_ms: int


def read_identity(token: str, site: str, secret: str | None, now_ms: int, max_seconds: int) -> Identity:
    """Raises IdentityRefused, with the reason in words that help whoever writes the site's server."""
    if secret is None:
        raise IdentityRefused("This site has no identity secret, so it cannot sign who its visitors are.")
    body = _decode(token, site, secret)
    subject, issued, expires = body["sub"], body["iat"], body["exp"]
    if not subject or len(subject) > _SUBJECT_MAX:
        raise IdentityRefused("`sub` must be a text of 1 to 200 characters that names the person.")
    if type(issued) is not int or type(expires) is not int:
        raise IdentityRefused("`iat` and `exp` must be whole seconds.")
    if expires * 1000 <= now_ms:
        raise IdentityRefused("The signed identity has expired; the site must sign a new one.")
    if issued * 1000 > now_ms + LEEWAY_MS:
        raise IdentityRefused("The signed identity comes from the future: the site's clock is wrong.")
    if expires - issued > max_seconds:
        raise IdentityRefused(f"The signed identity is good for more than {max_seconds} s; sign a shorter one.")
    name = body.get("name", "")
    return Identity(subject, name[:80] if isinstance(name, str) else "", expires * 1000)


def identified_visitor(site: str, subject: str) -> str:
    """The visitor id of a person who is known to the site: the same on every device, and nobody else's."""
    digest = hashlib.sha256(f"{site}\n{subject}".encode()).hexdigest()
    return f"vis_{digest[:32]}"


def _decode(token: str, site: str, secret: str) -> dict[str, Any]:
    try:
        body: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=site,
            # The time comes from our clock, above.
            options={"require": ["exp", "aud", "iat", "sub"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidAudienceError as error:
        raise IdentityRefused("The signed identity is for another site: `aud` must be the site's key.") from error
    except jwt.MissingRequiredClaimError as error:
        raise IdentityRefused(f"The signed identity has no `{error.claim}`.") from error
    except (jwt.PyJWTError, ValueError) as error:
        raise IdentityRefused("The signed identity is damaged, or was signed with another secret.") from error
    return body
