"""Answers that are bytes: pictures, packages."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes to answer with. They are shown as what they are said to be, and nothing else, by every browser.

    With a `file_name` a browser keeps them as a file, else it may show them.
    """

    body: bytes
    content_type: str
    file_name: str = ""

    def headers(self) -> dict[str, str]:
        """RFC 6266. No script runs in what is shown as a document, whatever somebody has put up."""
        kept = "attachment" if self.file_name else "inline"
        name = f"; filename*=UTF-8''{quote(self.file_name, safe='')}" if self.file_name else ""
        return {
            "Content-Type": self.content_type,
            "Content-Disposition": f"{kept}{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
