"""What follows by itself: a review is opened when a watched exam is over, and what it decides is carried out.

Every step may be done again, so whoever is killed between two lines is made good by the next pass. The order of an
opening: the review's document, then the result that it holds. Until then the result is held for its flags, since it was
made; there is no moment in which it could be released unseen.
"""

from collections.abc import Callable
from typing import Final

from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.results import Result
from guildhall.assessments.rules.accommodating import policy_exceptions
from guildhall.assessments.service.holding import Holding
from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.passes import carry_out_each
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.model import Incident, Session, seat_id
from guildhall.proctoring.model.cases import Line
from guildhall.proctoring.model.reviews import Penalty, Review
from guildhall.proctoring.rules import opening, reviewing
from guildhall.proctoring.rules.review_letters import letter, void_reason
from guildhall.proctoring.service.looks import Looks
from guildhall.proctoring.settings import ReviewSettings
from guildhall.proctoring.store import ProctoringStore

log = get_logger(__name__)

SYSTEM: Final = "system:review"
UNFOLLOWED_MS: Final = 3_000  # after this long whoever decided something has died, or could not reach the database
PAGE: Final = 200
_OVER: Final = frozenset({ReviewState.CLEARED, ReviewState.OVERTURNED})


class ReviewFollower:
    """Used by every verb that changes a review, and by the job."""

    def __init__(
        self, store: ProctoringStore, holding: Holding, looks: Looks, clock: Clock, settings: ReviewSettings
    ) -> None:
        self._store = store
        self._reviews = store.reviews
        self._holding = holding
        self._looks = looks
        self._clock = clock
        self._settle_ms = round(settings.settle_seconds * 1000)
        self._wait_ms = round(settings.wait_seconds * 1000)

    async def is_watched(self, attempt: Attempt) -> bool:
        """For `Grading.is_watched`."""
        return await self._store.session(seat_id(attempt.id)) is not None

    # --- the job's passes

    async def open_due(self) -> int:
        """Look at every result that waits for it; how many were looked at to the end."""
        done, after_id = 0, ""
        while page := await self._holding.unlooked(after_id):
            after_id = page[-1].id
            done += await carry_out_each(page, self._open, failed="review_not_opened")
        return done

    async def follow_due(self) -> int:
        """Carry out what was left behind, and end what has run out."""
        now_ms = self._clock.now_ms()
        pending = await self._reviews.pending(now_ms - UNFOLLOWED_MS)
        due = await self._reviews.due(now_ms)
        await carry_out_each(pending, self.follow, failed="review_not_followed")
        await carry_out_each(due, self._lapse, failed="review_not_lapsed")
        return len(pending) + len(due)

    # --- opening

    async def _open(self, result: Result) -> bool:
        attempt = await self._holding.attempt(result.attempt_id)
        session = await self._store.session(seat_id(attempt.id))
        if session is None:
            await self._holding.lift(attempt.id)
            return True
        now_ms, over_at_ms = self._clock.now_ms(), attempt.over_at_ms
        if over_at_ms is None or not opening.is_at_rest(session, over_at_ms, now_ms, self._settle_ms, self._wait_ms):
            return False
        seen = await self._reviews.reviews.get(session.id)
        began_ms = over_at_ms if attempt.clock.started_at_ms is None else attempt.clock.started_at_ms
        if seen is not None:  # it was opened again, or somebody was killed after opening its review
            if opening.looked_until_ms(seen) >= over_at_ms:
                await self._holding.hold(attempt.id, seen.id, opening.looked_until_ms(seen))
                await self.follow(seen)
                return True
            if not opening.may_begin_anew(seen):
                return False
        lines = await self._lines(session.id)
        flags, left_out = reviewing.flags_of(
            await self.incidents(session.id),
            opening.flags_by_hand(session.id, lines),
            began_ms=began_ms,
            over_ms=over_at_ms,
        )
        if not (flags if seen is None else opening.new_flags(seen, flags)):
            await self._holding.lift(attempt.id)
            return True
        fresh = _fresh(session, attempt, now_ms).model_copy(
            update={
                "flags": flags,
                "flags_left_out": left_out,
                "witnesses": opening.witnesses_of(lines),
                "over_at_ms": over_at_ms,
            }
        )
        count = len(flags) + left_out

        def opened(before: Review, after: Review) -> Review:
            return reviewing.acted(before, after, "open_review", SYSTEM, now_ms, flags=count)

        if seen is None:
            review = await self._reviews.open(opened(fresh, fresh.model_copy()))
        else:
            review = await self._change(seen, lambda one: opened(one, opening.begun_anew(one, fresh)))
        await self._holding.hold(attempt.id, review.id, opening.looked_until_ms(review))
        await self.follow(review)
        return opening.looked_until_ms(review) >= over_at_ms  # else somebody took the earlier case meanwhile

    async def incidents(self, session_id: str) -> list[Incident]:
        """Everything that was flagged in a session, of every channel, as its signal log has it."""
        number, decisions = 0, []
        while page := await self._store.signals.after(session_id, number, PAGE):
            number = page[-1].number
            decisions += [entry for chunk in page for entry in chunk.decisions]
        return opening.incidents_of(decisions)

    async def _lines(self, session_id: str) -> list[Line]:
        found: list[Line] = []
        while page := await self._store.cases.lines(session_id, found[-1].number if found else 0, PAGE):
            found += page
        return found

    # --- what follows a decision

    async def follow(self, review: Review) -> Review:
        """Write down, carry out, tell. What cannot be done now stays in the review, for the job."""
        try:
            while review.is_pending:
                if review.acts:
                    act = review.acts[0]
                    await self._looks.did(act.by, act.verb, review.id, act.key, act.at_ms, act.details)
                    review = await self._change(review, lambda seen, act=act: reviewing.written(seen, act))  # type: ignore[misc]
                else:
                    await self._carry_out(review)
                    review = await self._change(review, reviewing.settled)
        except StorageUnavailable as error:
            log.warning("review_not_followed_yet", review=review.id, reason=str(error))
        return review

    async def _lapse(self, review: Review) -> None:
        now_ms = self._clock.now_ms()

        def decide(seen: Review) -> Review:
            verb = "close_review" if seen.state is ReviewState.PENALISED else "lapse_review"
            return reviewing.acted(seen, reviewing.lapsed(seen, now_ms), verb, SYSTEM, now_ms)

        await self.follow(await self._change(review, decide))

    async def _carry_out(self, review: Review) -> None:
        """What the review's state leads to; repeating it changes nothing."""
        await self._holding.hold(review.attempt_id, review.id, opening.looked_until_ms(review))
        is_reprimand = review.penalty is Penalty.REPRIMAND
        if review.state in _OVER or (is_reprimand and review.state in {ReviewState.PENALISED, ReviewState.CONFIRMED}):
            await self._holding.lift(review.attempt_id, review.id)
        elif review.state is ReviewState.CONFIRMED:
            await self._holding.void(review.attempt_id, review.id, SYSTEM, void_reason(review))
            if review.penalty is Penalty.RESIT:
                await self._holding.allow_resit(review.attempt_id, review.id)
        told = letter(review)
        if told is not None:
            again = f"/{review.over_at_ms}" if review.earlier else ""
            await self._holding.tell(review.attempt_id, f"{review.id}/{review.state.value}{again}", *told)

    async def _change(self, review: Review, decide: Callable[[Review], Review]) -> Review:
        return await self._reviews.reviews.change(review.id, self._clock.now_ms(), decide)


def _fresh(session: Session, attempt: Attempt, now_ms: int) -> Review:
    return Review(
        id=session.id,
        created_at_ms=now_ms,
        updated_at_ms=now_ms,
        exam_id=session.exam_id,
        attempt_id=attempt.id,
        candidate_name=attempt.candidate_name,
        delivery_id=attempt.delivery_id,
        organisation_id=attempt.organisation_id,
        account_id=attempt.account_id,
        exceptions=policy_exceptions(attempt.accommodation),
        flags=(),
    )
