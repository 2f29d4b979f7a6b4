"""Question banks and their items. A published version is a document of its own that nothing ever changes."""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from guildhall.assessments.lifecycle import PublishingState
from guildhall.assessments.model.keys import AnswerKey, ItemContent
from guildhall.assessments.model.questions import Label
from guildhall.kit.documents import Stored, VersionedDocument

TAGS_MAX: Final = 20
VERSIONS_MAX: Final = 200
CORRECTIONS_MAX: Final = 20
ITEMS_OF_A_BANK_MAX: Final = 5_000

Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Tags = Annotated[tuple[Tag, ...], Field(max_length=TAGS_MAX)]
Difficulty = Annotated[int, Field(ge=1, le=5)]


class Bank(VersionedDocument):
    """Belongs to an organisation; empty: to the platform, whose administrators write it."""

    organisation_id: str
    name: Label
    description: str = Field("", max_length=2_000)
    is_archived: bool = False


class BankPicture(VersionedDocument):
    """A picture that questions of this bank may show, `bnk_.../pic_<hash of its bytes>`; the bytes are a blob."""

    bank_id: str
    blob_id: str
    content_type: Literal["image/png", "image/jpeg"]
    width_px: int
    height_px: int
    size_bytes: int

    @property
    def blob_key(self) -> str:
        return f"assessments/pictures/{self.bank_id}/{self.blob_id}"


class Item(VersionedDocument):
    """Its draft, and which versions of it were published, oldest first.

    A version is the draft's revision when it was published: so publishing is one insert under a name that repeats
    (`itm_...@7`), then one compare-and-set here, and a kill between the two leaves nothing but an unused document.
    """

    bank_id: str
    name: Label
    """For authors: candidates never see it."""
    draft: ItemContent
    tags: Tags = ()
    difficulty: Difficulty = 3
    state: PublishingState = PublishingState.DRAFT
    versions: tuple[str, ...] = Field((), max_length=VERSIONS_MAX)
    is_draft_published: bool = False
    """The newest version is the draft as it stands."""

    @property
    def newest_version(self) -> str | None:
        return self.versions[-1] if self.versions else None


class KeyCorrection(Stored):
    """The version's question stays; what is right about it was wrong."""

    at_ms: int
    by: str
    reason: Label
    key: AnswerKey


class ItemVersion(VersionedDocument):
    """`itm_...@7`: immutable but for corrections of its key, which are appended and never replaced."""

    item_id: str
    bank_id: str
    content: ItemContent
    tags: Tags
    difficulty: Difficulty
    published_by: str
    corrections: tuple[KeyCorrection, ...] = Field((), max_length=CORRECTIONS_MAX)
    is_regrade_due: bool = False
    """A correction was appended, and a follower has yet to grade again what was answered."""

    @property
    def key(self) -> AnswerKey:
        """The one that counts now."""
        return self.corrections[-1].key if self.corrections else self.content.key
