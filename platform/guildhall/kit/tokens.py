"""Signed tokens: what a page shows to prove who opened it and until when.

A token names the key that signed it (`kid`, RFC 7515 section 4.1.4), so that a key can be replaced while people sit
exams: the new one signs, the former ones still verify until whoever runs the server takes them away.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, TypeVar

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guildhall.kit.clock import Clock
from guildhall.kit.errors import Unauthenticated

ALGORITHM = "HS256"
SECRET_BYTES_MIN = 32  # RFC 7518 section 3.2: a key at least as long as the hash
_REGISTERED = frozenset({"aud", "exp", "iat"})
M = TypeVar("M", bound=BaseModel)


class TokenExpired(Unauthenticated):
    """It was good once; whoever holds a refresh token asks for another."""

    type = "token-expired"
    title = "The access token has expired"

    def __init__(self) -> None:
        super().__init__("This token has expired; ask for a new one.")


class Claims(BaseModel):
    """Base of what a token says; `expires_at_ms` is read from the token's `exp` and never written as a claim."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    expires_at_ms: int = Field(default=0, exclude=True)


class TokenSigner:
    """Signs with one secret and verifies with it and its predecessors; services sign, socket and HTTP gates verify."""

    def __init__(self, secret: str, clock: Clock, former: Sequence[str] = ()) -> None:
        """`former` signed until lately, newest first. Raises ValueError for a secret that is too short."""
        for each in (secret, *former):
            if (length := len(each.encode())) < SECRET_BYTES_MIN:
                raise ValueError(f"A token secret needs at least {SECRET_BYTES_MIN} bytes; this one has {length}.")
        self._secret = secret
        self._key_id = key_id_of(secret)
        self._secrets = {key_id_of(each): each for each in (secret, *former)}
        self._oldest = key_id_of(former[-1]) if former else self._key_id
        self._clock = clock

    def sign(self, claims: BaseModel, audience: str, lifetime_seconds: int) -> str:
        """A token carrying `claims`, good at `audience` alone, for at least `lifetime_seconds` (rounded up)."""
        body = claims.model_dump(mode="json")
        if reserved := _REGISTERED & body.keys():
            raise ValueError(f"A claim may not be called {', '.join(sorted(reserved))}: the token itself uses it.")
        now_ms = self._clock.now_ms()
        expires = -(-(now_ms + lifetime_seconds * 1000) // 1000)
        registered = {"aud": audience, "iat": now_ms // 1000, "exp": expires}
        return jwt.encode({**body, **registered}, self._secret, algorithm=ALGORITHM, headers={"kid": self._key_id})

    def verify(self, token: str, audience: str, model: type[M]) -> M:
        """The claims of a token that was signed here for `audience` and has not expired (no leeway).

        A model with a field `expires_at_ms` (see `Claims`) is given the token's end. Raises Unauthenticated,
        and TokenExpired among it.
        """
        if not token:
            raise Unauthenticated("No token was sent, so it is not known who is asking.")
        body = self._decode(token, audience)
        expires_at_ms = int(body.pop("exp")) * 1000
        if expires_at_ms <= self._clock.now_ms():
            raise TokenExpired
        claims = {name: value for name, value in body.items() if name not in _REGISTERED}
        if "expires_at_ms" in model.model_fields:
            claims["expires_at_ms"] = expires_at_ms
        try:
            return model.model_validate(claims)
        except ValidationError as error:
            raise Unauthenticated("This token is for something else: its claims are not the ones expected.") from error

    def _decode(self, token: str, audience: str) -> dict[str, Any]:
        # pyjwt would compare with the system's time; ours comes from the clock, so `exp` is checked by verify().
        try:
            body: dict[str, Any] = jwt.decode(
                token,
                self._named_by(token),
                algorithms=[ALGORITHM],
                audience=audience,
                options={"require": ["exp", "aud", "iat"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidAudienceError as error:
            raise Unauthenticated(f"This token is for something else, not for {audience}.") from error
        except (jwt.PyJWTError, ValueError) as error:
            raise Unauthenticated("This token is damaged, or was not issued here.") from error
        if type(body["exp"]) is not int:
            raise Unauthenticated("This token is damaged: its end is not a time.")
        return body

    def _named_by(self, token: str) -> str:
        """The secret of the key that the token names. Before keys had names there was one, now the oldest."""
        key_id = jwt.get_unverified_header(token).get("kid", self._oldest)
        if key_id not in self._secrets:
            raise jwt.InvalidKeyError
        return self._secrets[key_id]


def key_id_of(secret: str) -> str:
    """A secret's public name: says nothing of it, and is the same on every machine that shares it."""
    return hmac.new(secret.encode(), b"guildhall token key", hashlib.sha256).hexdigest()[:16]
