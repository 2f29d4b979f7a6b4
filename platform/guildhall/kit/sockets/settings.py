"""The knobs of the socket server."""

from ipaddress import IPv4Network, IPv6Network
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Transport: TypeAlias = Literal["websocket", "polling"]


class SocketSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    transports: tuple[Transport, ...] = Field(default=("websocket", "polling"), min_length=1)
    """How clients may connect. Polling is for those behind a proxy that breaks websockets, and for clients that begin
    with it and upgrade; with several web processes it needs a proxy that is sticky (docs/operations.md)."""
    admission_seconds: float = Field(default=5.0, gt=0)
    """How long a connection may stay without a namespace that admitted it, and how long admitting may take."""
    max_message_bytes: int = Field(default=1_000_000, ge=1_000)
    """Whole size of one message, binary parts included; more closes that connection. Each event has its own limit."""
    max_waiting: int = Field(default=32, ge=1)
    """Events of one connection that may wait for their turn or their answer; the newest above it is refused."""
    slow_reader_bytes: int = Field(default=262_144, ge=0)
    """Unsent bytes of one connection above which messages that replace each other (see `Message.newest_of`) wait, and
    the newest of them wins."""
    max_unsent_bytes: int = Field(default=4_194_304, ge=65_536)
    """Unsent bytes of one connection above which it is cut off, because what has to arrive would not."""
    max_keyed_bytes: int = Field(default=33_554_432, ge=65_536)
    """Bytes of waiting messages that replace each other, above which that connection is cut off: a wall of 500
    candidates has one tile of each."""
    max_refusals: int = Field(default=300, ge=1)
    """Events of one connection that may be refused unheard (unknown, malformed, too many or too large) before it is
    ended; one a second is forgiven."""
    max_per_address: int = Field(default=5_000, ge=1)
    """Connections from one address (IPv6: one /64); the newest above it is refused. An exam hall may be one address,
    and so is a proxy that is not in `trusted_proxies`."""
    max_per_subject: int = Field(default=10, ge=1)
    """Connections of one subject (whose tokens say the same) to one namespace; the oldest above it is ended."""
    expiry_notice_seconds: float = Field(default=60.0, ge=0)
    """How long before its token expires a peer is told to renew it."""
    handler_seconds: float = Field(default=30.0, gt=0)
    """How long one event may keep those behind it waiting."""
    sweep_seconds: float = Field(default=0.5, gt=0)
    """How often expired tokens and connections without a namespace are looked for."""
    ping_interval_seconds: float = Field(default=25.0, ge=1)  # the library tells clients whole seconds
    ping_timeout_seconds: float = Field(default=20.0, gt=0)
    allowed_origins: tuple[str, ...] = ()
    """Origins whose pages may connect, such as `https://exams.example`, beside the server's own."""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks of the proxies whose X-Forwarded-For is believed."""
