"""What every blob store must do alike: the folder, and GridFS by either driver on every server there is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from guildhall.kit.blobs import Blob, BlobSettings, BlobStore, open_blobs
from guildhall.kit.storage import DocumentRefused, StorageSettings


@pytest.fixture
async def blobs(storage_settings: StorageSettings, tmp_path: Path) -> AsyncIterator[BlobStore]:
    store = open_blobs(BlobSettings(folder=tmp_path / "some/blobs"), storage_settings)
    await store.start()
    yield store
    await store.close()


@pytest.mark.parametrize("size", [0, 1, 255 * 1024, 700_001])
async def test_bytes_come_back_as_they_went_in(blobs: BlobStore, size: int) -> None:
    body = bytes(number % 251 for number in range(size))
    await blobs.put("evidence/ses_1/1.jpg", body, "image/jpeg")
    assert await blobs.get("evidence/ses_1/1.jpg") == Blob(body, "image/jpeg")


async def test_a_blob_that_was_never_put_is_none(blobs: BlobStore) -> None:
    assert await blobs.get("nobody") is None
    assert await blobs.delete("nobody") is False


async def test_a_second_put_replaces_the_first(blobs: BlobStore) -> None:
    await blobs.put("key", b"first", "text/plain")
    await blobs.put("key", b"second\nline", "image/png")
    assert await blobs.get("key") == Blob(b"second\nline", "image/png")
    assert await blobs.delete("key") is True
    assert await blobs.get("key") is None


async def test_keys_are_names_and_never_paths(blobs: BlobStore) -> None:
    keys = ["../../escaped", "/escaped", "a/b", "a", ".", "ä b\n", "x" * 512]
    for key in keys:
        await blobs.put(key, key.encode(), "text/plain")
    assert [await blobs.get(key) for key in keys] == [Blob(key.encode(), "text/plain") for key in keys]


async def test_a_reader_sees_a_whole_blob_while_others_replace_it(blobs: BlobStore) -> None:
    bodies = [bytes([number]) * 300_000 for number in range(6)]
    await blobs.put("key", bodies[0], "image/jpeg")

    async def read() -> Blob | None:
        return await blobs.get("key")

    reads, _ = await asyncio.gather(
        asyncio.gather(*(read() for _ in range(12))),
        asyncio.gather(*(blobs.put("key", body, "image/jpeg") for body in bodies)),
    )
    assert all(blob is not None and blob.body in bodies for blob in reads)
    last = await blobs.get("key")
    assert last is not None
    assert last.body in bodies


@pytest.mark.parametrize(
    ("key", "content_type"),
    [("", "text/plain"), ("x" * 513, "text/plain"), ("\ud800", "text/plain"), ("key", "text\n")],
)
async def test_what_has_no_name_or_kind_is_refused(blobs: BlobStore, key: str, content_type: str) -> None:
    with pytest.raises(DocumentRefused):
        await blobs.put(key, b"", content_type)
