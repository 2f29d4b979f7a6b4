"""A week of hours under one contract, from Monday to Monday in the contract's time zone."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from guildhall.gigs.lifecycle import WeekState
from guildhall.gigs.model.contracts import Dispute, Division, Passage
from guildhall.kit.documents import Stored
from guildhall.kit.follow_ups import FollowedDocument

ENTRIES_MAX: Final = 200
QUERIES_MAX: Final = 2
BARRED_MAX: Final = 20
HISTORY_MAX: Final = 60
Memo = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=r"^[^\x00]*$")]


class Entry(Stored):
    """Its end is its start and its minutes, so that an hour is an hour when clocks change."""

    id: str
    started_at_ms: int
    minutes: int = Field(ge=1, le=24 * 60)
    memo: Memo
    logged_at_ms: int

    @property
    def ended_at_ms(self) -> int:
        return self.started_at_ms + self.minutes * 60_000


class Query(Stored):
    words: str
    at_ms: int


class Week(FollowedDocument):
    """Its id is the contract's and its Monday, so there is one of each."""

    contract_id: str
    agent_id: str
    organisation_id: str
    monday: str
    begins_at_ms: int
    ends_at_ms: int
    state: WeekState = WeekState.OPEN
    state_since_ms: int = 0
    entries: tuple[Entry, ...] = Field((), max_length=ENTRIES_MAX)
    queries: tuple[Query, ...] = Field((), max_length=QUERIES_MAX)
    barred: tuple[str, ...] = Field((), max_length=BARRED_MAX)
    """Entries that were on their way for so long that their time was given to others: they come too late."""
    rate_minor: int
    """For one hour, as it was when the week began."""
    cap_minutes: int
    auto_at_ms: int = 0
    reminded_at_ms: int = 0
    given_back_ms: int = 0
    """Outages of ours up to this moment were given back to every clock of it."""
    extra_ms: int = 0
    """What they took from the time between its end and when it hands itself in."""
    due_at_ms: int = 0
    is_covered: bool = False
    """The pay of its whole cap is held."""
    refusal: str = ""
    """Why its pay could not be held when that was last tried."""
    cover_at_ms: int = 0
    """When holding it is tried again; 0: it is held, or nobody waits for it."""
    dispute: Dispute | None = None
    """About some of its hours. There is one at most, which ends the week's course: what it comes to is paid."""
    division: Division | None = None
    """What the dispute came to: of the pay that was disputed, and of no other."""
    is_parted: bool = False
    """What is not disputed is paid, and what is disputed stands still."""
    pay_again_at_ms: int = 0
    """While hours are disputed: when it is tried again to hold their pay."""
    was_looked_after: bool = False
    """Over long enough that whoever was still about to hold its cover has: whatever came so went back."""
    history: tuple[Passage, ...] = Field((), max_length=HISTORY_MAX)

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.entries)

    @property
    def minor(self) -> int:
        """The pay, rounded down to a whole minor unit."""
        return self.minutes * self.rate_minor // 60

    @property
    def undisputed_minor(self) -> int:
        """The pay of what nobody disputes."""
        return self.minor - (0 if self.dispute is None else self.dispute.minor)

    @property
    def agent_minor(self) -> int:
        """What is the agent's in the end: all of it, unless a dispute came to something else."""
        return self.minor if self.division is None else self.undisputed_minor + self.division.agent_minor

    @property
    def cap_minor(self) -> int:
        """The most that it can come to."""
        return self.cap_minutes * self.rate_minor // 60


def week_id(contract_id: str, monday: str) -> str:
    return f"{contract_id}/{monday}"
