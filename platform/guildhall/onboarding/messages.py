"""Onboarding on the wire."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from guildhall.kit.http import PageQuery
from guildhall.onboarding.model.flows import (
    Capability,
    ConsentText,
    CredentialAsked,
    DocumentKind,
    Due,
    FlowPlan,
    StepKind,
    Verifier,
)
from guildhall.onboarding.model.onboardings import ReasonCode

_NO_NUL = r"^[^\x00]*$"
ReasonText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1_000, pattern=_NO_NUL)]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ContentGiven(Shape):
    """What was entered in a step; what fits which kind of step stands in the page and in the API's description."""

    content: Annotated[dict[str, JsonValue], Field(max_length=40)]


class DocumentNamed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = Field(min_length=1, max_length=40)
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
    valid_until_ms: int = Field(0, ge=0, le=4_102_444_800_000)


class AgentAction(StrEnum):
    SUBMIT = "submit"
    RECALL = "recall"
    RESUME = "resume"
    APPEAL = "appeal"


class ActionTaken(Shape):
    """An appeal says why in `words`."""

    action: AgentAction
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000, pattern=_NO_NUL)] = ""


class ReviewDecision(StrEnum):
    CLAIM = "claim"
    RELEASE = "release"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    PROPOSE_REJECTION = "propose_rejection"
    CONFIRM_REJECTION = "confirm_rejection"
    OVERRULE = "overrule"
    PROPOSE_REVOCATION = "propose_revocation"
    DROP_REVOCATION = "drop_revocation"
    REVOKE = "revoke"


class Decided(Shape):
    """Proposals need a code and a reason, which the agent reads; overruling needs a reason."""

    decision: ReviewDecision
    reason_code: ReasonCode | None = None
    reason: ReasonText | None = None


class StepDecision(StrEnum):
    ACCEPT = "accept"
    RETURN = "return"
    WAIVE = "waive"


class StepDecided(Shape):
    """A return needs a code and a reason, a waiver a reason."""

    decision: StepDecision
    reason_code: ReasonCode | None = None
    reason: ReasonText | None = None


class ActionShown(Shape):
    """`reason` and `next_actor` say why not, and who acts first."""

    action: str
    allowed: bool
    reason: str | None
    next_actor: str | None


class RequirementShown(Shape):
    step: str
    title: str
    standing: str
    says: str
    next_actor: str
    by_ms: int | None


class NextShown(Shape):
    """The one sentence to read: who acts next, what that is, until when, and what happens then."""

    actor: str
    says: str
    action: str
    step: str
    by_ms: int | None
    then: str


class CapabilityShown(Shape):
    capability: Capability
    is_given: bool
    reason: str
    next_actor: str
    by_ms: int | None
    steps: list[str]


class FutureShown(Shape):
    title: str
    from_ms: int


class DocumentShown(Shape):
    document_id: str
    step: str
    kind: str
    name: str
    content_type: str
    size_bytes: int
    sha256: str
    at_ms: int
    valid_until_ms: int | None


class StepShown(Shape):
    key: str
    kind: StepKind
    title: str
    explains: str
    is_required: bool
    due: Due
    verifier: Verifier
    standing: str
    says: str
    next_actor: str
    by_ms: int | None
    can_edit: bool
    why_not: str
    content: dict[str, Any]
    documents: list[DocumentShown]
    document_kinds: list[DocumentKind]
    consents: list[ConsentText]
    credential: CredentialAsked | None
    reason_code: ReasonCode | None
    reason: str
    submitted_at_ms: int | None
    decided_at_ms: int | None
    valid_until_ms: int | None
    times_returned: int


class PassageShown(Shape):
    at_ms: int
    event: str
    state: str
    actor: str
    step: str


class OnboardingShown(Shape):
    """Everything there is to know about one's way in, in one answer."""

    onboarding_id: str
    title: str
    flow: str
    state: str
    rev: int
    now_ms: int
    next: NextShown
    steps: list[StepShown]
    currently_due: list[RequirementShown]
    eventually_due: list[RequirementShown]
    past_due: list[RequirementShown]
    pending_verification: list[RequirementShown]
    errors: list[RequirementShown]
    future_requirements: list[FutureShown]
    capabilities: list[CapabilityShown]
    allowed_actions: list[ActionShown]
    history: list[PassageShown]


class ReviewListed(Shape):
    onboarding_id: str
    name: str
    state: str
    submitted_at_ms: int
    promised_at_ms: int
    is_overdue: bool
    is_appeal: bool
    reviewer_id: str
    is_mine: bool
    lease_until_ms: int | None
    allowed_actions: list[ActionShown]


class ReviewQuery(PageQuery):
    """Whoever was promised an answer first, first."""


class ReviewPast(Shape):
    at_ms: int
    by: str
    decision: str
    reason_code: ReasonCode | None
    reason: str


class ProposalShown(Shape):
    by: str
    at_ms: int
    reason_code: ReasonCode
    reason: str


class ReviewShown(Shape):
    """One case: what its agent sees, and what only reviewers may."""

    listed: ReviewListed
    onboarding: OnboardingShown
    proposal: ProposalShown | None
    appeal: str
    reviews: list[ReviewPast]


class FlowShown(Shape):
    version: int
    published_at_ms: int
    published_by: str
    plan: FlowPlan


class FlowsListed(Shape):
    """The newest first."""

    items: list[FlowShown]
