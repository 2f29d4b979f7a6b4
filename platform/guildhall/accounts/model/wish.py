"""What a stranger asked for, kept so that nothing about the answer depends on who has an account.

Known or unknown, every address makes the same document and gets the same answer; what comes of it is decided later.
"""

from enum import StrEnum

from pydantic import ConfigDict, Field

from guildhall.kit.documents import Stored


class WishKind(StrEnum):
    SIGN_UP = "sign_up"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a kind, not a password
    CHANGE_EMAIL = "change_email"


class Wish(Stored):
    """Deleted when it is granted or was in vain; `tries` counts, so that a poisoned one does not stay for ever."""

    id: str = Field(alias="_id")
    kind: WishKind
    at_ms: int
    email: str
    email_key: str
    account_id: str
    """Of the account to make (sign_up) or to change (change_email)."""
    name: str = ""
    password_hash: str = Field(default="", repr=False)
    tries: int = 0

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
