"""What crosses HTTP about attempts: a candidate's doors, and what staff sees of those who sit."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.assessments.lifecycle import AttemptState
from guildhall.assessments.messages.sitting import ActionShown, AnswerShown, ClockShown, ReceiptShown

Id = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
EXTRA_SECONDS_MAX = 24 * 60 * 60


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AttemptWanted(_Shape):
    invitation_id: Id


class ExamDoor(_Shape):
    """Where to go. The tokens travel in the fragment, which no server log ever sees."""

    url: str
    attempt_id: str
    exam_token: str


class AttemptListed(_Shape):
    """One attempt as its candidate sees it from outside."""

    id: str
    exam_title: str
    number: int
    is_practice: bool
    state: AttemptState
    state_since_ms: int
    left_ms: int
    started_at_ms: int | None
    over_at_ms: int | None
    receipt: ReceiptShown | None


class InvitationListed(_Shape):
    """One exam that a candidate may sit; `reason` says why not, where they may not begin now."""

    id: str
    delivery_id: str
    title: str
    opens_at_ms: int
    closes_at_ms: int
    is_practice: bool
    attempts_allowed: int
    extra_time_percent: int
    break_seconds: int
    may_begin: bool
    reason: str
    attempts: tuple[AttemptListed, ...]


class MyExams(_Shape):
    server_time_ms: int
    invitations: tuple[InvitationListed, ...]
    others: tuple[AttemptListed, ...]
    """Attempts without an invitation, such as those of the demo."""


class FileTaken(_Shape):
    """A file is stored; the answer that names it by these members comes next."""

    file_id: str
    name: str
    content_type: str
    size_bytes: int
    sha256: str


# --- staff


class AttemptWatched(_Shape):
    """One row of the live list."""

    id: str
    candidate_name: str
    number: int
    is_practice: bool
    state: AttemptState
    state_since_ms: int
    left_ms: int
    deadline_ms: int | None
    answered: int
    questions: int
    late_answers: int
    last_answer_at_ms: int
    seen_at_ms: int
    """When a page last connected, or an answer last came."""
    actions: tuple[ActionShown, ...]


class AttemptsWatched(_Shape):
    server_time_ms: int
    attempts: tuple[AttemptWatched, ...]
    next_after: str | None


class MoveShown(_Shape):
    at_ms: int
    event: str
    state: AttemptState
    by: str
    reason: str


class LateAnswer(_Shape):
    """One that came after the end: kept apart until somebody decides."""

    key: str
    at_ms: int
    client_at_ms: int
    answer: AnswerShown


class LateDeleted(_Shape):
    at_ms: int
    by: str
    reason: str
    count: int


class AttemptSupervised(_Shape):
    """Everything staff sees of one attempt: who did what with it, and its time."""

    attempt: AttemptWatched
    clock: ClockShown
    history: tuple[MoveShown, ...]
    late_answers: tuple[LateAnswer, ...]
    late_kept_until_ms: int | None
    """When they are deleted, unless somebody does so before."""
    late_deletions: tuple[LateDeleted, ...]
    receipt: ReceiptShown | None


class WithReason(_Shape):
    """For staff's verbs: the candidate and the log are told why."""

    reason: Reason


class Extended(_Shape):
    reason: Reason
    extra_seconds: int = Field(ge=1, le=EXTRA_SECONDS_MAX)


class Reopened(_Shape):
    reason: Reason
    extra_seconds: int = Field(0, ge=0, le=EXTRA_SECONDS_MAX)


class LateAdmitted(_Shape):
    """Late answers that are taken into a log that was reopened, by their keys."""

    reason: Reason
    keys: list[Annotated[str, Field(max_length=64)]] = Field(min_length=1, max_length=300)
