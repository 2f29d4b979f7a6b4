import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kit.signatures import Signer
from guildhall.proctoring.rules.evidence_pack import PURPOSE, PackUnreadable, check_pack, make_pack

SIGNER = Signer("a secret of this house, long enough to sign", PURPOSE)
STRANGER = Signer("a secret of another house, long enough to sign", PURPOSE)
ABOUT: dict[str, str | int] = {"attempt_id": "att_1", "session_id": "sit_1", "made_at_ms": 1_000, "made_by": "usr_1"}
FILES = {"report.json": b"{}", "report.pdf": b"%PDF", "strips/a/001_during_5.jpg": b"\xff\xd8"}


def packed() -> bytes:
    return make_pack(FILES, ABOUT, SIGNER)


def changed(**files: bytes | None) -> bytes:
    """The pack with these files in the place of others, or without them."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed())) as old, zipfile.ZipFile(made, "w") as new:
        there = {name: old.read(name) for name in old.namelist()} | {k.replace("__", "."): v for k, v in files.items()}
        for name, body in there.items():
            if body is not None:
                new.writestr(name, body)
    return made.getvalue()


def test_a_pack_is_as_it_was_signed_and_the_same_each_time() -> None:
    assert packed() == packed()
    checked = check_pack(packed(), {SIGNER.key_id: SIGNER.public_key})
    assert (checked.faults, checked.is_known_key) == ((), True)
    assert not check_pack(packed()).is_known_key


@pytest.mark.parametrize(
    ("name", "body", "fault"),
    [
        ("report__json", b"[]", "report.json was changed"),
        ("report__pdf", None, "report.pdf is missing"),
        ("more__txt", b"!", "more.txt was not there"),
        ("signals__json", b"[1]", "signals.json was not there"),
        ("keys__json", b'{"keys": []}', "a key that is not among those"),
    ],
    ids=["changed", "missing", "added", "a log", "the key"],
)
def test_what_was_changed_is_named(name: str, body: bytes | None, fault: str) -> None:
    assert any(fault in one for one in check_pack(changed(**{name: body})).faults)


def test_a_pack_that_somebody_else_signed_anew_is_found_out_by_the_houses_keys() -> None:
    forged = make_pack({"report.json": b"{}"}, ABOUT, STRANGER)
    assert check_pack(forged).faults == ()
    assert "not among those given" in check_pack(forged, {SIGNER.key_id: SIGNER.public_key}).faults[0]


@given(st.data())
def test_any_edited_byte_of_any_file_is_located(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(packed())) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    name = data.draw(st.sampled_from(sorted(files)))
    # The last letter of base64url has bits that say nothing, and any of their values is the same signature.
    place = data.draw(st.integers(0, len(files[name]) - 1 - (name == "manifest.jws")))
    bit = data.draw(st.integers(0, 7))
    body = bytearray(files[name])
    body[place] ^= 1 << bit
    try:
        checked = check_pack(changed(**{name.replace(".", "__"): bytes(body)}), {SIGNER.key_id: SIGNER.public_key})
    except PackUnreadable:
        return
    assert any(name in one for one in checked.faults) or name == "manifest.json"
    assert checked.faults


@pytest.mark.parametrize("body", [b"", b"PK", b"no zip"], ids=["nothing", "a beginning", "a text"])
def test_what_is_no_pack_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(PackUnreadable):
        check_pack(body)


@pytest.mark.parametrize("manifest", [None, b"[]", b"{}"], ids=str)
def test_a_zip_without_a_manifest_is_no_pack(manifest: bytes | None) -> None:
    with pytest.raises(PackUnreadable):
        check_pack(changed(manifest__json=manifest))


def test_whoever_opens_a_pack_is_told_what_is_in_it_and_how_to_check_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed())) as pack:
        pack.extractall(tmp_path)
    told = (tmp_path / "README.txt").read_text()
    assert "attempt att_1" in told
    assert "verify-evidence" in told
    for name in ("report.pdf", "strips/", "manifest.json", "manifest.jws", "keys.json"):
        assert f"  {name} " in told
    assert "photographs/" not in told
    assert max(len(line) for line in told.splitlines()) <= 100


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="this computer has no sha256sum")
def test_the_list_of_sums_is_what_the_usual_command_takes(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed())) as pack:
        pack.extractall(tmp_path)
    check = ["sha256sum", "--quiet", "-c", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / "report.json").write_bytes(b"[]")
    assert subprocess.run(check, cwd=tmp_path, check=False, capture_output=True).returncode != 0
