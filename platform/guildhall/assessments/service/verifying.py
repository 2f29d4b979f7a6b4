"""Checking a credential away from the house, with nothing but its token and the published keys."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from guildhall.assessments.service.credentials import TOKEN_TYPE
from guildhall.kit.signatures import SignatureRefused, keys_of_set, verify_signature

GOOD, BAD, UNREADABLE = 0, 1, 2


def verify_credential_file(path: Path, keys_path: Path, now_ms: int, out: TextIO) -> int:
    """Say what the credential says, and whether it was signed by one of the keys; the exit code of the command.

    `path` holds the token, or the JSON that the credential's page offers; `keys_path` what `/v1/credentials/keys`
    answers. Whether it was revoked since can only be asked of the house.
    """
    try:
        token = _token_in(path.read_text())
        keys = keys_of_set(json.loads(keys_path.read_text()))
    except (OSError, ValueError) as error:
        out.write(f"This cannot be read: {error}\n")
        return UNREADABLE
    try:
        claims = verify_signature(token, keys, TOKEN_TYPE)
    except SignatureRefused as error:
        out.write(f"NOT GENUINE. {error}\n")
        return BAD
    is_expired = "exp" in claims and claims["exp"] * 1000 <= now_ms
    out.write("EXPIRED. It was signed by one of these keys, and its time is over.\n" if is_expired else "GENUINE.\n")
    out.writelines(f"  {name}: {value}\n" for name, value in _told(claims))
    out.write(f"Whether it was revoked since: {claims.get('iss')}/credential#{claims.get('jti')}\n")
    return BAD if is_expired else GOOD


def _token_in(text: str) -> str:
    text = text.strip()
    if not text.startswith("{"):
        return text
    token = json.loads(text).get("token")
    if not isinstance(token, str):
        raise ValueError('a JSON object with the member "token" was expected')  # noqa: TRY004 - of the file, not of us
    return token


def _told(claims: dict[str, Any]) -> list[tuple[str, str]]:
    told = [("holder", claims.get("name")), ("title", claims.get("title")), ("level", claims.get("level"))]
    days = [(word, claims.get(name)) for word, name in (("issued", "iat"), ("expires", "exp"))]
    told += [(word, datetime.fromtimestamp(at, UTC).date().isoformat()) for word, at in days if isinstance(at, int)]
    return [(word, str(value)) for word, value in told if value]
