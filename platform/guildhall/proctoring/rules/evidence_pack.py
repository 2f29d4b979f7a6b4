"""An evidence pack: all that is kept of one watched attempt in a zip, with a signed manifest. Pure.

`manifest.json` names every file with its SHA-256; `manifest.jws` is a compact JWT (EdDSA) over the manifest's own
SHA-256; `keys.json` has the public key, which whoever checks compares with the one that the house publishes. Two files
are chains in themselves (`evidence_log.json`, `signals.json`), so an edit is found by the file and by the line.
`README.txt` says all that to whoever opens it, and `SHA256SUMS` is for `sha256sum -c`, which is on most computers.
"""

import base64
import hashlib
import io
import json
import textwrap
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import ValidationError

from guildhall.kit.audit.chain import ChainReport, ChainWalk
from guildhall.kit.entries import Entry
from guildhall.kit.signatures import SignatureRefused, Signer, as_jwk, keys_of_set, verify_signature
from guildhall.proctoring.model.signals import Chunk
from guildhall.proctoring.rules.chaining import check_chain

FORMAT: Final = "guildhall-evidence-pack/1"
TOKEN_TYPE: Final = "guildhall-evidence-pack+jwt"  # noqa: S105 - a media type
PURPOSE: Final = "evidence packs"
MANIFEST, SIGNATURE, KEYS = "manifest.json", "manifest.jws", "keys.json"
LOG, SIGNALS = "evidence_log.json", "signals.json"
REPORT, REPORT_PDF, CHECK_IN = "report.json", "report.pdf", "check_in.json"
README, SUMS = "README.txt", "SHA256SUMS"
_OWN: Final = frozenset({MANIFEST, SIGNATURE, KEYS})
BYTES_MAX: Final = 500_000_000
"""Unpacked: a larger one is refused before it is read."""
_WIDTH: Final = 100
_README: Final = """EVIDENCE PACK
of attempt {attempt} (session {session}), made {made}

WHAT IS IN IT
{files}

HOW TO CHECK IT
With Guildhall, on any computer, without an account, a database or a network:

  python -m guildhall verify-evidence PACK.zip --keys keys-of-the-house.json

PACK.zip is this pack as you got it, not unpacked. keys-of-the-house.json is what the house answers
at /v1/credentials/keys: save that page as a file. It says which file, and which line of a log, is
not as it was signed. Without --keys it can only say that nothing was changed since the key in this
pack signed it, and not whose key that is.

Without Guildhall, in the folder where you unpacked it: sha256sum -c SHA256SUMS
(on a Mac: shasum -a 256 -c SHA256SUMS). That finds damage. Whoever changes a file on purpose can
change the list as well: then the SHA-256 of manifest.json is not the one that manifest.jws has as
"manifest", which any library for JSON Web Signatures checks with the key from the house.

WHAT IT DOES NOT PROVE
A flag is a claim of a program or of a person, and not a finding: what people made of it is in the
report.
"""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the time of every file in the zip: the manifest says when it was made


class PackUnreadable(ValueError):
    """It is no pack, or larger than one may be."""


@dataclass(frozen=True, slots=True)
class PackChecked:
    """What came of a check: `faults` is empty for a pack that is as it was signed."""

    manifest: Mapping[str, Any]
    key_id: str
    is_known_key: bool
    """The key is among those that were given, and not only in the pack itself."""
    faults: tuple[str, ...]


