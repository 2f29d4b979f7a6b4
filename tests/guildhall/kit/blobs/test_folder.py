import os
from pathlib import Path

import pytest

from guildhall.kit.blobs.folder import FolderBlobs
from guildhall.kit.storage import StorageUnavailable


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_no_key_leaves_the_folder(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "deep/blobs")
    await blobs.start()
    for key in ("../../escaped", "/escaped", "..", "a\\b"):
        await blobs.put(key, b"x", "text/plain")
    assert len(files_of(tmp_path)) == len(files_of(tmp_path / "deep/blobs")) == 4


async def test_a_write_that_fails_leaves_the_old_blob_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(tmp_path)
    await blobs.start()
    await blobs.put("key", b"old", "text/plain")

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full_disk:
        full_disk.setattr(os, "fsync", fail)
        with pytest.raises(StorageUnavailable, match="No space left"):
            await blobs.put("key", b"new", "text/plain")
    kept = await blobs.get("key")
    assert kept is not None
    assert kept.body == b"old"
    assert len(files_of(tmp_path)) == 1


async def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageUnavailable):
        await FolderBlobs(tmp_path / "file/blobs").start()
