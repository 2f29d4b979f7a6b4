"""What authors send and get: here keys travel, so nothing of this file is ever answered to a candidate."""

from typing import Annotated, Literal

from pydantic import Field

from guildhall.assessments.lifecycle import PublishingState
from guildhall.assessments.messages.shape import Shape
from guildhall.assessments.messages.sitting import ActionShown, SectionShown, SlotShown
from guildhall.assessments.model.banks import Bank, Difficulty, KeyCorrection, Tag, Tags
from guildhall.assessments.model.exams import Exam, ExamPlan, ExamVersion, Pool
from guildhall.assessments.model.keys import Flaw, ItemContent
from guildhall.assessments.model.questions import ItemKind, Label
from guildhall.kit.http import PageQuery

OrganisationId = Annotated[str, Field(max_length=64)]


class BankWanted(Shape):
    """`organisation_id` is empty for the platform's own banks, which administrators write."""

    organisation_id: OrganisationId = ""
    name: Label
    description: str = Field("", max_length=2_000)


class BankEdited(Shape):
    name: Label
    description: str = Field("", max_length=2_000)
    is_archived: bool = False


class BankShown(Shape):
    bank_id: str
    organisation_id: str
    name: str
    description: str
    is_archived: bool
    items: dict[PublishingState, int]
    """How many of its items are in each state."""
    rev: int
    updated_at_ms: int


class TagCounted(Shape):
    tag: str
    items: int


class TagsListed(Shape):
    items: list[TagCounted]


class ItemWanted(Shape):
    name: Label
    content: ItemContent
    tags: Tags = ()
    difficulty: Difficulty = 3


class ItemShown(Shape):
    """All of an item; `flaws` say what keeps it from being published, `actions` what may be done with it now."""

    item_id: str
    bank_id: str
    name: str
    content: ItemContent
    tags: tuple[str, ...]
    difficulty: int
    state: PublishingState
    versions: tuple[str, ...]
    is_draft_published: bool
    flaws: tuple[Flaw, ...]
    actions: tuple[ActionShown, ...]
    rev: int
    updated_at_ms: int


class ItemListed(Shape):
    item_id: str
    name: str
    kind: ItemKind
    prompt: str
    """Its beginning."""
    tags: tuple[str, ...]
    difficulty: int
    state: PublishingState
    versions: int
    is_draft_published: bool
    updated_at_ms: int


class ItemQuery(PageQuery):
    """`tag` may be repeated: an item carries all of them. `text` is sought in names, questions, parts and tags."""

    tag: tuple[Tag, ...] = ()
    kind: ItemKind | None = None
    state: PublishingState | None = None
    least_difficulty: Difficulty = 1
    most_difficulty: Difficulty = 5
    text: Annotated[str, Field(max_length=200)] = ""


class FlawsFound(Shape):
    flaws: tuple[Flaw, ...]


class Difference(Shape):
    """One field that differs from the version before; None where it was not there, or is not any more."""

    path: str
    before: str | None
    after: str | None


class ItemVersionShown(Shape):
    version_id: str
    published_at_ms: int
    published_by: str
    content: ItemContent
    tags: tuple[str, ...]
    difficulty: int
    corrections: tuple[KeyCorrection, ...]
    differences: tuple[Difference, ...]


class ItemVersionsListed(Shape):
    """The newest first."""

    items: list[ItemVersionShown]


class PictureShown(Shape):
    """What was put up, ready to be written into a question: all that is missing is what it shows (`alt`)."""

    blob_id: str
    content_type: Literal["image/png", "image/jpeg"]
    width_px: int
    height_px: int
    size_bytes: int


class ExamWanted(Shape):
    organisation_id: OrganisationId = ""
    plan: ExamPlan


class ExamEdited(Shape):
    plan: ExamPlan


class SourceMatched(Shape):
    """How many published items a source finds now."""

    path: str
    count: int
    found: int


class ExamChecked(Shape):
    flaws: tuple[Flaw, ...]
    sources: tuple[SourceMatched, ...]


class ExamShown(Shape):
    exam_id: str
    organisation_id: str
    plan: ExamPlan
    state: PublishingState
    versions: tuple[str, ...]
    is_draft_published: bool
    flaws: tuple[Flaw, ...]
    sources: tuple[SourceMatched, ...]
    actions: tuple[ActionShown, ...]
    rev: int
    updated_at_ms: int


class ExamListed(Shape):
    exam_id: str
    organisation_id: str
    title: str
    state: PublishingState
    newest_version: str | None
    is_draft_published: bool
    is_proctored: bool
    duration_seconds: int
    updated_at_ms: int


class ExamVersionShown(Shape):
    version_id: str
    published_at_ms: int
    published_by: str
    plan: ExamPlan
    pools: tuple[Pool, ...]


class ExamVersionsListed(Shape):
    """The newest first."""

    items: list[ExamVersionShown]


class PreviewWanted(Shape):
    """The same seed shows the same form; none: a new one is drawn."""

    seed: Annotated[str, Field(max_length=64)] = ""


class PreviewShown(Shape):
    """A form as a candidate would see it: no keys, no names of items."""

    seed: str
    title: str
    instructions: str
    duration_seconds: int
    is_navigation_free: bool
    sections: tuple[SectionShown, ...]
    slots: tuple[SlotShown, ...]


def show_bank(bank: Bank, items: dict[PublishingState, int]) -> BankShown:
    return BankShown(
        bank_id=bank.id,
        organisation_id=bank.organisation_id,
        name=bank.name,
        description=bank.description,
        is_archived=bank.is_archived,
        items=items,
        rev=bank.rev,
        updated_at_ms=bank.updated_at_ms or bank.created_at_ms,
    )


def list_exam(exam: Exam) -> ExamListed:
    return ExamListed(
        exam_id=exam.id,
        organisation_id=exam.organisation_id,
        title=exam.draft.title,
        state=exam.state,
        newest_version=exam.newest_version,
        is_draft_published=exam.is_draft_published,
        is_proctored=exam.draft.is_proctored,
        duration_seconds=exam.draft.duration_seconds,
        updated_at_ms=exam.updated_at_ms or exam.created_at_ms,
    )


def show_exam_version(version: ExamVersion) -> ExamVersionShown:
    return ExamVersionShown(
        version_id=version.id,
        published_at_ms=version.created_at_ms,
        published_by=version.published_by,
        plan=version.plan,
        pools=version.pools,
    )
