"""The knobs of outgoing mail."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from guildhall.kit.mail.port import Address, Line

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SmtpSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1)
    port: int = Field(587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` is demanded, never only tried: a server that does not offer it gets no mail."""
    username: str | None = None
    password: str | None = Field(None, repr=False)
    sender_address: Address
    sender_name: Line = "Guildhall"
    timeout_seconds: float = Field(30.0, gt=0, le=300)
    """For one mail from connecting to the server's yes."""

    @model_validator(mode="after")
    def credentials_are_whole_and_never_in_the_clear(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together: give both or neither")
        if self.username is not None and self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError("a password would cross the network in the clear: set security to starttls or tls")
        return self


class OutboxSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    poll_seconds: float = Field(1.0, gt=0)
    """How often mails that another process put in, or whose retry is due, are looked for."""
    concurrency: int = Field(4, ge=1, le=64)
    max_attempts: int = Field(12, ge=1, le=100)
    """With the two below, about three and a half hours of trying."""
    first_retry_seconds: float = Field(10.0, gt=0)
    """Doubles with each attempt."""
    longest_retry_seconds: float = Field(3600.0, gt=0)
    lease_seconds: float = Field(120.0, gt=0)
    """After this long a mail that was being sent is taken to be abandoned; sending is given up at half of it."""
    keep_settled_days: float = Field(30.0, gt=0)
    """How long a sent or given-up mail (without its text) is kept, and its key remembered."""


class MailSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    smtp: SmtpSettings | None = None
    """None: mails stay in the development mailbox, where a page shows them."""
    mailbox_keep: int = Field(50, ge=1, le=1000)
    """How many of the newest mails the development mailbox keeps for each address."""
    outbox: OutboxSettings = OutboxSettings()
