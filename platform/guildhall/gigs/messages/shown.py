"""Contracts as they are shown."""

from typing import Annotated

from pydantic import Field

from guildhall.gigs.messages.asked import Shape
from guildhall.gigs.model.contracts import Division, WorkFile
from guildhall.gigs.model.terms import MILESTONES_MAX, WorkTerms


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
    """What this house takes of it."""
    fee_tax_minor: int
    """The tax within that, at the rate of now; what was released says its own on its invoice."""
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
    """Empty where it is about hours; then it stands in their week."""
    entries: list[str]
    """Of the week, those that it is about."""
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
    cap_minor: int
    """The most that it can come to."""
    refusal: str
    """Why its pay could not be held when that was last tried."""
    auto_at_ms: int | None
    rate_minor: int
    """For one hour, as it was when the week began."""
    dispute: DisputeShown | None
    is_parted: bool
    """What is not disputed is paid, and the pay of the rest stands still."""
    undisputed_minor: int
    """What is paid whatever becomes of the dispute."""
    agent_minor: int
    """What is the agent's in the end, so far as it is known."""
    allowed_actions: list[ActionShown]


class PastShown(Shape):
    at_ms: int
    event: str
    actor: str
    about: str
    words: str


class AmendmentShown(Shape):
    by: str
    is_mine: bool
    """Of the side that looks."""
    work: WorkTerms
    terms_sha256: str
    words: str
    at_ms: int


class TermsBeforeShown(Shape):
    version: int
    work: WorkTerms
    terms_sha256: str
    until_ms: int


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
    terms_version: int
    terms_before: list[TermsBeforeShown]
    """The oldest first."""
    amendment: AmendmentShown | None
    """Terms that wait for the other side."""
    is_paid_outside: bool
    """Nothing is held or moved here: the two sides pay each other."""
    organisation_id: str
    paid_in_minor: int | None
    """For whoever keeps the client's money: what can still be held."""
    week_minor: int
    """The most that a week of hours can come to, which is held before any is logged; 0 for work by milestone."""
    refusal: str
    """Of hourly work: why the pay of its week could not be held when that was last tried."""
    ends_at_ms: int | None
    termination_reason: str | None
    """Of the staff: proposed, and waiting for a second person."""
    milestone_list: Annotated[list[MilestoneShown], Field(max_length=2 * MILESTONES_MAX)]
    disputes: list[DisputeShown]
    weeks: list[WeekShown]
    reviews: ReviewsShown
    allowed_actions: list[ActionShown]
    history: list[PastShown]
