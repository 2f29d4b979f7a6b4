"""Work that a client posts, with the places that were promised or filled in the same document.

So however many offers are made at once, each place is given by one compare-and-set, and never twice.
"""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from guildhall.gigs.model.terms import Kind
from guildhall.kit.documents import Stored
from guildhall.kit.leases import LeasedDocument
from guildhall.kit.money import MINOR_MAX, Currency
from guildhall.opportunities.lifecycle import PostingState

POSITIONS_MAX: Final = 100
SKILLS_MAX: Final = 15
QUESTIONS_MAX: Final = 10
CREDENTIALS_MAX: Final = 5
INVITED_MAX: Final = 100
HISTORY_MAX: Final = 40
_NO_CONTROL = r"^[^\x00-\x1f\x7f]+$"
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=120, pattern=_NO_CONTROL)]
Description = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=10, max_length=8_000, pattern=r"^[^\x00]*$")
]
Skill = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=32, pattern=_NO_CONTROL)]
Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300, pattern=_NO_CONTROL)]


class CredentialRequired(BaseModel):
    """A proctored pass of this house, by its title and level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Title
    level: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    """Empty: any."""
    delivery_id: Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_]*$")] = ""
    """The exam that gives it: whoever lacks the pass is invited to it. Empty: they hold it before they apply."""

    @property
    def says(self) -> str:
        return f"{self.title} {self.level}".strip()


class Posting(BaseModel):
    """What a client writes. Pay is from-to, for the whole work or for one hour."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Title
    description: Description
    kind: Kind
    currency: Currency
    pay_from_minor: Annotated[int, Field(gt=0, le=MINOR_MAX // 1_000)]
    pay_to_minor: Annotated[int, Field(gt=0, le=MINOR_MAX // 1_000)]
    positions: Annotated[int, Field(ge=1, le=POSITIONS_MAX)] = 1
    skills: Annotated[tuple[Skill, ...], Field(max_length=SKILLS_MAX)] = ()
    credentials: Annotated[tuple[CredentialRequired, ...], Field(max_length=CREDENTIALS_MAX)] = ()
    questions: Annotated[tuple[Question, ...], Field(max_length=QUESTIONS_MAX)] = ()
    is_blind: bool = False
    """Who applies is a number to the client until they are shortlisted."""
    closes_at_ms: Annotated[int, Field(gt=0, le=4_102_444_800_000)]

    @model_validator(mode="after")
    def _whole(self) -> "Posting":
        if self.pay_to_minor < self.pay_from_minor:
            raise ValueError("the pay goes from the lower to the higher sum")
        if len({one.casefold() for one in self.skills}) < len(self.skills):
            raise ValueError("a skill is named twice")
        return self


class PlaceState(StrEnum):
    CLAIMED = "claimed"  # an offer is being made this moment
    HELD = "held"  # an offer is out
    FILLED = "filled"


class Place(Stored):
    """One of the positions, and the chain of offers it is for."""

    chain_id: str
    state: PlaceState
    at_ms: int


class PostingPassage(Stored):
    at_ms: int
    event: str
    state: PostingState
    actor: str
    reason: str = ""


class PostingEdit(Stored):
    """What a client would have of it, while the others still read it as it was."""

    posting: Posting
    at_ms: int
    returned_for: str = ""
    """Why an administrator did not let it be; empty while it waits."""


class Opportunity(LeasedDocument):
    """Its lease is an administrator's who looks at it before it is published."""

    organisation_id: str
    client: str
    """The organisation's name, as it was when this was last written."""
    posted_by: str
    state: PostingState = PostingState.DRAFT
    state_since_ms: int = 0
    posting: Posting
    terms_version: int = 1
    """One higher with every edit that changes what is asked or paid."""
    edit: PostingEdit | None = None
    was_looked_at: bool = False
    """By an administrator, before it was published or since."""
    waits_since_ms: int = 0
    """Since when an administrator should look at it, or at changes of it; 0: nobody needs to."""
    places: dict[str, Place] = Field(default_factory=dict, max_length=POSITIONS_MAX)
    """By application."""
    invited: tuple[str, ...] = Field((), max_length=INVITED_MAX)
    """Addresses, folded."""
    published_at_ms: int = 0
    rank: str
    """Its place in every list, the newest first; unique, and given anew when it is published."""
    ended_at_ms: int = 0
    due_at_ms: int = 0
    history: tuple[PostingPassage, ...] = Field((), max_length=HISTORY_MAX)


class FollowUpKind(StrEnum):
    LIST = "list"  # make the words by which it is found what they should be
    TELL_AGENT = "tell_agent"
    TELL_CLIENT = "tell_client"
    TELL_APPLICANTS = "tell_applicants"
    TELL_ADDRESS = "tell_address"
    ANSWER_ALL = "answer_all"
    PLACE = "place"
    OPEN_CONTRACT = "open_contract"
    INVITE_TO_EXAM = "invite_to_exam"
    AUDIT = "audit"
