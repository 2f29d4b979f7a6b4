"""What files are taken is decided by their bytes, and their names never say anything else."""

import pytest

from guildhall.chat.rules.files import NAME_CHARACTERS_MAX, FileRefused, clean_name, must_be_welcome

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def test_a_file_is_what_its_bytes_say() -> None:
    assert must_be_welcome(PNG) == "image/png"
    assert must_be_welcome(b"%PDF-1.7 ...") == "application/pdf"
    assert must_be_welcome(b"<svg onload=alert(1)>") == "text/plain"  # and so it is only ever saved, as text
    for body in (b"", b"MZ\x90\x00\x03", b"\x7fELF\x02\x00", b"\xff\xfe\x00\x01"):
        with pytest.raises(FileRefused):
            must_be_welcome(body)


@pytest.mark.parametrize(
    ("name", "content_type", "cleaned"),
    [
        ("photo.png", "image/png", "photo.png"),
        ("photo.exe", "image/png", "photo.exe.png"),
        ("../../etc/passwd", "text/plain", "etc passwd.txt"),
        ("invoice\u202etxt.exe", "application/zip", "invoice txt.exe.zip"),
        ("Report.DOCX", "application/zip", "Report.DOCX"),
        ("picture.JPEG", "image/jpeg", "picture.JPEG"),
        ("a\r\nb\x00.pdf", "application/pdf", "a b .pdf"),
        ("", "image/gif", "file.gif"),
        ("..", "text/plain", "file.txt"),
    ],
)
def test_a_name_loses_what_misleads(name: str, content_type: str, cleaned: str) -> None:
    assert clean_name(name, content_type) == cleaned


def test_a_long_name_keeps_its_ending() -> None:
    cleaned = clean_name("x" * 500, "application/pdf")
    assert len(cleaned) == NAME_CHARACTERS_MAX
    assert cleaned.endswith(".pdf")
