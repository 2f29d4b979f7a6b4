"""Documents: one narrow port, SQLite by default, MongoDB in production. Read `port.py` first."""

from guildhall.kit.storage.port import (
    Change,
    Collection,
    Document,
    DocumentRefused,
    Duplicate,
    IndexConflict,
    Query,
    Schema,
    Storage,
    StorageError,
    StorageUnavailable,
    among,
    gt,
    gte,
    lt,
    lte,
)
from guildhall.kit.storage.settings import StorageSettings
from guildhall.kit.storage.waiting import until_it_answers

__all__ = [
    "Change",
    "Collection",
    "Document",
    "DocumentRefused",
    "Duplicate",
    "IndexConflict",
    "Query",
    "Schema",
    "Storage",
    "StorageError",
    "StorageSettings",
    "StorageUnavailable",
    "among",
    "gt",
    "gte",
    "lt",
    "lte",
    "open_storage",
    "until_it_answers",
]


def open_storage(settings: StorageSettings) -> Storage:
    """The adapter the settings ask for, not yet started."""
    if settings.mongo_url is not None:
        from guildhall.kit.storage.mongo import MongoStorage

        return MongoStorage(settings.mongo_url, settings.mongo_database, settings.mongo_driver)
    from guildhall.kit.storage.sqlite import SqliteStorage

    return SqliteStorage(settings.sqlite_path)
