"""A seat: what this process holds of one candidate's session while their socket is here."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from guildhall.kit.bus import Subscription
from guildhall.proctoring.model import Incident, PendingEntry, Rule, Session
from guildhall.proctoring.model.admission import Admission, ProctoringPolicy
from guildhall.proctoring.model.signals import Muted, Record, Resumed, Silence, Standpoint
from guildhall.proctoring.rules import Closed, Opened, Timeline
from guildhall.proctoring.rules.advancing import advance
from guildhall.proctoring.rules.calming import Asked, Calm
from guildhall.proctoring.rules.claims import (
    ClaimBook,
    ClaimTerms,
    Corroborated,
    notice_seen,
    resume_claims,
)
from guildhall.proctoring.rules.judging import Judgement
from guildhall.proctoring.rules.pacing import RATE_FRAMES
from guildhall.proctoring.service.films import Film
from guildhall.proctoring.service.signals import Tape
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
    is_enlarged: bool = False
    calm: Calm = field(default_factory=Calm)
    asked: Asked | None = None  # of their page; None until a picture was judged
    observation: Observation | None = None  # the newest, for the system check
    admission: Admission | None = None
    rules_off: frozenset[Rule] = frozenset()  # muted, or not consented to
    claims: ClaimBook = field(default_factory=lambda: ClaimBook(since_ms=0))
    claim_count: int | None = None  # in the log; None: not read yet
    rules: RuleSettings = field(default_factory=RuleSettings)
    film: Film = field(default_factory=Film)
    tape: Tape | None = None  # of the signal log; None until the session was resumed on it

    @property
    def has_unwritten(self) -> bool:
        return bool(self.undecided) or (self.tape is not None and bool(self.tape.records or self.tape.written))

    def is_due(self, now_ms: int) -> bool:
        return self.tape is not None and (self.tape.written is not None or self.tape.is_due(now_ms))

    def advance(self, record: Record) -> Judgement:
        """Judge a record and keep it for the log: the only way a seat's timeline changes once it is taken.

        Raises what `advance` raises, and then keeps nothing.
        """
        judgement = advance(self.timeline, record, self.rules)
        is_told = not isinstance(record, Silence) or judgement.timeline is not self.timeline or judgement.changes
        self.timeline = judgement.timeline
        if self.tape is not None and is_told:
            self.tape.add(record)
        return judgement

    def mute(self, at_ms: int) -> Sequence[Closed]:
        """Judge by no rule that is off from now on, and say so on the log; what that ends.

        Called where that changes, and when the log was resumed: an owner begins with all of them.
        """
        if self.timeline.muted == self.rules_off:
            return ()
        changes = self.advance(Muted(at_ms, self.rules_off)).changes
        return [change for change in changes if isinstance(change, Closed)]

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


def standpoint_of(session: Session) -> Standpoint:
    """What is known of a session that is taken over: what was open there is open here."""
    return Standpoint(
        epoch=session.epoch,
        ordinals=session.ordinals,
        began_ms={rule: incident.opened_at_ms for rule, incident in session.open.items()},
        baseline=session.baseline,
        check_in=session.check_in,
    )


def take_seat(
    session: Session, evict: Callable[[], Awaitable[None]], now_ms: int, rules: RuleSettings | None = None
) -> Seat:
    """Go on where the last owner stopped.

    Somebody who comes back is expected to send at once; a newcomer may read what is recorded first.
    """
    arrived_ms = now_ms if session.epoch > 1 else None
    seat = Seat(session, Timeline(), evict, {}, arrived_ms, rules=rules or RuleSettings())
    sit(seat, session, Resumed(now_ms, standpoint_of(session)))
    return seat


def sit(seat: Seat, session: Session, resumed: Resumed) -> None:
    """Let a seat go on from what is stored, forgetting whatever it knew."""
    seat.session = session
    seat.timeline = advance(seat.timeline, resumed, seat.rules).timeline
    seat.open_incidents = dict(session.open)
    seat.claims = resume_claims(session.open.values(), resumed.at_ms)
    seat.undecided.clear()
    seat.undecided.extend(session.outbox())  # what the last owner decided and did not finish comes first
