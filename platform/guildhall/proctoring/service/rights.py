"""What a candidate may know and say: the flags about them, who looked and when, and their word against a decision."""

from dataclasses import dataclass

from guildhall.assessments.lifecycle import AttemptState
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.results import HeldFor, Result
from guildhall.assessments.service.people import People
from guildhall.assessments.store import AssessmentsStore
from guildhall.kit.audit import AuditEntry
from guildhall.kit.clock import Clock
from guildhall.proctoring.lifecycle.reviewing import REVIEW, ReviewActor, ReviewEvent
from guildhall.proctoring.messages.evidence import StripShown
from guildhall.proctoring.model import Incident, Session, seat_id
from guildhall.proctoring.model.admission import Admission
from guildhall.proctoring.model.deletions import Deletion
from guildhall.proctoring.model.photos import Photo, PhotoKind
from guildhall.proctoring.model.reviews import Flag, Review
from guildhall.proctoring.rules import reviewing
from guildhall.proctoring.rules.tracing import TracePoint
from guildhall.proctoring.service.evidence import EvidenceDesk
from guildhall.proctoring.service.looks import Looks
from guildhall.proctoring.service.moves import SessionNotFound
from guildhall.proctoring.service.photos import PhotoDesk
from guildhall.proctoring.service.reliabilities import Reliabilities
from guildhall.proctoring.service.review_following import ReviewFollower
from guildhall.proctoring.service.reviewing import Traces, flag_of
from guildhall.proctoring.store import ProctoringStore
from guildhall.proctoring.store.reviews import ReviewNotFound

LISTED_MAX = 200
CANDIDATE = "The candidate"


@dataclass(frozen=True, slots=True)
class Watched:
    """An attempt before a camera; until `is_known` nobody can say that there is nothing to review."""

    attempt: Attempt
    review: Review | None
    is_known: bool


@dataclass(frozen=True, slots=True)
class Own:
    """Everything there is about one attempt's watching; `is_known` as in `Watched`."""

    attempt: Attempt
    is_known: bool
    session: Session
    incidents: list[Incident]
    review: Review | None
    looks: list[AuditEntry]
    names: dict[str, str]
    admission: Admission | None
    deletion: Deletion | None
    """Where it is certified that what was kept of their looks was destroyed."""


