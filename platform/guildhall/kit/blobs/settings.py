from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class BlobSettings(BaseModel):
    """Where blobs live without MongoDB; with it they live in its GridFS."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path = Field(Path("var/blobs"), description="made when missing")
