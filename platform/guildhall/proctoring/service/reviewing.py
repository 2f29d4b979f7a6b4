"""The verbs of reviewers: find a case, take it for a while, judge each flag, decide; or answer an appeal."""

from collections.abc import Callable

from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.people import People
from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict
from guildhall.kit.ids import new_id
from guildhall.kit.lifecycle import AllowedAction, MoveRefused
from guildhall.proctoring.lifecycle.reviewing import WAITING, ReviewActor, ReviewEvent, ReviewState
from guildhall.proctoring.messages.evidence import StripShown
from guildhall.proctoring.model.photos import Photo
from guildhall.proctoring.model.reviews import Flag, Penalty, Review, VerdictReason
from guildhall.proctoring.model.signals import Record
from guildhall.proctoring.rules import reviewing
from guildhall.proctoring.rules.packing import LogUnreadable
from guildhall.proctoring.rules.tracing import TracePoint, stretch_of, trace_of
from guildhall.proctoring.service.evidence import EvidenceDesk
from guildhall.proctoring.service.keys import EvidenceDestroyed, SealBroken
from guildhall.proctoring.service.looks import Looks
from guildhall.proctoring.service.photos import PhotoDesk
from guildhall.proctoring.service.reliabilities import Reliabilities
from guildhall.proctoring.service.review_following import ReviewFollower
from guildhall.proctoring.service.signals import SignalLog, open_chunk
from guildhall.proctoring.settings import ReviewSettings
from guildhall.proctoring.store import ProctoringStore
from guildhall.proctoring.store.reviews import ReviewNotFound

LISTED_MAX = 200
SOMEBODY = "A reviewer"
_HELD = frozenset(WAITING.values())


class Traces:
    """Signal traces from the sealed log; used for reviewers, candidates and reports."""

    def __init__(self, signals: SignalLog) -> None:
        self._signals = signals

    async def of(self, session_id: str, flag: Flag) -> list[TracePoint] | None:
        """None: what was kept of the session was destroyed. Raises Conflict where it was changed."""
        from_ms, until_ms = stretch_of(flag.opened_at_ms, flag.closed_at_ms)
        try:
            seal = await self._signals.seal_of(session_id)
        except EvidenceDestroyed:
            return None
        records: list[Record] = []
        before_ms = 0
        for chunk in await self._signals.chunks(session_id):
            # A chunk holds what was judged since the one before was sealed.
            if chunk.sealed_at_ms >= from_ms and before_ms <= until_ms:
                try:
                    records += [record for _, record in open_chunk(chunk, seal)]
                except (SealBroken, LogUnreadable) as error:
                    raise Conflict(f"The signal log of this exam is not as it was written: {error}") from error
            before_ms = chunk.sealed_at_ms
        return trace_of(records, from_ms, until_ms)


