"""A notice: something one person is told, kept until they have seen it and for a while after."""

from typing import Final

from guildhall.kit.documents import VersionedDocument

KEPT_DAYS: Final = 180


class Notice(VersionedDocument):
    """Its id is the key of what it tells, so that the same thing is told once. Holds no secrets."""

    account_id: str
    kind: str
    title: str
    text: str
    path: str
    at_ms: int
    seen_at_ms: int = 0
