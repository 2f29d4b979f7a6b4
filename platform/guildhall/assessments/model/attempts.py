"""An attempt: the form one person was drawn, its clock, and the log of answers that is the truth of it.

The log is a numbered stream named by the attempt, hash-chained entry to entry. A closing entry ends it: an answer that
comes after one is refused by the same append that would have stored it, so whatever was receipted lies before the end.
"""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field

from guildhall.assessments.lifecycle import AttemptState
from guildhall.assessments.model.exams import FORM_ITEMS_MAX, Accommodation
from guildhall.assessments.model.keys import Centipoints
from guildhall.assessments.model.questions import Label, ShortId
from guildhall.assessments.model.responses import Response
from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.kit.tokens import Claims

SUSPENSIONS_MAX: Final = 500
EXTENSIONS_MAX: Final = 100
MOVES_MAX: Final = 1_000
LATE_DELETIONS_MAX: Final = 20
CLIENT_KEY_MAX: Final = 64


class Slot(Stored):
    """One place of a form: which item version stands there, in which order its parts are shown, what it is worth."""

    id: ShortId
    section_id: ShortId
    version_id: str
    order: tuple[ShortId, ...] = ()
    """Of choices, parts or the right side, where they are shuffled; empty: as written."""
    centipoints: Centipoints
    penalty_centipoints: Centipoints = 0


class Form(Stored):
    seed: str
    slots: tuple[Slot, ...] = Field(max_length=FORM_ITEMS_MAX)


class SuspensionKind(StrEnum):
    OUTAGE = "outage"  # ours
    PAUSE = "pause"  # a proctor's
    BREAK = "break"  # the candidate's, approved


REOPENED = "reopened-"


class Suspension(Stored):
    """A stretch in which the clock stood; `ended_at_ms` is None while it still stands.

    Suspensions may overlap: what is given back is the length of their union. `key` makes the same outage count once.
    """

    key: str
    kind: SuspensionKind
    began_at_ms: int
    ended_at_ms: int | None = None
    by: str = ""
    reason: str = Field("", max_length=500)

    @property
    def is_reopening(self) -> bool:
        """The time between the end and being opened again, which is kept as a pause with a key of its own."""
        return self.key.startswith(REOPENED)


class Extension(Stored):
    """Time given by hand, on top."""

    at_ms: int
    extra_ms: int = Field(ge=1, le=24 * 60 * 60 * 1000)
    by: str
    reason: str = Field("", max_length=500)


class AttemptClock(Stored):
    """All that decides how much time is left; `rules.clock` reads it. `budget_ms` includes extra time."""

    budget_ms: int = Field(ge=0)
    break_budget_ms: int = 0
    started_at_ms: int | None = None
    suspensions: tuple[Suspension, ...] = Field((), max_length=SUSPENSIONS_MAX)
    extensions: tuple[Extension, ...] = Field((), max_length=EXTENSIONS_MAX)


class AttemptMove(Stored):
    at_ms: int
    event: str
    state: AttemptState
    by: str
    reason: str = Field("", max_length=500)
    key: str = ""
    """Of who asked for it: the same turn asked for again under it changes nothing."""


class PendingTurn(Stored):
    """A turn whose entry belongs into the log, written here first: a job finishes it for whoever is killed in between.

    Until it is carried out the attempt takes no other turn.
    """

    event: Literal["submit", "end", "expire", "void", "reopen"]
    at_ms: int
    by: str
    reason: str = Field("", max_length=500)
    extra_ms: int = 0
    """Time that is given with a reopening."""
    key: str = ""


class LateDeletion(Stored):
    """Answers that came after the end are deleted: decided first, done then."""

    at_ms: int
    by: str
    reason: str = Field(max_length=500)
    count: int
    is_done: bool = False


