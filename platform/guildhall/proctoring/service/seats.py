"""A seat: what this process holds of one candidate's session while their socket is here."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from guildhall.kit.bus import Subscription
from guildhall.proctoring.model import Incident, PendingEntry, Rule, Session
from guildhall.proctoring.model.admission import Admission, ProctoringPolicy
from guildhall.proctoring.rules import Closed, Opened, Timeline
from guildhall.proctoring.rules.checking_in import go_on
from guildhall.proctoring.rules.claims import (
    ClaimBook,
    ClaimTerms,
    Corroborated,
    notice_seen,
    resume_claims,
)
from guildhall.proctoring.rules.judging import resume
from guildhall.proctoring.rules.pacing import RATE_FRAMES
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Observation


@dataclass(slots=True)
class Seat:
    """Owned by one connection; a newer connection anywhere raises the epoch and takes the session over."""

    session: Session
    timeline: Timeline
    evict: Callable[[], Awaitable[None]]  # tells the candidate's page that another one took over, and lets go of it
    open_incidents: dict[Rule, Incident]
    arrived_ms: int | None = None  # when the last picture came, judged or not; None: they have not begun to send
    last_number: int = -1
    faces: int | None = None
    judged_at_ms: deque[int] = field(default_factory=lambda: deque(maxlen=RATE_FRAMES))  # when the last ones arrived
    undecided: deque[PendingEntry] = field(default_factory=deque)  # bounded by PENDING_BOUND, see frames.py
    recording: asyncio.Lock = field(default_factory=asyncio.Lock)
    storing: asyncio.Task[None] | None = None  # under way, whether or not its frame still waits for it
    lost: bool = False  # somebody else owns the session by now
    finishing: bool = False
    left: bool = False  # this process has let go of it
    recheck: bool = False  # the bus was away: somebody may have taken over unheard
    subscription: Subscription | None = None
    keep_due_ms: int = 0  # when to try again to store the calibration, after the database was away
    tile_due_ms: int = 0
    closeup_due_ms: int = 0  # later while nobody enlarges this candidate
    observation: Observation | None = None  # the newest, for the system check
    admission: Admission | None = None
    rules_off: frozenset[Rule] = frozenset()  # muted, or not consented to
    claims: ClaimBook = field(default_factory=lambda: ClaimBook(since_ms=0))
    claim_count: int | None = None  # in the log; None: not read yet
    rules: RuleSettings = field(default_factory=RuleSettings)

    def name_camera(self, label: str) -> None:
        """What the candidate's page says its camera is called; judged with the next picture."""
        self.timeline = replace(self.timeline, feed=self.timeline.feed.named(label))

    def claim_terms(self) -> ClaimTerms:
        policy = ProctoringPolicy() if self.admission is None else self.admission.policy
        return ClaimTerms(policy, self.rules_off, self.rules)

    def corroborate(
        self, changes: Sequence[Opened | Closed | Corroborated]
    ) -> Sequence[Opened | Closed | Corroborated]:
        """What these changes, seen by the camera or its silence, make of what the browser said."""
        seen = [change for change in changes if not isinstance(change, Corroborated)]
        self.claims, more = notice_seen(self.claims, seen, self.claim_terms())
        return more


def take_seat(session: Session, evict: Callable[[], Awaitable[None]], now_ms: int) -> Seat:
    """Go on where the last owner stopped: what was open there is open here.

    Somebody who comes back is expected to send at once; a newcomer may read what is recorded first.
    """
    began_ms = {rule: incident.opened_at_ms for rule, incident in session.open.items()}
    timeline = resume(session.ordinals, began_ms, session.baseline, go_on(session.check_in), now_ms)
    arrived_ms = now_ms if session.epoch > 1 else None
    seat = Seat(session, timeline, evict, dict(session.open), arrived_ms)
    seat.claims = resume_claims(session.open.values(), now_ms)
    seat.undecided.extend(session.outbox())  # what the last owner decided and did not finish comes first
    return seat
