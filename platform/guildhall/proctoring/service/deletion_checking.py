"""Checking a certificate of deletion away from the house: `python -m guildhall verify-deletion FILE --keys FILE`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from guildhall.kit.signatures import SignatureRefused, keys_of_set, verify_signature
from guildhall.proctoring.service.retention import CERTIFICATE_TYPE

GOOD, BAD, UNREADABLE = 0, 1, 2


def verify_deletion_file(path: Path, keys_path: Path, out: TextIO) -> int:
    """Say what the certificate says, and whether one of the keys signed it; the exit code of the command.

    `path` holds the certificate, or what the house's `.../deletion` answers; `keys_path` what `/v1/credentials/keys`
    answers. It proves that the house said so then; that the bytes are gone nobody can prove.
    """
    try:
        certificate = _certificate_in(path.read_text())
        keys = keys_of_set(json.loads(keys_path.read_text()))
    except (OSError, ValueError) as error:
        out.write(f"This cannot be read: {error}\n")
        return UNREADABLE
    try:
        claims = verify_signature(certificate, keys, CERTIFICATE_TYPE)
    except SignatureRefused as error:
        out.write(f"NOT GENUINE. {error}\n")
        return BAD
    out.write("GENUINE.\n")
    out.writelines(f"  {name}: {value}\n" for name, value in _told(claims))
    return GOOD


def _certificate_in(text: str) -> str:
    text = text.strip()
    if not text.startswith("{"):
        return text
    certificate = json.loads(text).get("certificate")
    if not isinstance(certificate, str):
        raise ValueError('a JSON object with the member "certificate" was expected')  # noqa: TRY004 - of the file
    return certificate


def _told(claims: dict[str, Any]) -> list[tuple[str, object]]:
    begun_ms = claims.get("begun_at_ms")
    destroyed = "" if not isinstance(begun_ms, int) else datetime.fromtimestamp(begun_ms / 1000, UTC).isoformat()
    told = [
        ("session", claims.get("sub")),
        ("destroyed at", destroyed),
        ("kept for days", claims.get("kept_days")),
        ("strips", claims.get("strips")),
        ("pictures in them", claims.get("pictures")),
        ("chunks of measurements", claims.get("chunks")),
        ("head of the signal log", claims.get("signals_head")),
    ]
    return [(name, value) for name, value in told if value not in {None, ""}]