class Reviewing:
    """`scope` says whose cases somebody may see; which they may decide is the machine's to say."""

    def __init__(
        self,
        store: ProctoringStore,
        follower: ReviewFollower,
        looks: Looks,
        traces: Traces,
        evidence: EvidenceDesk,
        people: People,
        clock: Clock,
        settings: ReviewSettings,
        photos: PhotoDesk,
    ) -> None:
        self._sessions = store
        self._photos = photos
        self._store = store.reviews
        self._evidence = evidence
        self.reliabilities = Reliabilities(store.reviews, clock)
        self._follower = follower
        self._looks = looks
        self._traces = traces
        self._people = people
        self._clock = clock
        self._lease_ms = round(settings.lease_minutes * 60_000)
        self._contest_ms = round(settings.contest_days * 86_400_000)

    async def queue(self, scope: Scope) -> tuple[list[Review], int]:
        """What this person may take or has, and how many other cases there are."""
        organisations = None if scope.is_everywhere else scope.listed()
        found = await self._store.unfinished(organisations, LISTED_MAX)
        mine = [one for one in found if self._is_for(one, scope.account_id)]
        return mine, len(found) - len(mine)

    def _is_for(self, review: Review, by: str) -> bool:
        if by == review.account_id:
            return False
        facts = reviewing.facts_of(review, by, self._clock.now_ms())
        return facts.is_holder or (facts.is_impartial and (review.state in WAITING or facts.is_lease_over))

    async def look(self, scope: Scope, review_id: str) -> Review:
        """Written down first. Raises ReviewNotFound."""
        review = await self._visible(scope, review_id)
        await self._looks.looked(scope.account_id, "view_review", review.id)
        await self.reliabilities.refresh()
        return review

    async def trace(self, scope: Scope, review_id: str, flag_id: str) -> tuple[Flag, list[TracePoint] | None]:
        """Raises ReviewNotFound."""
        review = await self._visible(scope, review_id)
        flag = flag_of(review, flag_id)
        await self._looks.looked(scope.account_id, "view_trace", review.id, flag=flag_id)
        return flag, await self._traces.of(review.id, flag)

    async def strip(self, scope: Scope, review_id: str, flag_id: str) -> StripShown:
        """The pictures around a flag, as far as any were kept. Raises ReviewNotFound, NoIncident."""
        review = await self._visible(scope, review_id)
        flag, session = flag_of(review, flag_id), await self._sessions.session(review.id)
        if session is None:
            raise ReviewNotFound(review_id)
        return await self._evidence.strip(session, flag.id, scope.account_id, is_candidate=False)

    async def photos(self, scope: Scope, review_id: str) -> tuple[tuple[Photo, bytes], ...]:
        """What was photographed at the check-in and of the room, while it is kept; each look is written down.

        Never the identity document: it has the name, which a reviewer is not told. Raises ReviewNotFound.
        """
        review = await self._visible(scope, review_id)
        return await self._photos.every(review.id, scope.account_id)

    def actions(self, review: Review, by: str) -> tuple[AllowedAction, ...]:
        return reviewing.allowed_actions(review, by, ReviewActor.REVIEWER, self._clock.now_ms())

    def now_ms(self) -> int:
        return self._clock.now_ms()

    # --- acts; each raises ReviewNotFound, MoveRefused, ActsFull

    async def claim(self, scope: Scope, review_id: str) -> Review:
        person = await self._people.find(scope.account_id)
        name = SOMEBODY if person is None else person.name

        def decide(seen: Review, now_ms: int) -> Review:
            return reviewing.claimed(seen, scope.account_id, name, now_ms, self._lease_ms)

        return await self._decide(scope, review_id, ReviewEvent.CLAIM, decide)

    async def leave(self, scope: Scope, review_id: str) -> Review:
        by = scope.account_id
        return await self._decide(
            scope, review_id, ReviewEvent.LEAVE, lambda seen, now_ms: reviewing.left(seen, by, now_ms)
        )

    async def judge(
        self, scope: Scope, review_id: str, flag_id: str, reason: VerdictReason, words: str, *, is_upheld: bool
    ) -> Review:
        """Raises Invalid as well."""

        def decide(seen: Review, now_ms: int) -> Review:
            return reviewing.judged(seen, scope.account_id, flag_id, reason, words, now_ms, is_upheld=is_upheld)

        told: dict[str, str | bool] = {"flag": flag_id, "is_upheld": is_upheld, "reason": reason.value}
        return await self._decide(scope, review_id, ReviewEvent.JUDGE, decide, **told)

    async def clear(self, scope: Scope, review_id: str, words: str) -> Review:
        by = scope.account_id
        return await self._decide(
            scope, review_id, ReviewEvent.CLEAR, lambda seen, now_ms: reviewing.cleared(seen, by, words, now_ms)
        )

    async def penalise(self, scope: Scope, review_id: str, penalty: Penalty, words: str) -> Review:
        def decide(seen: Review, now_ms: int) -> Review:
            return reviewing.penalised(seen, scope.account_id, penalty, words, now_ms, self._contest_ms)

        return await self._decide(scope, review_id, ReviewEvent.PENALISE, decide, penalty=penalty.value)

    async def answer(self, scope: Scope, review_id: str, words: str, *, is_overturned: bool) -> Review:
        event = ReviewEvent.OVERTURN if is_overturned else ReviewEvent.CONFIRM

        def decide(seen: Review, now_ms: int) -> Review:
            return reviewing.answered(seen, scope.account_id, words, now_ms, is_overturned=is_overturned)

        return await self._decide(scope, review_id, event, decide)

    async def _decide(
        self,
        scope: Scope,
        review_id: str,
        event: ReviewEvent,
        decide: Callable[[Review, int], Review],
        **details: str | int | bool,
    ) -> Review:
        """One compare-and-set, with its line for the audit log in it; a refusal is written down as well."""
        await self._visible(scope, review_id)
        await self.reliabilities.refresh()
        now_ms, by, verb = self._clock.now_ms(), scope.account_id, f"{event.value}_review"

        def change(seen: Review) -> Review:
            return reviewing.acted(seen, decide(seen, now_ms), verb, by, now_ms, **details)

        try:
            changed = await self._store.reviews.change(review_id, now_ms, change)
        except MoveRefused:
            await self._looks.did(by, verb, review_id, new_id("act", self._clock), now_ms, details, "refused")
            raise
        return await self._follower.follow(changed)

    async def _visible(self, scope: Scope, review_id: str) -> Review:
        """Nobody reviews themselves; for them, as for whoever it is not for, there is no such review."""
        review = await self._store.reviews.get(review_id)
        if review is None or not scope.covers(review.organisation_id) or review.account_id == scope.account_id:
            raise ReviewNotFound(review_id)
        return review


def flag_of(review: Review, flag_id: str) -> Flag:
    """Of the case, or of one before the exam was opened again. Raises ReviewNotFound."""
    for flag in (flag for case in review.cases for flag in case.flags):
        if flag.id == flag_id:
            return flag
    raise ReviewNotFound(f"{review.id} with a flag {flag_id}")


def until_ms_of(review: Review, by: str) -> int:
    """Until when a person has the case; 0: they do not."""
    last = review.rounds[-1] if review.rounds and review.state in _HELD else None
    return last.until_ms if last is not None and last.by == by else 0


def is_appeal(review: Review) -> bool:
    return review.state in {ReviewState.CONTESTED, ReviewState.IN_APPEAL}
