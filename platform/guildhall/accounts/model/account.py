"""A person's account: one document with its credentials, so that using one up and what it is for happen at once."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.model.documents import VersionedDocument
from guildhall.accounts.model.organisation import OrganisationRole
from guildhall.kit.documents import Stored

MAX_HISTORY: Final = 20
FORMER_MEMBER: Final = "Former member"
"""What is read wherever the name of an erased account stood."""
EARLIER_LINKS_MAX: Final = 4


class PlatformRole(StrEnum):
    AGENT = "agent"
    PROCTOR = "proctor"
    SUPPORT = "support"
    ADMIN = "admin"
    AUDITOR = "auditor"


STAFF: Final = frozenset({PlatformRole.PROCTOR, PlatformRole.SUPPORT, PlatformRole.ADMIN, PlatformRole.AUDITOR})
"""Whoever holds one of these needs a second factor: without it a session carries none of them."""


class TokenPurpose(StrEnum):
    """An account holds one token for each purpose; see `rules.one_time_tokens` for what becomes of the one before."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, not a password
    CHANGE_EMAIL = "change_email"
    UNDO_EMAIL = "undo_email"
    KNOW_DEVICE = "know_device"
    REACTIVATE = "reactivate"


class EarlierLink(Stored):
    """A link sent before the newest one, and still good."""

    secret_hash: str
    expires_at_ms: int


class OneTimeToken(Stored):
    """Only the SHA-256 of its secret is kept; it is used up by the compare-and-set that does what it is for."""

    secret_hash: str
    made_at_ms: int
    expires_at_ms: int
    email: str = ""
    """The address it was sent to prove, where it is about one."""
    earlier: tuple[EarlierLink, ...] = Field((), max_length=EARLIER_LINKS_MAX)


class SecondFactor(Stored):
    """A TOTP generator (RFC 6238). `last_counter` only rises, so no code counts twice."""

    sealed_secret: str
    confirmed_at_ms: int | None = None
    last_counter: int = 0


class StateChange(Stored):
    at_ms: int
    event: str
    state: AccountState
    by: str


class Account(VersionedDocument):
    """`email_key` is the address as it is compared, and unique; an erased account's is its own id.

    A session is live when it was made in the account's `session_epoch`, or is the one that the last change spared: so
    one compare-and-set on this document ends all others at once, whatever becomes of the process that did it.
    """

    email: str
    email_key: str
    former_email: str = ""
    """The address before the last change, kept from others until `former_until_ms`."""
    former_email_key: str = ""
    former_until_ms: int = 0
    email_changed_at_ms: int = 0
    name: str
    state: AccountState
    state_since_ms: int
    due_at_ms: int = 0
    """When the state's timer fires; 0 for none."""
    was: AccountState = AccountState.ACTIVE
    suspended_by: str = ""
    verified_at_ms: int | None = None
    roles: tuple[PlatformRole, ...] = (PlatformRole.AGENT,)
    is_admin: bool = False
    """Whether its roles say so; written with them, to find those who run the house."""
    organisations: dict[str, OrganisationRole] = Field(default_factory=dict)
    """Copied from the organisations' documents, where the truth is."""
    password_hash: str = Field(repr=False)
    """Empty: no password signs in; a reset makes a new one."""
    password_changed_at_ms: int
    session_epoch: int = 1
    spared_session_id: str = ""
    second_factor: SecondFactor | None = None
    recovery_hashes: tuple[str, ...] = Field(default=(), repr=False)
    """Those not used yet."""
    tokens: dict[TokenPurpose, OneTimeToken] = Field(default_factory=dict)
    history: tuple[StateChange, ...] = ()

    @property
    def is_staff(self) -> bool:
        return not STAFF.isdisjoint(self.roles)

    @property
    def has_second_factor(self) -> bool:
        return self.second_factor is not None and self.second_factor.confirmed_at_ms is not None

    def remember(self, change: StateChange) -> tuple[StateChange, ...]:
        """The history with one change more (policy: drop oldest)."""
        return (*self.history, change)[-MAX_HISTORY:]
