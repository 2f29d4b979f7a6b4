"""What is shown of opportunities, applications and offers."""

from guildhall.gigs.model.terms import Kind, WorkTerms
from guildhall.kit.money import Currency
from guildhall.opportunities.messages.shape import Shape
from guildhall.opportunities.model.postings import CredentialRequired, Posting


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


class EditShown(Shape):
    """Changes that wait to be looked at, or were returned; until they are published everybody reads it as it was."""

    posting: Posting
    at_ms: int
    returned_for: str
    """Empty while they wait."""


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
    edit: EditShown | None
    was_returned_for: str
    """Of a draft that an administrator has returned: why."""
    allowed_actions: list[ActionShown]
    history: list[PastShown]


class OpportunityToReview(OpportunityListed):
    """For an administrator, before anybody else sees it, or changes of it."""

    posting: Posting
    before: Posting | None
    """As everybody reads it now, where these are changes of what is published."""
    waits_since_ms: int
    is_taken: bool
    is_mine: bool
    lease_until_ms: int | None
    was_returned_for: str
    """The last reason why it was not published."""
    allowed_actions: list[ActionShown]


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
