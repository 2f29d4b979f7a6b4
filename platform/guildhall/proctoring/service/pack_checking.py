"""Checking an evidence pack away from the house: `python -m guildhall verify-evidence FILE [--keys FILE]`."""

import json
from pathlib import Path
from typing import TextIO

from guildhall.kit.signatures import SignatureRefused, keys_of_set
from guildhall.proctoring.rules.evidence_pack import PackUnreadable, check_pack

GOOD, BAD, UNREADABLE = 0, 1, 2


def verify_pack_file(path: Path, keys_path: Path | None, out: TextIO) -> int:
    """Say what came of it in sentences; the exit code of the command.

    `keys_path` holds what the house's `/v1/credentials/keys` answers. Without it a pack proves that nothing in it was
    changed since its own key signed it, and not whose key that is.
    """
    try:
        keys = None if keys_path is None else keys_of_set(json.loads(keys_path.read_text()))
        checked = check_pack(path.read_bytes(), keys)
    except (OSError, ValueError, PackUnreadable, SignatureRefused) as error:
        out.write(f"This cannot be read: {error}\n")
        return UNREADABLE
    if checked.faults:
        out.write("NOT AS IT WAS SIGNED.\n")
        out.writelines(f"  {fault}\n" for fault in checked.faults)
        return BAD
    files = checked.manifest["files"]
    out.write(f"AS IT WAS SIGNED: {len(files)} files of attempt {checked.manifest.get('attempt_id')}.\n")
    if not checked.is_known_key:
        out.write(f"Its key says so itself. Compare it with the house's published keys (--keys): {checked.key_id}\n")
    return GOOD
