"""The knobs of the HTTP pipeline."""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from types import MappingProxyType
from typing import Annotated, Self

from limits import parse_many
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))


def _is_quota(text: str) -> str:
    parse_many(text)  # raises ValueError
    return text


Quota = Annotated[str, AfterValidator(_is_quota)]
"""Such as `120/minute`, or several that must all hold: `6/minute;12/hour`."""


class Rate(BaseModel):
    """How often a class of operations may be called: by one principal, or by one address.

    The address counts where nobody is signed in, and for whatever is open to everybody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    anonymous: Quota
    principal: Quota
    needs_limiter: bool = False
    """Refuse while the limiter's storage is away, rather than let guesses through."""


DEFAULT_RATES: Mapping[str, Rate] = MappingProxyType(
    {
        "read": Rate(anonymous="120/minute", principal="600/minute"),
        "write": Rate(anonymous="60/minute", principal="120/minute"),
        "auth": Rate(anonymous="6/minute;30/hour", principal="30/minute", needs_limiter=True),
        # Failures are counted by accounts itself (`accounts.throttle`), which spares known devices. Only a flood is
        # refused here: an exam hall signs in behind one address, and nobody in it may lock the others out.
        "sign_in": Rate(anonymous="240/minute", principal="240/minute", needs_limiter=True),
        # A page refreshes when it opens and every ten minutes; a school behind one address has hundreds of pages.
        "refresh": Rate(anonymous="240/minute", principal="240/minute", needs_limiter=True),
        "signup": Rate(anonymous="5/hour", principal="5/hour", needs_limiter=True),
        # What writes to an address that the caller names.
        "mail": Rate(anonymous="6/minute;30/hour", principal="30/hour;100/day", needs_limiter=True),
        "money": Rate(anonymous="5/minute", principal="20/minute;200/day", needs_limiter=True),
        "upload": Rate(anonymous="10/hour", principal="60/hour"),
        # A page that polls asks every few seconds, and an office behind one address has many visitors.
        "chat": Rate(anonymous="600/minute", principal="240/minute"),
        "llm": Rate(anonymous="5/minute", principal="20/minute;300/day"),
    }
)


class PipelineSettings(BaseModel):
    """Everything `mount_root` and `mount_v1` ask; the composition root reads it from `http` in config.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks of the proxies whose X-Forwarded-For and X-Request-Id are believed."""
    own_origins: tuple[str, ...] = ()
    """Origins of our own pages, beside the server's own: they may send cookies."""
    allowed_origins: tuple[str, ...] = ()
    """Origins of others' pages that may call the API with a token, never with a cookie."""
    max_body_bytes: int = Field(default=65_536, ge=1024)
    max_running: int = Field(default=256, ge=1)
    """Requests of one rate class being worked on at once; more are refused at once, never queued."""
    address_rate: Quota = "1200/minute"
    """The coarse limit on everything one address sends, whoever is behind it."""
    rates: dict[str, Rate] = Field(default_factory=dict)
    """Over the defaults, by class."""
    limiter_timeout_seconds: float = Field(default=0.25, gt=0)
    """How long Redis may take to count; after a failure it is left alone for a second."""
    idempotency_hours: int = Field(default=24, ge=1, le=24 * 30)
    hsts_seconds: int = Field(default=0, ge=0)
    """Strict-Transport-Security's max-age; 0 sends none, which is right where TLS is not certain."""
    metrics_networks: tuple[IPv4Network | IPv6Network, ...] = _LOOPBACK
    """Who may read /metrics; for others there is nothing there."""

    @model_validator(mode="after")
    def has_every_class(self) -> Self:
        object.__setattr__(self, "rates", {**DEFAULT_RATES, **self.rates})
        return self
