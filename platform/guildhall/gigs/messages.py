"""Gigs on the wire."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.gigs.model.contracts import Division, Score, WorkFile
from guildhall.gigs.model.terms import MILESTONES_MAX, Amount, Line, WorkTerms
from guildhall.gigs.model.weeks import Memo

_NO_NUL = r"^[^\x00]*$"
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=_NO_NUL)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2_000, pattern=_NO_NUL)]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Minor = Annotated[int, Field(ge=0, le=10**13)]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --- what is asked for


class ContractAction(StrEnum):
    BEGIN = "begin"
    VOID = "void"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    PROPOSE_TERMINATION = "propose_termination"
    DROP_TERMINATION = "drop_termination"
    TERMINATE = "terminate"


class ContractActed(Shape):
    """`words` say why; the other side reads them, so most actions need them."""

    action: ContractAction
    words: Words = ""


class MilestoneWanted(Shape):
    title: Line
    minor: Amount


class MilestoneAction(StrEnum):
    ACCEPT = "accept"
    CANCEL = "cancel"
    FUND = "fund"
    START = "start"
    SUBMIT = "submit"
    REQUEST_CHANGES = "request_changes"
    GRANT_REVISION = "grant_revision"
    APPROVE = "approve"
    GIVE_BACK = "give_back"


class MilestoneActed(Shape):
    """`words`: the note of what is handed in, the changes that are asked for, or why it is given back."""

    action: MilestoneAction
    words: Words = ""


class FileNamed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: FileName


class DisputeWanted(Shape):
    milestone: str = Field(min_length=2, max_length=8)
    agent_minor: Minor
    """How much of its pay the agent should have; the rest goes back to the client."""
    reason: Reason


class DisputeAction(StrEnum):
    CONCEDE = "concede"
    SAY = "say"
    PROPOSE = "propose"
    ACCEPT = "accept"
    ESCALATE = "escalate"
    DECIDE = "decide"
    CONFIRM = "confirm"
    OVERRULE = "overrule"
    ACCEPT_DECISION = "accept_decision"
    APPEAL = "appeal"
    WITHDRAW = "withdraw"


class DisputeActed(Shape):
    """`agent_minor` divides the pay where it is proposed or decided; `words` are what is said."""

    action: DisputeAction
    agent_minor: Minor | None = None
    words: Words = ""


class ReviewWanted(Shape):
    scores: Annotated[dict[str, Score], Field(max_length=6)]
    words: Reason


class ReplyWanted(Shape):
    words: Reason


class HoursWanted(Shape):
    started_at_ms: int = Field(ge=0, le=4_102_444_800_000)
    minutes: int = Field(ge=1, le=24 * 60)
    memo: Memo


class WeekAction(StrEnum):
    SUBMIT = "submit"
    QUERY = "query"
    APPROVE = "approve"


class WeekActed(Shape):
    """`words`: what the client asks about."""

    action: WeekAction
    words: Words = ""


# --- what is shown


class ActionShown(Shape):
    """`reason` and `next_actor` say why not, and who acts first."""

    action: str
    allowed: bool
    reason: str | None
    next_actor: str | None


class NextShown(Shape):
    """The one sentence to read: who acts next, what that is, until when, and what happens then."""

    actor: str
    says: str
    by_ms: int | None
    then: str


class DeliverableShown(Shape):
    version: int
    note: str
    files: list[WorkFile]
    at_ms: int
    previous_sha256: str
    sha256: str


class RequestShown(Shape):
    version: int
    words: str
    at_ms: int


class PayShown(Shape):
    """What is held, and the exact lines of what was released, or would be if all of it were."""

    account: str
    """Of the ledger, whose lines both sides may read; empty before anything was held."""
    held_minor: int
    frozen_minor: int
    """Of what is held, stopped by a dispute."""
    fee_minor: int
    """What this house keeps of it."""
    agent_minor: int


class MilestoneShown(Shape):
    key: str
    title: str
    minor: int
    state: str
    revisions_left: int
    draft: list[WorkFile]
    deliverables: list[DeliverableShown]
    requests: list[RequestShown]
    auto_at_ms: int | None
    clock_left_ms: int | None
    """What is left on a clock that a dispute has stopped."""
    division: Division | None
    refusal: str
    """Why its pay could not be held when that was last tried; empty after it was."""
    pay: PayShown | None
    """Where it goes through this house."""
    next: NextShown
    allowed_actions: list[ActionShown]


class StatementShown(Shape):
    by: str
    words: str
    at_ms: int


class ProposalShown(Shape):
    by: str
    division: Division
    words: str
    at_ms: int
    accepted_by: list[str]


class DecisionShown(Shape):
    division: Division
    words: str
    at_ms: int
    accepted_by: list[str]
    is_mine: bool
    """Of the staff: proposed by whoever looks."""


class DisputeShown(Shape):
    dispute_id: str
    milestone: str
    opened_by: str
    reason: str
    claim: Division
    state: str
    at_ms: int
    statements: list[StatementShown]
    proposals: list[ProposalShown]
    decision: DecisionShown | None
    next: NextShown
    allowed_actions: list[ActionShown]


class ReviewShown(Shape):
    by: str
    scores: dict[str, int]
    words: str
    at_ms: int
    reply: str
    replied_at_ms: int | None


class ReviewsShown(Shape):
    written_by: list[str]
    """Sides that have written, whether or not it can be read yet."""
    readable: list[ReviewShown]
    scores: list[str]
    until_ms: int | None
    allowed_actions: list[ActionShown]


class EntryShown(Shape):
    entry_id: str
    started_at_ms: int
    minutes: int
    memo: str


class WeekShown(Shape):
    monday: str
    state: str
    begins_at_ms: int
    ends_at_ms: int
    entries: list[EntryShown]
    minutes: int
    cap_minutes: int
    minor: int
    queries: list[str]
    is_covered: bool
    """The most that the week can come to is held."""
    refusal: str
    """Why its pay could not be held when that was last tried."""
    auto_at_ms: int | None
    allowed_actions: list[ActionShown]


class PastShown(Shape):
    at_ms: int
    event: str
    actor: str
    about: str
    words: str


class ContractListed(Shape):
    contract_id: str
    title: str
    client: str
    agent: str
    side: str
    """Of whoever looks: agent, client or staff."""
    state: str
    kind: str
    currency: str
    opened_at_ms: int
    milestones_settled: int
    milestones: int
    has_open_dispute: bool
    next: NextShown


class ContractShown(ContractListed):
    rev: int
    work: WorkTerms
    terms_sha256: str
    is_paid_outside: bool
    """Nothing is held or moved here: the two sides pay each other."""
    organisation_id: str
    paid_in_minor: int | None
    """For whoever keeps the client's money: what can still be held."""
    ends_at_ms: int | None
    termination_reason: str | None
    """Of the staff: proposed, and waiting for a second person."""
    milestone_list: Annotated[list[MilestoneShown], Field(max_length=2 * MILESTONES_MAX)]
    disputes: list[DisputeShown]
    weeks: list[WeekShown]
    reviews: ReviewsShown
    allowed_actions: list[ActionShown]
    history: list[PastShown]
