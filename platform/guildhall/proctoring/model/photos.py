"""Photographs of the check-in and of rooms, and a proctor's request for the latter, as the admission holds them."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from guildhall.kit.documents import Stored

SCANS_MAX: Final = 5
SCAN_PICTURES_MAX: Final = 8
PHOTOS_MAX: Final = SCANS_MAX * SCAN_PICTURES_MAX + 2


class PhotoKind(StrEnum):
    FACE = "face"
    ID_DOCUMENT = "id_document"
    ROOM = "room"


class Photo(Stored):
    """One picture held for a human; its bytes are a blob, encrypted with the session's key."""

    photo_id: str
    kind: PhotoKind
    at_ms: int
    scan: int = 0  # of room pictures, which request they belong to, from 1
    place: int = 0  # of room pictures, which of the series, from 0
    sha256: str
    """Of the picture, so that a repeated upload is known for what it is."""
    advice: str = Field("", max_length=400)
    """What would have made it better, as the candidate was told; "": nothing."""


class ScanRequest(Stored):
    """A proctor's wish to see the room; declined only where the policy lets one."""

    number: int
    by: str
    at_ms: int
    pictures: int = Field(ge=1, le=SCAN_PICTURES_MAX)
    done_at_ms: int | None = None
    declined: bool = False
