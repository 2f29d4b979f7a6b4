"""Opportunities on the wire."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.gigs.model.terms import Kind, WorkTerms
from guildhall.kit.http import PageQuery
from guildhall.kit.money import MINOR_MAX, Currency
from guildhall.opportunities.model.applications import Answer, RejectionCode
from guildhall.opportunities.model.postings import QUESTIONS_MAX, CredentialRequired, Posting

_NO_NUL = r"^[^\x00]*$"
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000, pattern=_NO_NUL)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1_000, pattern=_NO_NUL)]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SearchQuery(PageQuery):
    """All that is given must hold; a word is looked for in titles and skills."""

    text: Annotated[str, StringConstraints(max_length=200, pattern=_NO_NUL)] = ""
    skill: Annotated[str, StringConstraints(max_length=32, pattern=_NO_NUL)] = ""
    kind: Kind | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = ""


class ApplicationWanted(Shape):
    """`terms_version` is the one that was read: terms that changed meanwhile are read again first."""

    cover: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000, pattern=_NO_NUL)]
    bid_minor: Annotated[int, Field(gt=0, le=MINOR_MAX // 1_000)]
    answers: Annotated[tuple[Answer, ...], Field(max_length=QUESTIONS_MAX)] = ()
    terms_version: Annotated[int, Field(ge=1, le=1_000_000)]


class AgentAction(StrEnum):
    CONFIRM = "confirm"
    WITHDRAW = "withdraw"


class AgentActed(Shape):
    action: AgentAction


class OfferAnswer(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    COUNTER = "counter"
    WITHDRAW = "withdraw"


class OfferAnswered(Shape):
    """A counter-offer says its terms."""

    answer: OfferAnswer
    terms: WorkTerms | None = None
    note: Text = ""


class OfferWanted(Shape):
    terms: WorkTerms
    note: Text = ""


class PostingWanted(Shape):
    organisation_id: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_]+$")]
    posting: Posting


class PostingEdited(Shape):
    posting: Posting


class PostingAction(StrEnum):
    PUBLISH = "publish"
    PAUSE = "pause"
    RESUME = "resume"
    REOPEN = "reopen"
    CLOSE = "close"


class PostingActed(Shape):
    action: PostingAction


class Invited(Shape):
    email: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254, pattern=r"^[^\x00-\x20]+$")
    ]


class Removed(Shape):
    """The reason is read by the client."""

    reason: Reason


class ApplicantDecision(StrEnum):
    SHORTLIST = "shortlist"
    UNSHORTLIST = "unshortlist"
    REQUIRE_ASSESSMENT = "require_assessment"
    INTERVIEW = "interview"
    END_INTERVIEW = "end_interview"
    REJECT = "reject"
    REOPEN = "reopen"


class ApplicantDecided(Shape):
    """A rejection needs a code; it, the text and the interview's time (0: none is named) are read by the agent."""

    decision: ApplicantDecision
    at_ms: Annotated[int, Field(ge=0, le=4_102_444_800_000)] = 0
    reason_code: RejectionCode | None = None
    text: Text = ""


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


class PastShown(Shape):
    at_ms: int
    event: str
    state: str
    actor: str


class OfferShown(Shape):
    offer_id: str
    parent_id: str
    by: str
    terms: WorkTerms
    terms_sha256: str
    pay_minor: int
    currency: Currency
    note: str
    state: str
    at_ms: int
    expires_at_ms: int
    ended_at_ms: int | None


class InterviewShown(Shape):
    """`at_ms`: when it is, where the client has named a time."""

    text: str
    at_ms: int | None
    asked_at_ms: int


class AssessmentShown(Shape):
    """The passes that an application waits for, and until when."""

    missing: list[CredentialRequired]
    asked_at_ms: int
    until_ms: int
    is_on_its_way: bool


class ExamShown(Shape):
    """An exam that applicants can be asked to pass."""

    delivery_id: str
    exam: str
    title: str
    level: str
    closes_at_ms: int


class ExamsShown(Shape):
    items: list[ExamShown]


class ExamsQuery(Shape):
    organisation_id: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_]+$")]


class OutcomeShown(Shape):
    code: str
    says: str
    text: str
    at_ms: int


class OpportunityListed(Shape):
    opportunity_id: str
    client: str
    state: str
    title: str
    kind: Kind
    currency: Currency
    pay_from_minor: int
    pay_to_minor: int
    skills: list[str]
    positions: int
    positions_free: int
    published_at_ms: int | None
    closes_at_ms: int
    is_invited: bool


class ApplicationShown(Shape):
    """For its agent."""

    application_id: str
    opportunity_id: str
    title: str
    client: str
    state: str
    rev: int
    applied_at_ms: int
    cover: str
    bid_minor: int
    currency: Currency
    answers: list[str]
    credentials: list[str]
    is_confirmed: bool
    offers: list[OfferShown]
    assessment: AssessmentShown | None
    interview: InterviewShown | None
    outcome: OutcomeShown | None
    contract_id: str | None
    may_talk: bool
    next: NextShown
    allowed_actions: list[ActionShown]
    history: list[PastShown]


class OpportunitySeen(OpportunityListed):
    """For an agent: all of it, their own application if there is one, and whether they may apply."""

    posting: Posting
    terms_version: int
    passes_missing: list[CredentialRequired]
    """What it asks for and the agent does not hold; whoever applies is invited to the exams that are named."""
    application: ApplicationShown | None
    allowed_actions: list[ActionShown]


class OpportunityPosted(OpportunityListed):
    """For its client."""

    organisation_id: str
    rev: int
    posting: Posting
    terms_version: int
    positions_filled: int
    positions_offered: int
    applications: dict[str, int]
    """By state."""
    invited: list[str]
    allowed_actions: list[ActionShown]
    history: list[PastShown]


class OpportunitiesPosted(Shape):
    items: list[OpportunityPosted]


class ApplicantShown(Shape):
    """For a client. Under blind screening `name` is a number until they are shortlisted or interviewed."""

    application_id: str
    opportunity_id: str
    name: str
    is_blind: bool
    state: str
    rev: int
    applied_at_ms: int
    cover: str
    bid_minor: int
    currency: Currency
    answers: list[str]
    credentials: list[str]
    is_confirmed: bool
    offers: list[OfferShown]
    assessment: AssessmentShown | None
    interview: InterviewShown | None
    outcome: OutcomeShown | None
    contract_id: str | None
    may_talk: bool
    next: NextShown
    allowed_actions: list[ActionShown]
    history: list[PastShown]
