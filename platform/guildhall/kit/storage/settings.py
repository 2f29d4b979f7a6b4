from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class StorageSettings(BaseModel):
    """Where documents live: a SQLite file, or MongoDB as soon as `mongo_url` is set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sqlite_path: Path = Field(Path("var/guildhall.sqlite3"), description="made with its folder when missing")
    mongo_url: str | None = Field(None, repr=False, description="mongodb://... ; may hold a password, so never shown")
    mongo_database: str = Field("guildhall", min_length=1, max_length=63, pattern=r"^[A-Za-z0-9_-]+$")
    mongo_driver: Literal["motor", "pymongo"] = Field("motor", description="pymongo: motor's successor, same behaviour")
