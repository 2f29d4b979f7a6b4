"""Where towns keep what they have: a folder, and a database of its own on a MongoDB server where there is one."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pymongo import MongoClient

from guildhall.config import Config
from tests.guildhall.opportunities.market import market_config


@dataclass(frozen=True, slots=True)
class Place:
    """`mongo_url` is empty where the documents are in the folder, too."""

    folder: Path
    mongo_url: str = ""
    database: str = ""

    def config(self) -> Config:
        return market_config(self.folder, self.mongo_url, self.database)


@contextmanager
def a_place(mongo_url: str = "") -> Iterator[Place]:
    """A new one, which is gone afterwards."""
    with TemporaryDirectory(prefix="guildhall-town-") as folder:
        place = Place(Path(folder), mongo_url, f"guildhall_town_{uuid.uuid4().hex[:12]}" if mongo_url else "")
        try:
            yield place
        finally:
            if mongo_url:
                with MongoClient[dict[str, Any]](mongo_url) as client:
                    client.drop_database(place.database)


def copy(old: Place, new: Place) -> None:
    """Files, documents and indexes; nobody may be using either."""
    shutil.copytree(old.folder, new.folder, dirs_exist_ok=True)
    if not old.mongo_url:
        return
    with MongoClient[dict[str, Any]](old.mongo_url) as client:
        before, after = client[old.database], client[new.database]
        for name in before.list_collection_names():
            for index, about in before[name].index_information().items():
                if index != "_id_":
                    after[name].create_index(about["key"], name=index, unique=about.get("unique", False))
            if documents := list(before[name].find()):
                after[name].insert_many(documents)


def keep(place: Place, kept: Path) -> str:
    """A copy of the files for whoever looks into a fault, and where everything is."""
    shutil.copytree(place.folder, kept, dirs_exist_ok=True)
    return f"the town is kept in {kept}" + (f", its database was {place.database}" if place.database else "")
