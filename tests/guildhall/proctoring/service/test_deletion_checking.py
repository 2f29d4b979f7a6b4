"""A certificate of deletion is checked without the house, by the keys that it publishes."""

import io
import json
from pathlib import Path

import pytest

from guildhall.kit.signatures import Signer, as_jwk
from guildhall.proctoring.service.deletion_checking import BAD, GOOD, UNREADABLE, verify_deletion_file
from guildhall.proctoring.service.retention import CERTIFICATE_TYPE

SIGNER = Signer("a secret of this test", "proctoring deletion")
SAID = {
    "iss": "guildhall",
    "sub": "sit_1",
    "begun_at_ms": 1_700_000_000_000,
    "kept_days": 30,
    "strips": 2,
    "pictures": 9,
}
CERTIFICATE = SIGNER.sign(SAID, CERTIFICATE_TYPE)


def checked(folder: Path, certificate: str, signer: Signer = SIGNER) -> tuple[int, str]:
    keys, file, out = folder / "keys.json", folder / "certificate", io.StringIO()
    keys.write_text(json.dumps({"keys": [as_jwk(signer.key_id, signer.public_key)]}))
    file.write_text(certificate)
    return verify_deletion_file(file, keys, out), out.getvalue()


@pytest.mark.parametrize("shown", [CERTIFICATE, json.dumps({"certificate": CERTIFICATE, "session_id": "sit_1"})])
def test_it_says_what_was_destroyed_and_when(tmp_path: Path, shown: str) -> None:
    code, told = checked(tmp_path, shown)
    assert code == GOOD
    assert told.startswith("GENUINE.")
    for words in ("session: sit_1", "2023-11-14T22:13:20", "kept for days: 30", "pictures in them: 9"):
        assert words in told


@pytest.mark.parametrize(
    ("certificate", "signer"),
    [
        (CERTIFICATE[:-6] + "AAAAAA", SIGNER),
        (CERTIFICATE, Signer("another house", "proctoring deletion")),
        (SIGNER.sign(SAID, "guildhall-credential+jwt"), SIGNER),
    ],
    ids=["changed", "another house's key", "signed as something else"],
)
def test_what_this_house_did_not_sign_as_a_deletion_is_not_genuine(
    tmp_path: Path, certificate: str, signer: Signer
) -> None:
    code, told = checked(tmp_path, certificate, signer)
    assert (code, told.split(".")[0]) == (BAD, "NOT GENUINE")


def test_what_is_no_certificate_is_told_as_unreadable(tmp_path: Path) -> None:
    assert checked(tmp_path, "{}")[0] == UNREADABLE
    assert verify_deletion_file(tmp_path / "nowhere", tmp_path / "nowhere", io.StringIO()) == UNREADABLE
