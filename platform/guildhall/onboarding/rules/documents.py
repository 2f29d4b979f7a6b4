"""Whether a file that was put up can be looked at by a person, and safely. Pure.

What a file is, its bytes say. A picture's size is read from its header, so that a small file cannot claim gigapixels;
a PDF must be whole and must hold nothing that runs or opens something by itself (ISO 32000-1, 12.6.4 and 7.11.4).
"""

from typing import Final

from guildhall.assessments.rules.pictures import NoPicture, read_header
from guildhall.kit.content_types import content_type_of
from guildhall.kit.errors import Invalid

DOCUMENT_TYPES: Final = ("application/pdf", "image/jpeg", "image/png")
_PDF_TAIL_BYTES: Final = 2_048
_RUNS: Final = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
_LOCKED: Final = b"/Encrypt"


class DocumentNotTaken(Invalid):
    type = "document-not-taken"
    title = "This file cannot be taken"


def check_document(name: str, body: bytes, most_bytes: int) -> str:
    """Its content type. Raises DocumentNotTaken with what to do instead."""
    if not body:
        raise DocumentNotTaken(f"{name} is empty: choose the file once more.")
    if len(body) > most_bytes:
        raise DocumentNotTaken(f"{name} is larger than {most_bytes // 1_048_576} MB: photograph or scan it smaller.")
    content_type = content_type_of(body)
    if content_type not in DOCUMENT_TYPES:
        raise DocumentNotTaken(
            f"{name} is no PDF, JPEG or PNG, whatever its name says: photograph the document, or save it as a PDF."
        )
    if content_type == "application/pdf":
        _check_pdf(name, body)
        return content_type
    try:
        read_header(body)
    except NoPicture as error:
        raise DocumentNotTaken(error.detail) from None
    return content_type


def _check_pdf(name: str, body: bytes) -> None:
    if b"%%EOF" not in body[-_PDF_TAIL_BYTES:]:
        raise DocumentNotTaken(f"{name} breaks off before its end: save it anew, and put it up again.")
    if _LOCKED in body:
        raise DocumentNotTaken(f"{name} is locked with a password: save it without one, and put it up again.")
    if any(mark in body for mark in _RUNS):
        raise DocumentNotTaken(f"{name} holds a script or another file: print it to a new PDF, and put that up.")
