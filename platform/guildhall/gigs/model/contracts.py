"""A contract with its milestones, what was handed in, its disputes and its reviews, in one document.

So whatever two sides do at the same moment, one compare-and-set settles it, and no two parts of it contradict each
other. What was handed in never changes: a revision is another version, which names the hash of the one before.
"""

import hashlib
from enum import StrEnum
from typing import Annotated, Final

import orjson
from pydantic import Field

from guildhall.gigs.lifecycle import Actor, ContractState, DisputeState, MilestoneState
from guildhall.gigs.model.terms import Amount, ContractTerms, WorkTerms
from guildhall.kit.documents import Stored
from guildhall.kit.follow_ups import FollowedDocument

MILESTONES_MAX: Final = 40
FILES_MAX: Final = 10
VERSIONS_MAX: Final = 120
"""Of all milestones together."""
DISPUTES_MAX: Final = 40
DISPUTED_ENTRIES_MAX: Final = 200
STATEMENTS_MAX: Final = 40
PROPOSALS_MAX: Final = 10
AMENDMENTS_MAX: Final = 20
HISTORY_MAX: Final = 200
OPEN_WEEKS_MAX: Final = 60
SCORES: Final = ("quality", "communication", "reliability")
Score = Annotated[int, Field(ge=1, le=5)]


class FollowUpKind(StrEnum):
    TELL = "tell"  # one side
    AUDIT = "audit"
    HOLD = "hold"
    PAY_OUT = "pay_out"  # as the milestone is divided
    LET_GO = "let_go"  # of what was cancelled, whatever is held after all
    FREEZE = "freeze"
    THAW = "thaw"
    BEGIN = "begin"  # hold the first week's pay, and work begins
    OPEN_WEEK = "open_week"
    LOOK_AHEAD = "look_ahead"  # whether the next week's pay is there
    COVER = "cover"  # hold the most that a week can come to
    DROP_BLOB = "drop_blob"
    CLOSE_WEEK = "close_week"
    MARK_WEEK = "mark_week"  # whether its hours are disputed, in the contract


class WorkFile(Stored):
    sha256: str
    name: str
    content_type: str
    size_bytes: int
    at_ms: int


class Deliverable(Stored):
    """One version of what was handed in; its hash covers everything else of it, and the hash of the version before."""

    version: int
    note: str
    files: tuple[WorkFile, ...] = Field((), max_length=FILES_MAX)
    at_ms: int
    previous_sha256: str = ""
    sha256: str = ""


class ChangeRequest(Stored):
    version: int
    words: str
    at_ms: int


class Division(Stored):
    """Of a milestone's pay, or of what is disputed of a week's: both together are its whole amount."""

    agent_minor: int = Field(ge=0)
    client_minor: int = Field(ge=0)


class Milestone(Stored):
    key: str
    title: str
    minor: Amount
    state: MilestoneState = MilestoneState.AGREED
    state_since_ms: int = 0
    proposed_by: Actor | None = None
    revisions_left: int = Field(ge=0)
    draft: tuple[WorkFile, ...] = Field((), max_length=FILES_MAX)
    """Put up, and not handed in yet."""
    deliverables: tuple[Deliverable, ...] = ()
    requests: tuple[ChangeRequest, ...] = ()
    auto_at_ms: int = 0
    """When it counts as approved, unless the client has answered; 0 while no clock runs."""
    reminded_at_ms: int = 0
    clock_left_ms: int = 0
    """What was left on that clock when a dispute stopped it."""
    disputed_from: MilestoneState | None = None
    division: Division | None = None
    """How its pay is divided, once that is settled."""
    was_tried: bool = False
    """The client wanted it funded; so something may be held, however that went."""
    refusal: str = ""
    """Why its pay could not be held when that was last tried, in words for the client."""
    was_looked_after: bool = False
    """Cancelled long enough that whoever was still about to hold its pay has: whatever came so went back."""


class Statement(Stored):
    """What one side says in a dispute; both read the same."""

    by: Actor
    words: str
    at_ms: int


class DisputeProposal(Stored):
    by: Actor
    by_account_id: str
    division: Division
    words: str
    at_ms: int
    accepted_by: tuple[Actor, ...] = ()


class Decision(Stored):
    division: Division
    words: str
    by_account_id: str
    confirmed_by: str = ""
    at_ms: int
    accepted_by: tuple[Actor, ...] = ()


