"""An organisation with its members and open invitations in one document, so that its owners are counted at once."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from guildhall.accounts.model.documents import VersionedDocument
from guildhall.kit.documents import Stored

MAX_MEMBERS: Final = 500
MAX_INVITATIONS: Final = 100
MAX_ORGANISATIONS: Final = 50
"""Memberships of one account."""


class OrganisationRole(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    FINANCE = "finance"
    MEMBER = "member"


class Member(Stored):
    name: str
    role: OrganisationRole
    since_ms: int


class Invitation(Stored):
    """Good for one person with this address; only the SHA-256 of its secret is kept."""

    email: str
    email_key: str
    role: OrganisationRole
    secret_hash: str = Field(repr=False)
    invited_by: str
    made_at_ms: int = 0
    expires_at_ms: int


class Organisation(VersionedDocument):
    """Never without an owner while it is open. `members` by account id, `invitations` by their own; both bounded."""

    slug: str
    name: str
    members: dict[str, Member]
    invitations: dict[str, Invitation] = Field(default_factory=dict)
    closed_at_ms: int | None = None

    @property
    def owners(self) -> frozenset[str]:
        return frozenset(id_ for id_, member in self.members.items() if member.role is OrganisationRole.OWNER)
