"""What a file really is, by its first bytes: what a browser says about it is no proof. Pure.

The signatures are those of the formats themselves: PNG (W3C), JPEG (T.81), GIF89a, WebP (RIFF), PDF (ISO 32000), ZIP
(APPNOTE 4.3.7).
"""

from typing import Final

_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)
SNIFFED: Final = (*dict.fromkeys(kind for _, kind in _SIGNATURES), "image/webp", "text/plain")
"""What can be told. Office documents are ZIP archives, and are taken where a question takes those."""
_PEEKED = 4_096
_RIFF_END = 12


def content_type_of(body: bytes) -> str:
    """One of SNIFFED, or `application/octet-stream` where nothing is known of it."""
    for signature, content_type in _SIGNATURES:
        if body.startswith(signature):
            return content_type
    if body[:4] == b"RIFF" and body[8:_RIFF_END] == b"WEBP":
        return "image/webp"
    return "text/plain" if _is_text(body) else "application/octet-stream"


def _is_text(body: bytes) -> bool:
    if b"\x00" in body[:_PEEKED]:
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
