"""What people ask of contracts."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.gigs.model.contracts import DISPUTED_ENTRIES_MAX, Score
from guildhall.gigs.model.terms import Amount, Line, TermsAmended
from guildhall.gigs.model.weeks import Memo

_NO_NUL = r"^[^\x00]*$"
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=_NO_NUL)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2_000, pattern=_NO_NUL)]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
EntryId = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_]+$")]
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


class TermsWanted(Shape):
    """Terms as one side would have them, whole; `words` say why, and the other side reads them."""

    terms: TermsAmended
    words: Words = ""


class TermsAnswer(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class TermsAnswered(Shape):
    """`terms_sha256` names the proposal that was read."""

    answer: TermsAnswer
    terms_sha256: Annotated[str, StringConstraints(max_length=64, pattern=r"^[0-9a-f]*$")] = ""
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


class HoursDisputed(Shape):
    entries: Annotated[list[EntryId], Field(min_length=1, max_length=DISPUTED_ENTRIES_MAX)]
    agent_minor: Minor
    """How much of the pay of these hours the agent should have; the rest goes back to the client."""
    reason: Reason


class WeekAction(StrEnum):
    SUBMIT = "submit"
    QUERY = "query"
    APPROVE = "approve"


class WeekActed(Shape):
    """`words`: what the client asks about."""

    action: WeekAction
    words: Words = ""
