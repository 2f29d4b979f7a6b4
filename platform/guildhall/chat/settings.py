"""What an owner may set about conversations and the desk. config.yaml explains each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Origin = Annotated[str, StringConstraints(pattern=r"^https?://(\*\.)?[A-Za-z0-9.-]+(:(\d{1,5}|\*))?$")]
"""As a policy's source (CSP 3): `https://shop.example`, `https://*.shop.example`, `http://localhost:*`."""


class SiteSettings(BaseModel):
    """One place where visitors come from; its key stands in the embedding page and is no secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("Guildhall", min_length=1, max_length=80)
    welcome: str = Field("", max_length=1_000, description="The first message of a new conversation; empty: none.")
    queue: str = Field("support", pattern=r"^[a-z][a-z0-9-]{0,39}$")
    has_bot: bool = Field(False, description="Whether an automatic answer comes before people; else a person is asked.")
    embedders: tuple[Origin, ...] = Field((), max_length=50, description="Sites that may show it; none named: any.")
    identity_secret: str | None = Field(
        None,
        min_length=32,
        repr=False,
        description="Signs (HS256) who a visitor is; shared with the site's own server and with nobody else.",
    )


DEFAULT_SITES: Mapping[str, SiteSettings] = MappingProxyType(
    {"demo": SiteSettings(name="Guildhall", welcome="Hello! How can we help?", has_bot=True)}
)


class ChatSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sites: dict[str, SiteSettings] = Field(default_factory=lambda: dict(DEFAULT_SITES))
    visitor_days: int = Field(180, ge=1, le=730, description="How long an anonymous visitor is known by their token.")
    token_seconds: int = Field(3_600, ge=60, le=86_400, description="How long a chat token opens the socket.")
    identity_max_seconds: int = Field(
        3_600, ge=60, le=86_400, description="A signed identity that is good for longer is refused."
    )
    max_text_characters: int = Field(4_000, ge=100, le=20_000)
    head_seconds: float = Field(
        25.0, ge=0.1, le=300, description="How often each open conversation is told its newest number."
    )
    settle_after_seconds: float = Field(
        70.0,
        ge=40,
        le=3_600,
        description="After so long without a write, what a killed process left of a conversation is carried out.",
    )
    lease_seconds: float = Field(30.0, ge=1, le=600, description="An agent silent for so long is taken to be away.")
    return_after_seconds: float = Field(
        120.0, ge=1, le=86_400, description="... and after so long their conversations go back to the queue."
    )
    agent_limit: int = Field(4, ge=1, le=50, description="Conversations one agent holds at once, unless set for them.")
    auto_assign: bool = Field(True, description="Whether the oldest conversation goes to whoever is free.")
    answer_within_seconds: float = Field(
        300.0, ge=30, le=14_400, description="What a visitor is promised before a queue's own times say it better."
    )
    mail_after_seconds: float = Field(
        120.0, ge=1, le=86_400, description="An answer unread for so long goes to the address the visitor left."
    )
    max_file_bytes: int = Field(10_485_760, ge=1_024, le=52_428_800, description="Of one file in a message.")
    close_after_days: int = Field(30, ge=1, le=3_650, description="A resolved conversation is closed for good.")
    numbers_seconds: float = Field(20.0, ge=0.05, le=3_600, description="How often the numbers are brought up to date.")
    job_seconds: float = Field(1.0, ge=0.05, le=60)