class Rights:
    def __init__(
        self,
        store: ProctoringStore,
        exams: AssessmentsStore,
        follower: ReviewFollower,
        looks: Looks,
        traces: Traces,
        evidence: EvidenceDesk,
        people: People,
        clock: Clock,
        photos: PhotoDesk,
        reliabilities: Reliabilities,
    ) -> None:
        self._store = store
        self._exams = exams
        self._follower = follower
        self._looks = looks
        self._traces = traces
        self._evidence = evidence
        self._people = people
        self._clock = clock
        self._photos = photos
        self.reliabilities = reliabilities

    async def mine(self, account_id: str) -> list[Watched]:
        """One's attempts before a camera, the newest first."""
        attempts = [one for one in await self._exams.attempts_of(account_id) if one.is_proctored]
        reviews = {one.attempt_id: one for one in await self._store.reviews.of_account(account_id, LISTED_MAX)}
        results = {one.id: one for one in await self._exams.results_of(account_id)}
        return [
            Watched(one, reviews.get(one.id), is_known(one, results.get(one.id), reviews.get(one.id)))
            for one in reversed(attempts)
        ]

    async def own(self, account_id: str, attempt_id: str) -> Own:
        """Raises SessionNotFound, also for what is somebody else's."""
        attempt = await self._attempt(account_id, attempt_id)
        await self._looks.looked(account_id, "view_own", seat_id(attempt.id))
        return await self.read(attempt)

    async def read(self, attempt: Attempt) -> Own:
        """For the candidate and for reports. Raises SessionNotFound where there was no camera."""
        session = await self._store.session(seat_id(attempt.id))
        if session is None:
            raise SessionNotFound(seat_id(attempt.id))
        looks = await self._looks.of(session.id)
        names = {}
        for account_id in sorted({entry.actor for entry in looks if not entry.actor.startswith("system:")}):
            person = await self._people.find(account_id)
            if person is not None:
                names[account_id] = person.name
        review = await self._store.reviews.reviews.get(session.id)
        known = is_known(attempt, await self._exams.results.get(attempt.id), review)
        # While an exam goes on nobody is told what was noticed of them, or they could try out what is not.
        incidents = [] if attempt.over_at_ms is None else await self._follower.incidents(session.id)
        await self.reliabilities.refresh()
        deletion = await self._store.deletions.get(session.id)
        return Own(
            attempt=attempt,
            is_known=known,
            session=session,
            incidents=incidents,
            review=review,
            looks=looks,
            names=names,
            admission=await self._store.admissions.admissions.get(session.id),
            deletion=deletion if deletion is not None and deletion.certificate else None,
        )

    async def trace(self, account_id: str, attempt_id: str, flag_id: str) -> tuple[Flag, list[TracePoint] | None]:
        """Raises SessionNotFound, ReviewNotFound."""
        attempt = await self._attempt(account_id, attempt_id)
        review = await self._store.reviews.reviews.read(seat_id(attempt.id))
        flag = flag_of(review, flag_id)
        await self._looks.looked(account_id, "view_own_trace", review.id, flag=flag_id)
        return flag, await self._traces.of(review.id, flag)

    async def strip(self, account_id: str, attempt_id: str, flag_id: str) -> StripShown:
        """Raises SessionNotFound, NoIncident; while the exam goes on there is nothing to see."""
        attempt = await self._attempt(account_id, attempt_id)
        session = await self._store.session(seat_id(attempt.id))
        if session is None or attempt.over_at_ms is None:
            raise SessionNotFound(seat_id(attempt.id))
        return await self._evidence.strip(session, flag_id, account_id, is_candidate=True)

    async def photos(self, account_id: str, attempt_id: str) -> tuple[tuple[Photo, bytes], ...]:
        """Every photograph that is kept of them, the document too. Raises SessionNotFound."""
        attempt = await self._attempt(account_id, attempt_id)
        return await self._photos.every(seat_id(attempt.id), account_id, tuple(PhotoKind))

    async def contest(self, account_id: str, attempt_id: str, words: str) -> Own:
        """Raises SessionNotFound, ReviewNotFound, MoveRefused once the time is over, Invalid."""
        attempt = await self._attempt(account_id, attempt_id)
        review_id, now_ms = seat_id(attempt.id), self._clock.now_ms()

        def decide(seen: Review) -> Review:
            return reviewing.acted(seen, reviewing.contested(seen, words, now_ms), "contest_review", account_id, now_ms)

        if await self._store.reviews.reviews.get(review_id) is None:
            raise ReviewNotFound(review_id)
        await self._follower.follow(await self._store.reviews.reviews.change(review_id, now_ms, decide))
        return await self.read(attempt)

    def may_contest(self, review: Review) -> tuple[bool, str | None]:
        """Or why not."""
        for one in reviewing.allowed_actions(review, "", ReviewActor.CANDIDATE, self._clock.now_ms()):
            if one.event == ReviewEvent.CONTEST:
                return one.allowed, one.reason
        return False, None

    def now_ms(self) -> int:
        return self._clock.now_ms()

    async def _attempt(self, account_id: str, attempt_id: str) -> Attempt:
        attempt = await self._exams.attempts.get(attempt_id)
        if attempt is None or attempt.account_id != account_id:
            raise SessionNotFound(attempt_id)
        return attempt


def is_known(attempt: Attempt, result: Result | None, review: Review | None) -> bool:
    """Whether anybody has looked, after the exam, whether something was flagged that has to be reviewed.

    A result is held for that since it was made; an attempt that was declared void may have none.
    """
    if attempt.over_at_ms is None:
        return False
    if result is None:
        return review is not None or attempt.state is AttemptState.VOIDED
    # Opened again after its review was over, it waits to be looked at once more.
    goes_on = review is not None and review.state not in REVIEW.final
    return goes_on or result.held_for is not HeldFor.FLAGS
