"""The blob port: bytes under a key, for evidence and uploads that are too large for a document."""

from dataclasses import dataclass
from typing import Protocol

from guildhall.kit.storage.documents import copy_plain
from guildhall.kit.storage.port import DocumentRefused

MAX_BLOB_BYTES = 64 * 1024 * 1024
"""A blob is read and written whole; an hour of evidence is many blobs."""
MAX_KEY_CHARACTERS = 512


@dataclass(frozen=True, slots=True)
class Blob:
    body: bytes
    content_type: str


class BlobStore(Protocol):
    """Every call may raise DocumentRefused (a bad key or too large a body) or StorageUnavailable."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store under the key, in the place of what was there; a reader sees one or the other, never a mix."""
        ...

    async def get(self, key: str) -> Blob | None: ...

    async def delete(self, key: str) -> bool:
        """Whether there was one."""
        ...


def check_key(key: str) -> str:
    """Any text of reasonable length: `evidence/ses_01J.../000123.jpg` is a name, not a path."""
    if not 0 < len(key) <= MAX_KEY_CHARACTERS:
        raise DocumentRefused(f"A blob's key has 1 to {MAX_KEY_CHARACTERS} characters, not {len(key)}.")
    return str(copy_plain(key, "key"))


def check_blob(key: str, body: bytes, content_type: str) -> None:
    check_key(key)
    if len(body) > MAX_BLOB_BYTES:
        raise DocumentRefused(f"{key}: a blob holds at most {MAX_BLOB_BYTES} bytes, not {len(body)}.")
    if not content_type or not content_type.isascii() or not content_type.isprintable():
        raise DocumentRefused(f"{key}: {content_type!r} is no content type.")
