"""Somebody's way in: one document, so that every decision and all that must follow it are one compare-and-set."""

from enum import StrEnum
from typing import Any, Final

from pydantic import Field

from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.kit.leases import LeasedDocument
from guildhall.onboarding.lifecycle import OnboardingState, StepState
from guildhall.onboarding.model.flows import STEPS_MAX

DOCUMENTS_MAX: Final = 20
REVIEWS_MAX: Final = 10
HISTORY_MAX: Final = 40
DRAFT_BYTES_MAX: Final = 32_768


class ReasonCode(StrEnum):
    """Why a step is returned or somebody is turned away; its words are the page's."""

    UNREADABLE = "unreadable"
    EXPIRED = "expired"
    WRONG_DOCUMENT = "wrong_document"
    NAME_DIFFERS = "name_differs"
    INCOMPLETE = "incomplete"
    NOT_CREDIBLE = "not_credible"
    NOT_ELIGIBLE = "not_eligible"
    FORGED = "forged"
    OTHER = "other"


class Step(Stored):
    """Where one step stands. `content` is what was handed in last; `sealed` what of it is never shown again."""

    state: StepState = StepState.OPEN
    draft: str = Field("", max_length=DRAFT_BYTES_MAX)
    """JSON as it was entered, whatever is wrong with it; empty where nothing was saved since it was handed in."""
    content: dict[str, Any] = Field(default_factory=dict)
    sealed: str = Field("", repr=False)
    saved_at_ms: int = 0
    submitted_at_ms: int = 0
    decided_at_ms: int = 0
    decided_by: str = ""
    returned: int = 0
    """How often it was given back."""
    reason_code: ReasonCode | None = None
    reason: str = ""
    valid_until_ms: int = 0
    warned: int = 0
    """Warnings sent of its end."""
    credential_id: str = ""


class DocumentFile(Stored):
    """A document that was put up; its bytes are a blob. What was decided about is never replaced, only added to."""

    id: str
    step: str
    kind: str
    name: str
    content_type: str
    size_bytes: int
    sha256: str
    at_ms: int
    valid_until_ms: int = 0


class Decision(StrEnum):
    CHANGES = "changes"
    APPROVED = "approved"
    PROPOSED_REJECTION = "proposed_rejection"
    REJECTED = "rejected"
    OVERRULED = "overruled"
    PROPOSED_REVOCATION = "proposed_revocation"
    DROPPED_REVOCATION = "dropped_revocation"
    REVOKED = "revoked"


class Review(Stored):
    """One decision of a reviewer's."""

    at_ms: int
    by: str
    decision: Decision
    reason_code: ReasonCode | None = None
    reason: str = ""


class Proposal(Stored):
    """What a first person wants and a second one has to decide."""

    by: str
    at_ms: int
    reason_code: ReasonCode
    reason: str


class FollowUpKind(StrEnum):
    NOTIFY = "notify"
    AUDIT = "audit"
    INVITE = "invite"
    KEEP_CONSENT = "keep_consent"
    DROP_BLOB = "drop_blob"


class Passage(Stored):
    """One line of the history that its agent may read."""

    at_ms: int
    event: str
    state: OnboardingState
    actor: str
    step: str = ""


class Onboarding(LeasedDocument):
    account_id: str
    flow_key: str
    flow_version: int
    state: OnboardingState = OnboardingState.NOT_STARTED
    state_since_ms: int = 0
    steps: dict[str, Step] = Field(default_factory=dict, max_length=STEPS_MAX)
    documents: tuple[DocumentFile, ...] = Field((), max_length=DOCUMENTS_MAX)
    active_at_ms: int = 0
    """When its agent did something last."""
    reminders: int = 0
    submitted_at_ms: int = 0
    promised_at_ms: int = 0
    """Until when a decision was promised; 0 where nobody waits for one."""
    is_overdue: bool = False
    proposal: Proposal | None = None
    barred: tuple[str, ...] = Field((), max_length=8)
    """Reviewers who took part in a rejection that was appealed against."""
    appealed_at_ms: int = 0
    appeal: str = ""
    rejected_at_ms: int = 0
    completed_at_ms: int = 0
    looked_at_ms: int = 0
    """When the exam's pass was looked for, or at, last."""
    is_invited: bool = False
    reviews: tuple[Review, ...] = Field((), max_length=REVIEWS_MAX)
    history: tuple[Passage, ...] = Field((), max_length=HISTORY_MAX)
    due_at_ms: int = 0
    """When its next timer fires; 0 for none."""


class Consent(VersionedDocument):
    """What somebody agreed with or refused, word for word by its hash; insert-only."""

    account_id: str
    onboarding_id: str
    text_key: str
    text_version: int
    text_sha256: str
    is_given: bool
    at_ms: int