def make_pack(files: Mapping[str, bytes], about: Mapping[str, str | int], signer: Signer) -> bytes:
    """The zip's bytes; the same files and words give the same bytes. `about` names attempt, session, time and maker."""
    files = {**files, README: read_me(files, about).encode()}
    files = {**files, SUMS: "".join(f"{_digest(body)}  {name}\n" for name, body in sorted(files.items())).encode()}
    listed = {name: {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)} for name, body in files.items()}
    manifest = _json({"format": FORMAT, **about, "files": listed})
    keys = _json({"keys": [as_jwk(signer.key_id, signer.public_key)]})
    claims = {
        "sub": about["attempt_id"],
        "iat": int(about["made_at_ms"]) // 1000,
        "manifest": _digest(manifest),
        "keys": _digest(keys),
    }
    own = {MANIFEST: manifest, SIGNATURE: signer.sign(claims, TOKEN_TYPE).encode(), KEYS: keys}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, body in sorted({**files, **own}.items()):
            pack.writestr(zipfile.ZipInfo(name, _EPOCH), body, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def check_pack(body: bytes, known_keys: Mapping[str, str] | None = None) -> PackChecked:
    """Every file, the manifest, its signature and both chains. Raises PackUnreadable."""
    files = _read(body)
    try:
        manifest = json.loads(files[MANIFEST])
        listed: Mapping[str, Any] = manifest["files"]
        keys = keys_of_set(json.loads(files[KEYS]))
        token = files[SIGNATURE].decode()
    except (KeyError, TypeError, ValueError) as error:
        raise PackUnreadable(f"This is no evidence pack: {error!r:.200}") from error
    faults: list[str] = []
    is_known = _is_signed(token, files, keys if known_keys is None else known_keys, faults)
    key_id = ", ".join(sorted(keys))
    faults += [f"{name} is missing." for name in sorted(listed.keys() - files.keys())]
    added = sorted(files.keys() - listed.keys() - _OWN)
    faults += [f"{name} was not there when the pack was made." for name in added]
    shared = sorted(files.keys() & listed.keys())
    changed = [name for name in shared if _digest(files[name]) != listed[name].get("sha256")]
    faults += [f"{name} was changed after the pack was made." for name in changed]
    faults += _chain_faults(files, str(manifest.get("session_id", "")))
    return PackChecked(manifest, key_id, is_known and known_keys is not None, tuple(faults))


def read_me(files: Mapping[str, bytes], about: Mapping[str, str | int]) -> str:
    """For whoever opens a pack, perhaps years later and without us: what is in it, and how to check it."""
    made = datetime.fromtimestamp(int(about["made_at_ms"]) / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    folders = {name.partition("/")[0] for name in files if "/" in name}
    told = {
        REPORT_PDF: "What was flagged, reviewed, decided and looked at, to read. Begin here.",
        REPORT: "The same for programs.",
        CHECK_IN: "What was agreed to (with the version and hash of its words), checked and decided before the exam.",
        LOG: "Who did and looked at what. Each line holds the hash of the line before it.",
        SIGNALS: "What was measured, sealed with the session's key. Its chain of hashes can be checked by anybody;"
        " only the house can open it, and nobody once the key was destroyed.",
    }
    lines = [f"  {name:18} {words}" for name, words in told.items() if name in files]
    if "strips" in folders:
        lines.append(
            f"  {'strips/':18} Pictures around flags, a folder for each: the flag's id, with _ for every colon."
            " A file is named by its place, by whether it was taken before, during or after the flag, and by the"
            " milliseconds since 1970 (UTC)."
        )
    else:
        lines.append("  No pictures of flags: none were kept, or they were destroyed when their time was over.")
    if "photographs" in folders:
        lines.append(
            f"  {'photographs/':18} Of the candidate and of the room. The identity document is never in a pack."
        )
    lines += [
        f"  {SUMS:18} The SHA-256 of each of the files above, and of this one.",
        f"  {MANIFEST:18} The same list, with what the pack is of.",
        f"  {SIGNATURE:18} The house's signature over {MANIFEST} (a compact JWS, EdDSA).",
        f"  {KEYS:18} The public key that it was signed with, as the house publishes it.",
    ]
    return _README.format(attempt=about["attempt_id"], session=about["session_id"], made=made, files=_wrapped(lines))


def log_file(entries: Iterable[Entry]) -> bytes:
    return _json(
        [
            {"stream": one.stream, "number": one.number, "key": one.key, "at_ms": one.at_ms, "body": dict(one.body)}
            for one in entries
        ]
    )


def signals_file(chunks: Iterable[Chunk]) -> bytes:
    """Sealed as they are stored: their chain can be checked by anybody, and opened by the house alone."""
    return _json(
        [
            {
                **chunk.model_dump(mode="json", by_alias=True, exclude={"payload"}),
                "payload": base64.b64encode(chunk.payload).decode(),
            }
            for chunk in chunks
        ]
    )


def _is_signed(token: str, files: Mapping[str, bytes], keys: Mapping[str, str], faults: list[str]) -> bool:
    try:
        claims = verify_signature(token, keys, TOKEN_TYPE)
    except SignatureRefused as error:
        faults.append(f"{SIGNATURE}: {error}")
        return False
    for name, claim in ((MANIFEST, "manifest"), (KEYS, "keys")):
        if claims.get(claim) != _digest(files[name]):
            faults.append(f"{name} was changed after it was signed.")
    return True


def _chain_faults(files: Mapping[str, bytes], session_id: str) -> list[str]:
    try:
        entries = [Entry(**one) for one in json.loads(files.get(LOG, b"[]"))]
        chunks = [
            Chunk.model_validate({**one, "payload": base64.b64decode(one["payload"])})
            for one in json.loads(files.get(SIGNALS, b"[]"))
        ]
    except (TypeError, KeyError, ValueError, ValidationError) as error:
        return [f"A log in the pack cannot be read: {error!r:.200}"]
    walk = ChainWalk(session_id)
    all(walk.follow(entry) for entry in entries)
    reports: tuple[tuple[str, ChainReport], ...] = (
        (LOG, walk.finish()),
        (SIGNALS, check_chain(session_id, chunks)),
    )
    return [f"{name}: {report.fault.sentence}" for name, report in reports if report.fault is not None]


def _read(body: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as pack:
            names = [one.filename for one in pack.infolist()]
            if sum(one.file_size for one in pack.infolist()) > BYTES_MAX or len(set(names)) != len(names):
                raise PackUnreadable("This is larger than an evidence pack may be, or names a file twice.")
            return {name: pack.read(name) for name in names}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise PackUnreadable(f"This is no zip file that could be read: {error}") from error


def _wrapped(lines: Iterable[str]) -> str:
    return "\n".join(
        textwrap.fill(line, _WIDTH, subsequent_indent=" " * 21, break_long_words=False, replace_whitespace=False)
        for line in lines
    )


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False).encode()
