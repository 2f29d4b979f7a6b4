"""What answers are worth: marks by people, the graded result of an attempt, and its history."""

from enum import StrEnum
from typing import Any, Final

from pydantic import Field

from guildhall.assessments.lifecycle import CredentialState, ResultState
from guildhall.assessments.model.exams import FORM_ITEMS_MAX
from guildhall.assessments.model.keys import Centipoints
from guildhall.assessments.model.questions import Label, ShortId
from guildhall.kit.documents import Stored, VersionedDocument

HISTORY_MAX: Final = 50
REOPENINGS_MAX: Final = 20
FOLLOW_UPS_MAX: Final = 40
"""Of one result, undone: above it changes are refused until they are carried out (REFUSE_NEWEST)."""


class MarkRole(StrEnum):
    FIRST = "first"
    SECOND = "second"
    RECONCILING = "reconciling"


class Reopening(Stored):
    """A final mark that was opened again: why, by whom, and what it had been."""

    at_ms: int
    by: str
    reason: Label
    points: dict[ShortId, Centipoints]


class Mark(VersionedDocument):
    """One marker's points for one slot of one attempt, `att_.../q7/first`; made with the result, before anybody marks.

    `alias` is its name on the wire: it says nothing of the attempt, so that anonymous markers never see whose it is.
    """

    alias: str
    attempt_id: str
    delivery_id: str
    organisation_id: str
    slot_id: ShortId
    version_id: str
    role: MarkRole
    candidate_id: str
    """The account, so that nobody is given their own; never shown."""
    answer_number: int
    """Of the entry in the attempt's log that is marked."""
    marker_id: str = ""
    """Who has claimed it; empty: nobody yet."""
    claimed_until_ms: int = 0
    """Afterwards somebody else may take it; each autosave moves it on."""
    points: dict[ShortId, Centipoints] = Field(default_factory=dict)
    """By criterion of the rubric."""
    comment: str = Field("", max_length=5_000)
    is_final: bool = False
    reopenings: tuple[Reopening, ...] = Field((), max_length=REOPENINGS_MAX)
    unsettled: bool = False
    """It became final, and the result has not taken it in yet."""

    @property
    def centipoints(self) -> int:
        return sum(self.points.values())

    @property
    def label(self) -> str:
        """What its marker calls it: another for each question, so that one answer does not colour the next."""
        return f"Answer {self.alias[-4:].upper()}"


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
    is_unreadable: bool = False
    """A number was asked for, and what was written is none: wrong, and told as such."""


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


class HeldFor(StrEnum):
    """What a result waits for before it may be released, whatever its exam's rule says."""

    NOTHING = ""
    FLAGS = "flags"  # whether anything was flagged is not known yet
    REVIEW = "review"  # something was, and people look at it


class FollowUpKind(StrEnum):
    TELL_CANDIDATE = "tell_candidate"  # details: what happened, as `release.Told`
    ISSUE_CREDENTIAL = "issue_credential"  # details: credential_id
    REVOKE_CREDENTIAL = "revoke_credential"  # details: credential_id, reason
    AUDIT = "audit"  # details: actor, action, and what is told of it


class FollowUp(Stored):
    """Decided in the result's own compare-and-set, and perhaps not yet done. Doing it twice does no harm."""

    key: str
    kind: FollowUpKind
    at_ms: int
    details: dict[str, Any] = Field(default_factory=dict)


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
    decided_by: str = ""
    """Who released or withheld it last: an account, or `system:grading` by the exam's rule. Empty in older results."""
    reason: str = Field("", max_length=500)
    """Why it is withheld."""
    held_for: HeldFor = HeldFor.NOTHING
    """Only proctoring sets and lifts it, by `service/holding.py`; withholding is a decision of people, and another."""
    held_over_at_ms: int = 0
    """The end of the attempt up to which it was held for flags: one that is opened again ends again."""
    held_by: str = ""
    """The review that holds it."""
    is_sat_again: bool = False
    """Its attempt was opened again and goes on: held until that ends, whatever else holds it."""
    sat_again_from: int = 0
    """How many moves its attempt had with its newest reopening that is taken in here."""
    credential_id: str = ""
    """Decided with the release, before the credential is made under that name."""
    follow_ups: tuple[FollowUp, ...] = Field((), max_length=FOLLOW_UPS_MAX)
    unsettled: bool = False
    """There are follow-ups: a mail, a credential or its end, an audit entry."""


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


class VerificationKey(VersionedDocument):
    """The public half of a key that has signed here, under its key id: kept when the house's secret is rotated."""

    public_key: str
    """Raw Ed25519, base64url without padding, as `x` of RFC 8037."""
