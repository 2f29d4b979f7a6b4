from pathlib import Path

import pytest
from pydantic import ValidationError

from guildhall.kit.storage import StorageSettings, open_storage
from guildhall.kit.storage.mongo import MongoStorage
from guildhall.kit.storage.sqlite import SqliteStorage


def test_a_mongo_url_chooses_mongodb_and_none_chooses_sqlite(tmp_path: Path) -> None:
    assert isinstance(open_storage(StorageSettings(sqlite_path=tmp_path / "file")), SqliteStorage)
    assert isinstance(open_storage(StorageSettings(mongo_url="mongodb://db.example/")), MongoStorage)


def test_the_url_and_its_password_are_never_shown() -> None:
    assert "secret" not in repr(StorageSettings(mongo_url="mongodb://user:secret@db.example/"))


@pytest.mark.parametrize("wrong", [{"mongo_driver": "other"}, {"mongo_database": "a/b"}, {"sqlite": "file"}])
def test_what_is_no_setting_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        StorageSettings.model_validate(wrong)
