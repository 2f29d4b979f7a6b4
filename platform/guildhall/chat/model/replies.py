"""Replies that agents keep ready."""

from typing import Final

from guildhall.kit.documents import VersionedDocument

REPLIES_MAX: Final = 300
"""Of one owner."""
REPLY_CHARACTERS_MAX: Final = 2_000
SHARED: Final = ""


class CannedReply(VersionedDocument):
    """Everybody's where `owner` is SHARED, else of one agent. Its variables are filled in by the desk's page."""

    owner: str
    shortcut: str
    text: str
