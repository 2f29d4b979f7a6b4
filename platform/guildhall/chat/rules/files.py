"""What files a conversation takes. Pure."""

import re
from typing import Final

from guildhall.chat.rules.pictures import Damaged, without_metadata
from guildhall.kit.content_types import content_type_of
from guildhall.kit.errors import Invalid

SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Shown in place; everything else is saved."""
WELCOME: Final = (*sorted(SHOWN), "application/pdf", "text/plain", "application/zip")
NAME_CHARACTERS_MAX: Final = 120
_ENDING: Final = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "application/zip": ".zip",
}
_OFFICE: Final = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".zip")
# Control characters, what paths are made of, and marks that turn what follows around (a .exe that is shown as a .txt).
_NOT_IN_A_NAME: Final = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


class FileRefused(Invalid):
    type = "file-refused"
    title = "This file is not taken"


def must_be_welcome(body: bytes) -> str:
    """The content type by its bytes. Raises FileRefused."""
    if not body:
        raise FileRefused("This file is empty.")
    content_type = content_type_of(body)
    if content_type not in WELCOME:
        raise FileRefused("Pictures, PDF, plain text, office documents and ZIP archives are taken, and nothing else.")
    return content_type


def clean(body: bytes, content_type: str) -> bytes:
    """A picture without what rides along with it (where it was taken!); others as they are. Raises FileRefused."""
    try:
        return without_metadata(body, content_type)
    except Damaged as fault:
        raise FileRefused("This picture is damaged: open it, save it anew, and try again.") from fault


def clean_name(name: str, content_type: str) -> str:
    """A name that fits what the file is: its ending never says anything else."""
    plain = _NOT_IN_A_NAME.sub(" ", name).strip(" .")[-NAME_CHARACTERS_MAX:].strip(" .") or "file"
    ending = _ENDING[content_type]
    lowered = plain.lower()
    if content_type == "application/zip" and lowered.endswith(_OFFICE):
        return plain
    if content_type == "image/jpeg" and lowered.endswith(".jpeg"):
        return plain
    return plain if lowered.endswith(ending) else f"{plain[: NAME_CHARACTERS_MAX - len(ending)]}{ending}"
