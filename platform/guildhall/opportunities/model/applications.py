"""One agent's application for one opportunity, with every offer that was made on it in the same document.

So whoever accepts, counters, withdraws or lets an offer run out at the same moment, one of them wins by one
compare-and-set, and there is one open offer at most.
"""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from guildhall.gigs.model.terms import WorkTerms
from guildhall.kit.documents import Stored
from guildhall.kit.follow_ups import FollowedDocument
from guildhall.kit.money import Currency
from guildhall.opportunities.lifecycle import Actor, ApplicationState, OfferState
from guildhall.opportunities.model.postings import CREDENTIALS_MAX, QUESTIONS_MAX, CredentialRequired

OFFERS_MAX: Final = 24
COUNTERS_MAX: Final = 10
"""Counter-offers to one offer."""
HISTORY_MAX: Final = 40
Answer = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=r"^[^\x00]*$")]


class RejectionCode(StrEnum):
    """Why somebody was not taken; its words are the page's."""

    SKILLS = "skills"
    EXPERIENCE = "experience"
    PAY = "pay"
    AVAILABILITY = "availability"
    ANSWERS = "answers"
    CHOSE_ANOTHER = "chose_another"
    CLOSED = "closed"
    BELOW_BAR = "below_bar"
    OTHER = "other"


class Outcome(Stored):
    code: RejectionCode
    text: str = ""
    at_ms: int
    by: Actor


class Interview(Stored):
    """What the client has written about it, and when it is, if a time was named."""

    text: str = ""
    at_ms: int = 0
    asked_at_ms: int
    reminders: int = 0
    """How many of the moments to remind of it are over, told or not."""


class Assessment(Stored):
    """The passes that an application waits for."""

    missing: tuple[CredentialRequired, ...] = Field(max_length=CREDENTIALS_MAX)
    was_shortlisted: bool
    asked_at_ms: int
    until_ms: int
    looked_at_ms: int
    is_on_its_way: bool = False
    """When it was last looked at, an exam was being sat or marked: then time ends nothing."""


class Offer(Stored):
    """Its terms never change: a counter-offer is another one, of the same chain."""

    id: str
    chain_id: str
    """The first offer's id."""
    parent_id: str = ""
    by: Actor
    by_account_id: str
    terms: WorkTerms
    terms_sha256: str
    note: str = ""
    state: OfferState = OfferState.SENT
    at_ms: int
    expires_at_ms: int
    ended_at_ms: int = 0


class ApplicationPassage(Stored):
    at_ms: int
    event: str
    state: ApplicationState
    actor: str


class Application(FollowedDocument):
    opportunity_id: str
    organisation_id: str
    agent_id: str
    name: str
    """The agent's, as it was when they applied; never asked about what they may do."""
    title: str
    """The opportunity's."""
    state: ApplicationState = ApplicationState.SUBMITTED
    state_since_ms: int = 0
    applied_at_ms: int
    cover: str = ""
    bid_minor: int
    currency: Currency
    answers: tuple[str, ...] = Field((), max_length=QUESTIONS_MAX)
    terms_version: int
    """Which terms the agent applied for or confirmed; 0 asks them to confirm."""
    credentials: tuple[str, ...] = Field((), max_length=20)
    """The passes that were asked for and that the agent held."""
    offers: tuple[Offer, ...] = Field((), max_length=OFFERS_MAX)
    assessment: Assessment | None = None
    """While it waits for a pass."""
    interview: Interview | None = None
    """The last one that the client invited to."""
    outcome: Outcome | None = None
    is_client_reminded: bool = False
    contract_id: str = ""
    given_back_ms: int = 0
    """Outages of ours up to this moment were given back to every clock of it."""
    extra_ms: int = 0
    """What they took from the client's time to answer."""
    due_at_ms: int = 0
    history: tuple[ApplicationPassage, ...] = Field((), max_length=HISTORY_MAX)

    @property
    def open_offer(self) -> Offer | None:
        return next((one for one in self.offers if one.state is OfferState.SENT), None)