class Attempt(VersionedDocument):
    """`due_at_ms` is when the timer has to look at it (the deadline, or the end of a break's budget); 0: never."""

    invitation_id: str
    delivery_id: str
    exam_version_id: str
    organisation_id: str
    account_id: str
    candidate_name: Label
    exam_title: Label
    number: int = Field(ge=1)
    """Which of their attempts."""
    is_practice: bool = False
    is_proctored: bool = False
    needs_admission: bool = False
    closes_at_ms: int
    accommodation: Accommodation = Accommodation()
    form: Form
    state: AttemptState = AttemptState.CREATED
    state_since_ms: int
    due_at_ms: int = 0
    clock: AttemptClock
    pending: PendingTurn | None = None
    epoch: int = 0
    """Raised by each page that takes the seat; an older page is told that it was taken over."""
    page_id: Annotated[str, Field(max_length=40)] = ""
    """Which page holds it, as it named itself."""
    seen_at_ms: int = 0
    """When a page last took the seat."""
    history: tuple[AttemptMove, ...] = Field((), max_length=MOVES_MAX)
    head: int = 0
    """Of the answer log when it was closed, and its hash: what the candidate's receipt says."""
    head_hash: str = ""
    over_at_ms: int | None = None
    late_due_at_ms: int = 0
    """When the answers that came after the end are deleted, unless somebody does so before; 0: there are none."""
    late_deletions: tuple[LateDeletion, ...] = Field((), max_length=LATE_DELETIONS_MAX)
    """The newest of them; the audit log has all."""
    unsettled: bool = False
    """Over, and not graded yet: a follower has to."""


class EntryKind(StrEnum):
    ANSWER = "answer"
    LEFT = "left"  # a section, for good
    CLOSED = "closed"
    REOPENED = "reopened"


class SectionStanding(StrEnum):
    """Of a section, as its candidate sees it; where one may go back and forth, all of them are open."""

    OPEN = "open"
    LEFT = "left"
    LATER = "later"


class Answer(Stored):
    """One answer as it was sent. `based_on` is the number of the slot's entry it was written over; 0: none."""

    slot_id: ShortId
    response: Response | None
    """None: taken back."""
    flagged: bool = False
    """The candidate wants to look at it again."""
    based_on: int = 0
    client_at_ms: int
    spent_ms: int | None = None
    """How long the question stood on the screen since its page's last answer to it, as the page says; None: unsaid.

    For how long questions take, over many; nothing is ever held against one person for it.
    """


class AnswerEntry(Stored):
    """One entry of an attempt's log.

    `in_force` is False for an answer written over one that its page had not seen (another device's): it is kept, and
    the candidate is asked.
    """

    number: int
    key: str
    at_ms: int
    kind: EntryKind
    answer: Answer | None = None
    in_force: bool = True
    epoch: int = 0
    by: str = ""
    section_id: str = ""
    """The section that was left."""
    prev_hash: str
    hash: str


class Receipt(Stored):
    """What the server says once an answer is on disk, and never before."""

    number: int
    hash: str
    at_ms: int
    in_force: bool = True


class StoredFile(Stored):
    """What a candidate put up to answer with; its bytes are a blob. Id `<attempt>/<sha256>`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str = Field(alias="_id")
    attempt_id: str
    sha256: str
    name: str = Field(max_length=200)
    content_type: str
    size_bytes: int
    at_ms: int


class Outage(Stored):
    """A stretch in which nobody could be served, found by the gap between heartbeats; id `out_<began_at_ms>`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str = Field(alias="_id")
    began_at_ms: int
    ended_at_ms: int
    settled: bool = False
    """Every attempt that was running has been given its time back."""


EXAM_AUDIENCE: Final = "guildhall/exam"
ClientKey = Annotated[str, Field(min_length=1, max_length=CLIENT_KEY_MAX, pattern=r"^[A-Za-z0-9_-]+$")]


class ExamClaims(Claims):
    """What the exam socket's token says."""

    attempt_id: str
    account_id: str
    session_id: str = ""  # the sign-in behind it
    purpose: Literal["sit"] = "sit"
