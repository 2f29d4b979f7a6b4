"""A sign-in on one device: a family of refresh tokens of which one is current. And the step before it."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from guildhall.accounts.lifecycle import SessionState, SignInState
from guildhall.accounts.model.documents import VersionedDocument
from guildhall.kit.documents import Stored
from guildhall.kit.tokens import Claims

MAX_SPENT: Final = 50
"""Older tokens than these are merely unknown: dead, but no longer proof of theft."""
MAX_LIVE_SESSIONS: Final = 20
"""Of one account; the oldest ends when another begins (policy: drop oldest)."""


class EndReason(StrEnum):
    SIGN_OUT = "sign_out"
    SIGN_OUT_ALL = "sign_out_all"
    PASSWORD_CHANGE = "password_change"  # noqa: S105 - a reason, not a password
    SECOND_FACTOR_CHANGE = "second_factor_change"
    EMAIL_UNDO = "email_undo"
    REUSE = "reuse"
    ADMIN = "admin"
    ROLES_CHANGED = "roles_changed"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    TOO_MANY = "too_many"


class Device(Stored):
    """What is told of a device in the list of sessions; never a whole address."""

    id: str = ""
    """Of the browser's device cookie."""
    label: str = ""
    address_prefix: str = ""


class Session(VersionedDocument):
    """Tokens are kept as SHA-256 only. A token's successor is computed from it, so nothing secret is stored."""

    account_id: str
    state: SessionState = SessionState.ACTIVE
    epoch: int
    current_hash: str
    previous_hash: str = ""
    spent_hashes: tuple[str, ...] = ()
    generation: int = 1
    rotated_at_ms: int
    aal: int
    methods: tuple[str, ...]
    authenticated_at_ms: int
    idle_until_ms: int
    expires_at_ms: int
    ended_at_ms: int | None = None
    end_reason: EndReason | None = None
    device: Device = Device()


class SignInFlow(VersionedDocument):
    """The password was right; codes count for this flow alone. See `lifecycle.SIGN_IN`."""

    account_id: str
    state: SignInState = SignInState.SECOND_FACTOR_REQUIRED
    secret_hash: str
    tries_left: int
    expires_at_ms: int
    epoch: int
    """Of the account when the password was given: a password changed meanwhile ends the flow."""
    device: Device = Device()


class AccessClaims(Claims):
    """What an access token says: which session. Roles are never in it; they are read where they are kept."""

    account_id: str = Field(min_length=1)
    session_id: str = Field(min_length=1)