class Dispute(Stored):
    """About one milestone, and then it stands in its contract; or about hours of one week, and then it stands there."""

    id: str
    milestone: str = ""
    entries: tuple[str, ...] = Field((), max_length=DISPUTED_ENTRIES_MAX)
    """The hours that it is about."""
    opened_by: Actor
    reason: str
    claim: Division
    """What the opener thinks right."""
    state: DisputeState = DisputeState.AWAITING_RESPONSE
    state_since_ms: int = 0
    at_ms: int
    due_at_ms: int = 0
    statements: tuple[Statement, ...] = Field((), max_length=STATEMENTS_MAX + 1)
    """The last place is kept for an appeal."""
    proposals: tuple[DisputeProposal, ...] = Field((), max_length=PROPOSALS_MAX)
    decision: Decision | None = None
    barred: tuple[str, ...] = Field((), max_length=10)
    """Accounts of the staff that took part in a decision which was appealed against."""
    is_appealed: bool = False

    @property
    def minor(self) -> int:
        """How much of the pay is in dispute: every division of it sums to that."""
        return self.claim.agent_minor + self.claim.client_minor

    @property
    def open_proposal(self) -> DisputeProposal | None:
        is_open = self.state is DisputeState.PROPOSAL and self.proposals
        return self.proposals[-1] if is_open else None


class Review(Stored):
    """Sealed until both sides have written, or the time for it is over."""

    by: Actor
    scores: dict[str, Score]
    words: str
    at_ms: int
    reply: str = ""
    replied_at_ms: int = 0


class Proposal(Stored):
    """Of the staff, to end it."""

    by: str
    reason: str
    at_ms: int


class TermsProposed(Stored):
    """Other terms, whole as they would be, which the other side accepts or not."""

    by: Actor
    by_account_id: str
    work: WorkTerms
    terms_sha256: str
    words: str = ""
    at_ms: int


class TermsBefore(Stored):
    """Terms that were in force until others took their place."""

    version: int
    work: WorkTerms
    terms_sha256: str
    until_ms: int


class Passage(Stored):
    """One line of the history that both sides may read."""

    at_ms: int
    event: str
    actor: Actor
    about: str = ""
    words: str = ""


class Contract(FollowedDocument):
    from_offer: str
    """The offer that was accepted; no second contract comes of it."""
    organisation_id: str
    agent_id: str
    state: ContractState = ContractState.PENDING_FUNDING
    state_since_ms: int = 0
    opened_at_ms: int
    terms: ContractTerms
    is_paid_outside: bool = True
    """The two sides pay each other; so it stays for every contract from before pay went through the ledger."""
    milestones: tuple[Milestone, ...] = Field((), max_length=MILESTONES_MAX)
    disputes: tuple[Dispute, ...] = Field((), max_length=DISPUTES_MAX)
    has_open_dispute: bool = False
    reviews: tuple[Review, ...] = Field((), max_length=2)
    paused_by: Actor | None = None
    ends_at_ms: int = 0
    """While it is ending: when what is still open is closed out."""
    ended_by: Actor | None = None
    open_weeks: tuple[str, ...] = Field((), max_length=OPEN_WEEKS_MAX)
    """Weeks whose hours are not paid yet, each named by its Monday; written here before any hour is logged in one."""
    weeks_held_to_ms: int = 0
    """Of hourly work: the end of the newest week whose pay was asked to be held; 0: none was."""
    looked_ahead_ms: int = 0
    """The beginning of the newest week whose pay was looked for beforehand."""
    refusal: str = ""
    """Of hourly work: why the pay of its week could not be held when that was last tried, in words for the client."""
    disputed_weeks: tuple[str, ...] = Field((), max_length=OPEN_WEEKS_MAX)
    """Of the open weeks those whose hours are disputed, as their documents said when that was last looked at."""
    completed_at_ms: int = 0
    revealed_at_ms: int = 0
    """Since when both sides can read the reviews."""
    proposal: Proposal | None = None
    amendment: TermsProposed | None = None
    terms_before: tuple[TermsBefore, ...] = Field((), max_length=AMENDMENTS_MAX)
    """The oldest first; `terms` are the version after the last of them."""
    given_back_ms: int = 0
    """Outages of ours up to this moment were given back to every clock."""
    extra_ms: int = 0
    """What they took from the time to begin, and once it is over from the time to write a review."""
    due_at_ms: int = 0
    """When its next timer fires; 0 for none."""
    history: tuple[Passage, ...] = Field((), max_length=HISTORY_MAX)

    def work_at(self, at_ms: int) -> WorkTerms:
        """The terms that were in force then; the first, before there was a contract.

        What began at the moment when they ended keeps them.
        """
        known_ms = max(at_ms, self.opened_at_ms)
        return next((one.work for one in self.terms_before if one.until_ms >= known_ms), self.terms.work)


def deliverable_sha256(deliverable: Deliverable) -> str:
    """Of everything but itself, as JSON with sorted keys."""
    told = orjson.dumps(deliverable.model_dump(mode="json", exclude={"sha256"}), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).hexdigest()


def first_milestones(terms: ContractTerms) -> tuple[Milestone, ...]:
    """Those that were agreed on with the contract."""
    return tuple(
        Milestone(key=f"m{place}", title=one.title, minor=one.minor, revisions_left=terms.work.revisions)
        for place, one in enumerate(terms.work.milestones, 1)
    )
