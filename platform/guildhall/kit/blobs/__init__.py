"""Blobs: bytes under a key, in a folder by default, in GridFS with MongoDB."""

from guildhall.kit.blobs.port import Blob, BlobStore
from guildhall.kit.blobs.settings import BlobSettings
from guildhall.kit.storage.settings import StorageSettings

__all__ = ["Blob", "BlobSettings", "BlobStore", "open_blobs"]


def open_blobs(settings: BlobSettings, storage: StorageSettings) -> BlobStore:
    """The store that goes with the database, not yet started."""
    if storage.mongo_url is not None:
        from guildhall.kit.blobs.gridfs import GridFsBlobs

        return GridFsBlobs(storage.mongo_url, storage.mongo_database, storage.mongo_driver)
    from guildhall.kit.blobs.folder import FolderBlobs

    return FolderBlobs(settings.folder)
