"""What is asked for over HTTP."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from guildhall.gigs.model.terms import Kind, WorkTerms
from guildhall.kit.http import PageQuery
from guildhall.kit.money import MINOR_MAX
from guildhall.opportunities.messages.shape import Shape
from guildhall.opportunities.model.applications import Answer, RejectionCode
from guildhall.opportunities.model.postings import QUESTIONS_MAX, Posting

_NO_NUL = r"^[^\x00]*$"
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000, pattern=_NO_NUL)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1_000, pattern=_NO_NUL)]


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
    RECALL = "recall"
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


class ReviewAction(StrEnum):
    CLAIM = "claim"
    RELEASE = "release"
    APPROVE = "approve"
    RETURN = "return"


class Reviewed(Shape):
    """Whoever returns one says why: the client reads it."""

    action: ReviewAction
    reason: Reason | None = None


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


class ExamsQuery(Shape):
    organisation_id: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_]+$")]
