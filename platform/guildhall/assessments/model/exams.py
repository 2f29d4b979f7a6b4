"""Exams: their plan, the published versions of it, when they are delivered and to whom."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field

from guildhall.assessments.lifecycle import PublishingState
from guildhall.assessments.model.banks import VERSIONS_MAX, Difficulty, Tags
from guildhall.assessments.model.keys import Centipoints
from guildhall.assessments.model.questions import Label, ShortId
from guildhall.kit.documents import Stored, VersionedDocument

SECTIONS_MAX: Final = 20
DRAWS_MAX: Final = 20
POOL_MAX: Final = 2_000
FORM_ITEMS_MAX: Final = 300
DURATION_SECONDS_MAX: Final = 24 * 60 * 60
PROCTORS_MAX: Final = 200
"""Of one delivery."""
ATTEMPTS_MAX: Final = 20
SIGNALS_MAX: Final = 20


class FixedItems(Stored):
    """These items, each of them."""

    kind: Literal["fixed"] = "fixed"
    item_ids: tuple[str, ...] = Field(min_length=1, max_length=FORM_ITEMS_MAX)


class Draw(Stored):
    """`count` of the bank's published items that carry all of `tags` and are of this difficulty."""

    kind: Literal["draw"] = "draw"
    bank_id: str
    count: int = Field(ge=1, le=FORM_ITEMS_MAX)
    tags: Tags = ()
    least_difficulty: Difficulty = 1
    most_difficulty: Difficulty = 5


Source = Annotated[FixedItems | Draw, Field(discriminator="kind")]


class Section(Stored):
    """An item is on a form once, whatever sources it fits: a later draw leaves out what an earlier one took."""

    id: ShortId
    title: Label
    instructions: str = Field("", max_length=5_000)
    sources: tuple[Source, ...] = Field(min_length=1, max_length=DRAWS_MAX)
    centipoints_each: Centipoints = 100
    penalty_centipoints: Centipoints = 0
    """Taken for a wrong answer to a choice, never for none; a form's total does not fall below nothing."""
    shuffles_items: bool = True
    shuffles_choices: bool = True


class ReleaseRule(StrEnum):
    AT_ONCE = "at_once"  # as soon as it is marked
    AFTER_WINDOW = "after_window"  # when the delivery has closed and it is marked
    BY_HAND = "by_hand"


class Feedback(StrEnum):
    """How much a released result tells."""

    TOTAL = "total"
    ITEMS = "items"  # points for each item, and the candidate's own answers
    KEYS = "keys"  # also what was right, and why


class Marking(Stored):
    markers: Literal[1, 2] = 1
    is_anonymous: bool = True
    tolerance_percent: int = Field(10, ge=0, le=100)
    """Two markers further apart than this, of what the item is worth, are reconciled by a third look."""


class ExamPlan(Stored):
    title: Label
    instructions: str = Field("", max_length=10_000)
    """Shown before the clock starts."""
    duration_seconds: int = Field(ge=60, le=DURATION_SECONDS_MAX)
    sections: tuple[Section, ...] = Field((), max_length=SECTIONS_MAX)
    pass_percent: int = Field(60, ge=0, le=100)
    marking: Marking = Marking()
    release: ReleaseRule = ReleaseRule.AT_ONCE
    feedback: Feedback = Feedback.ITEMS
    is_proctored: bool = False
    needs_admission: bool = False
    """A proctor lets each candidate in; only where it is proctored."""
    is_navigation_free: bool = True
    """False: forwards only, a section at a time."""
    credential_title: str = Field("", max_length=200)
    """What a pass certifies; empty: none is issued."""
    credential_level: str = Field("", max_length=80)
    credential_months: int = Field(0, ge=0, le=240)
    """How long it is good; 0: without end."""


class Exam(VersionedDocument):
    organisation_id: str
    draft: ExamPlan
    state: PublishingState = PublishingState.DRAFT
    versions: tuple[str, ...] = Field((), max_length=VERSIONS_MAX)
    is_draft_published: bool = False

    @property
    def newest_version(self) -> str | None:
        return self.versions[-1] if self.versions else None


class Pool(Stored):
    """What a source could be drawn from when the exam was published: item versions, as listed or sorted by id."""

    section_id: ShortId
    count: int = Field(ge=1, le=FORM_ITEMS_MAX)
    version_ids: tuple[str, ...] = Field(min_length=1, max_length=POOL_MAX)


class ExamVersion(VersionedDocument):
    """`exm_...@4`: immutable. Forms are drawn from `pools`, in their order, by a seed: see `rules.drawing`."""

    exam_id: str
    organisation_id: str
    plan: ExamPlan
    pools: tuple[Pool, ...] = Field(max_length=SECTIONS_MAX * DRAWS_MAX)
    published_by: str


class Delivery(VersionedDocument):
    """An exam version given to certain people within a window. A practice run counts for nothing."""

    exam_version_id: str
    organisation_id: str
    title: Label
    opens_at_ms: int
    closes_at_ms: int
    """Nobody begins after it; who is sitting keeps their time."""
    attempts_allowed: int = Field(1, ge=1, le=ATTEMPTS_MAX)
    is_practice: bool = False
    is_cancelled: bool = False


def assignment_id(delivery_id: str, account_id: str) -> str:
    return f"{delivery_id}.{account_id}"


class Assignment(VersionedDocument):
    """That a proctor supervises a delivery. Its name says who and which, so two clicks make one."""

    delivery_id: str
    organisation_id: str
    account_id: str
    name: Label
    assigned_by: str


class Accommodation(Stored):
    """What is changed for one person. It names no reason: a reviewer sees the exception, never the diagnosis."""

    extra_time_percent: int = Field(0, ge=0, le=300)
    break_seconds: int = Field(0, ge=0, le=4 * 60 * 60)
    """In all; taken whenever the candidate wants."""
    muted_signals: tuple[str, ...] = Field((), max_length=SIGNALS_MAX)
    """Of proctoring: not judged for this person."""
    note: str = Field("", max_length=500)
    """For staff."""


class Invitation(VersionedDocument):
    """One person's place in a delivery.

    `attempts` are names decided here by compare-and-set before the attempt's document is made under that name: so
    two clicks, tabs or kills never make one attempt more than is allowed.
    """

    delivery_id: str
    organisation_id: str
    email: str
    email_key: str
    name: Label
    account_id: str = ""
    """Whose verified address it is, once they have come."""
    accommodation: Accommodation = Accommodation()
    attempts: tuple[str, ...] = Field((), max_length=2 * ATTEMPTS_MAX)
    resits: tuple[str, ...] = Field((), max_length=ATTEMPTS_MAX)
    """By the key of what granted it: each is one attempt more than the delivery allows."""
    is_withdrawn: bool = False
