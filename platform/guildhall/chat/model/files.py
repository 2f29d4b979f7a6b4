"""Files that were put up in a conversation."""

from typing import Final

from guildhall.kit.documents import VersionedDocument
from guildhall.kit.tokens import Claims

FILES_OF_A_CONVERSATION_MAX: Final = 100


class ChatFile(VersionedDocument):
    """Its id is `<conversation>/<sha256>`: the same bytes twice are one file."""

    conversation_id: str
    sha256: str
    name: str
    content_type: str
    size_bytes: int
    by: str


class FileClaims(Claims):
    """Of the token in a file's address."""

    file_id: str
