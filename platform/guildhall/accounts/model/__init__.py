"""What accounts keep, as frozen documents; changed only through `store`.

Each is read whole and written whole by one compare-and-set on `rev`. What must follow a change stands in the same
document's `pending`, and `service/effects.py` carries it out.
"""

from guildhall.accounts.model.account import (
    EARLIER_LINKS_MAX,
    FORMER_MEMBER,
    STAFF,
    Account,
    EarlierLink,
    OneTimeToken,
    PlatformRole,
    SecondFactor,
    StateChange,
    TokenPurpose,
)
from guildhall.accounts.model.documents import PENDING_BOUND, Effect, EffectKind, VersionedDocument
from guildhall.accounts.model.organisation import (
    MAX_INVITATIONS,
    MAX_MEMBERS,
    MAX_ORGANISATIONS,
    Invitation,
    Member,
    Organisation,
    OrganisationRole,
)
from guildhall.accounts.model.session import (
    MAX_LIVE_SESSIONS,
    MAX_SPENT,
    AccessClaims,
    Device,
    EndReason,
    Session,
    SignInFlow,
)
from guildhall.accounts.model.tally import UNTOUCHED, Tally
from guildhall.accounts.model.wish import Wish, WishKind

__all__ = [
    "EARLIER_LINKS_MAX",
    "FORMER_MEMBER",
    "MAX_INVITATIONS",
    "MAX_LIVE_SESSIONS",
    "MAX_MEMBERS",
    "MAX_ORGANISATIONS",
    "MAX_SPENT",
    "PENDING_BOUND",
    "STAFF",
    "UNTOUCHED",
    "AccessClaims",
    "Account",
    "Device",
    "EarlierLink",
    "Effect",
    "EffectKind",
    "EndReason",
    "Invitation",
    "Member",
    "OneTimeToken",
    "Organisation",
    "OrganisationRole",
    "PlatformRole",
    "SecondFactor",
    "Session",
    "SignInFlow",
    "StateChange",
    "Tally",
    "TokenPurpose",
    "VersionedDocument",
    "Wish",
    "WishKind",
]
