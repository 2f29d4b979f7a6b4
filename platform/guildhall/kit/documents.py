"""What stored documents are made of: frozen models, and those with a revision to compare and set. Pure."""

from pydantic import BaseModel, ConfigDict, Field


class Stored(BaseModel):
    """A part of a document, read back as strictly as it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class VersionedDocument(Stored):
    """A document with a revision for compare-and-set; `kit.storage.versioned.Documents` keeps them."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str = Field(alias="_id")
    rev: int = 1
    created_at_ms: int
    updated_at_ms: int = 0
