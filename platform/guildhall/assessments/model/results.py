"""What answers are worth: marks by people, the graded result of an attempt, and its history."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from guildhall.assessments.lifecycle import CredentialState, ResultState
from guildhall.assessments.model.exams import FORM_ITEMS_MAX
from guildhall.assessments.model.keys import Centipoints
from guildhall.assessments.model.questions import Label, ShortId
from guildhall.kit.documents import Stored, VersionedDocument

HISTORY_MAX: Final = 50


class MarkRole(StrEnum):
    FIRST = "first"
    SECOND = "second"
    RECONCILING = "reconciling"


class Mark(VersionedDocument):
    """One marker's points for one slot of one attempt, `att_.../q7/first`. Anonymous markers never see whose it is."""

    attempt_id: str
    slot_id: ShortId
    version_id: str
    role: MarkRole
    marker_id: str
    points: dict[ShortId, Centipoints]
    """By criterion of the rubric."""
    comment: str = Field("", max_length=5_000)
    is_final: bool = False

    @property
    def centipoints(self) -> int:
        return sum(self.points.values())


class Grader(StrEnum):
    KEY = "key"
    PEOPLE = "people"
    NOBODY = "nobody"  # not answered


class SlotScore(Stored):
    """`earned` is None while somebody has to mark it; it may be negative where a penalty is set."""

    slot_id: ShortId
    version_id: str
    earned_centipoints: int | None
    worth_centipoints: Centipoints
    grader: Grader
    corrections: int = 0
    """How many corrections of the key were in force."""


class Grade(Stored):
    at_ms: int
    reason: str
    by: str
    scores: tuple[SlotScore, ...] = Field(max_length=FORM_ITEMS_MAX)
    earned_centipoints: int
    worth_centipoints: int
    percent_hundredths: int
    is_pass: bool | None
    """None while marks are missing."""


class Result(VersionedDocument):
    """Under its attempt's id. `grade` counts; `history` holds those before it, oldest first."""

    attempt_id: str
    delivery_id: str
    exam_version_id: str
    organisation_id: str
    account_id: str
    candidate_name: Label
    is_practice: bool
    state: ResultState
    grade: Grade
    history: tuple[Grade, ...] = Field((), max_length=HISTORY_MAX)
    release_at_ms: int = 0
    """When the rule releases it; 0: by hand, or not marked yet."""
    released_at_ms: int | None = None
    reason: str = Field("", max_length=500)
    """Why it is withheld."""
    credential_id: str = ""
    unsettled: bool = False
    """A mail, a credential or its end must follow."""


class Credential(VersionedDocument):
    """A pass, signed: who, what, which level, when and until when; no media, no score. `token` is the signed form."""

    result_id: str
    account_id: str
    organisation_id: str
    holder_name: Label
    title: Label
    level: str
    issued_at_ms: int
    expires_at_ms: int | None
    state: CredentialState = CredentialState.VALID
    revoked_at_ms: int | None = None
    revoked_reason: str = Field("", max_length=500)
    token: str
