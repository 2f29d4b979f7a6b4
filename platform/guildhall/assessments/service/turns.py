"""Every turn of an attempt: decided by `rules.turning`, stored by one compare-and-set, then announced.

A turn that ends or reopens the answers needs an entry in the log as well. It is written into the attempt first
(`pending`), then into the log, then carried out: whoever is killed on the way is finished by the next who looks.
"""

from collections.abc import Awaitable, Callable
from functools import partial

import orjson

from guildhall.assessments.lifecycle import OVER, SITTING, Actor, AttemptEvent, AttemptState
from guildhall.assessments.model.attempts import Attempt, Outage, PendingTurn
from guildhall.assessments.model.exams import Accommodation
from guildhall.assessments.rules.accommodating import accommodated
from guildhall.assessments.rules.answers import mark_entry
from guildhall.assessments.rules.turning import (
    GIVEN_BACK,
    SYSTEM,
    Terms,
    Turn,
    actions_of,
    break_ended,
    entry_of,
    finished,
    given_back,
    intended,
    turned,
)
from guildhall.assessments.service.context import Context
from guildhall.kit.lifecycle import AllowedAction
from guildhall.kit.logs import get_logger
from guildhall.kit.streams import Entry

log = get_logger(__name__)


def attempt_topic(attempt_id: str) -> str:
    """Carries hints.

    `{"seat": epoch}` when a page takes the seat, `{"turn": reason}` when state or clock are other, `{"left": section}`
    when a section was left, `{"answered": true}` when an answer was stored that the seat's page did not send itself.
    """
    return f"assessments.attempt.{attempt_id}"


async def _nobody_watches(attempt: Attempt) -> None:
    """Where nothing is proctored."""


class Turns:
    """The one place that moves an attempt; used by the candidate's verbs, the staff's and the jobs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._grace_ms = round(context.settings.grace_seconds * 1000)
        self.on_changed: list[Callable[[Attempt], None]] = []
        """Told of each attempt that was changed in this process."""
        self.accommodated: Callable[[Attempt], Awaitable[None]] = _nobody_watches
        """Set by the composition root where there is proctoring: what is not judged may be other now."""
        self.reopening: Callable[[Attempt], Awaitable[None]] = _nobody_watches
        """Called, perhaps more than once, of what is about to be opened again: its result must not go out meanwhile."""

    async def terms(self, attempt: Attempt) -> Terms:
        if attempt.state in SITTING or attempt.state in OVER:
            return Terms(self._grace_ms)  # the window is asked about only by who has not begun
        delivery = await self._store.deliveries.get(attempt.delivery_id)
        now_ms = self._context.clock.now_ms()
        is_open = (
            delivery is not None
            and not delivery.is_cancelled
            and delivery.opens_at_ms <= now_ms <= delivery.closes_at_ms
        )
        invitation = await self._store.invitations.get(attempt.invitation_id)  # none for the demo's
        is_withdrawn = invitation is not None and invitation.is_withdrawn
        return Terms(self._grace_ms, is_open and not is_withdrawn)

    async def actions(self, attempt: Attempt, actor: Actor) -> tuple[AllowedAction, ...]:
        return actions_of(attempt, actor, self._context.clock.now_ms(), await self.terms(attempt))

    async def turn(
        self,
        attempt_id: str,
        event: AttemptEvent,
        actor: Actor,
        by: str,
        reason: str = "",
        *,
        extra_ms: int = 0,
        key: str = "",
    ) -> Attempt:
        """Any turn but an end or a reopening. Raises MoveRefused, TooManyTurns, BeingClosed, NoSuch."""
        terms = await self.terms(await self.settle(attempt_id))
        now_ms = self._context.clock.now_ms()
        turn = Turn(event, actor, by, now_ms, reason, extra_ms, key)
        attempt = await self._store.attempts.change(attempt_id, now_ms, lambda seen: turned(seen, turn, terms))
        await self.announce(attempt, reason)
        return attempt

    async def close(
        self, attempt_id: str, event: AttemptEvent, actor: Actor, by: str, reason: str = "", *, key: str = ""
    ) -> Attempt:
        """Submit, end or void; again, or after the clock was faster, it returns what came of it. Raises MoveRefused."""
        seen = await self.give_back(await self.settle(attempt_id))  # so that what is kept of its time is whole
        return await self._intend(seen, Turn(event, actor, by, self._context.clock.now_ms(), reason, key=key))

    async def reopen(self, attempt_id: str, by: str, reason: str, extra_ms: int) -> Attempt:
        """The candidate may go on; the time between the end and now does not count, `extra_ms` comes on top.

        Raises NoTimeLeft where nothing is left with it.
        """
        seen = await self.settle(attempt_id)
        now_ms = self._context.clock.now_ms()
        return await self._intend(seen, Turn(AttemptEvent.REOPEN, Actor.AUTHOR, by, now_ms, reason, extra_ms))

    async def accommodate(self, attempt_id: str, accommodation: Accommodation) -> str:
        """Give an attempt what its invitation says now, as far as it still may, and tell its pages; its id.

        Called when the invitation is edited and whenever its candidate comes in, so whoever is killed between the two
        documents is made good before the clock starts.
        """
        seen = await self._store.attempts.get(attempt_id)
        if seen is None or accommodated(seen, accommodation, 0) is seen:
            return attempt_id
        version = await self._store.exam_versions.read(seen.exam_version_id)
        seconds = version.plan.duration_seconds
        attempt = await self._store.attempts.change(
            attempt_id, self._context.clock.now_ms(), lambda one: accommodated(one, accommodation, seconds)
        )
        await self.announce(attempt)
        await self.accommodated(attempt)
        return attempt_id

    async def settle(self, attempt_id: str) -> Attempt:
        """The attempt, after what is pending or due of it: an end or a reopening, its expiry, the end of its break."""
        attempt = await self._carry_on(await self._store.attempts.read(attempt_id))
        if not self._is_due(attempt):
            return attempt
        attempt = await self.give_back(attempt)  # what was our own doing, before anything is decided
        if attempt.pending is not None or not self._is_due(attempt):
            return attempt
        return await self._end_break(attempt) if attempt.state is AttemptState.ON_BREAK else await self._expire(attempt)

    async def give_back(self, attempt: Attempt, outages: list[Outage] | None = None) -> Attempt:
        """The outages since its start, in one compare-and-set; told where that changed anything."""
        if attempt.state not in SITTING or attempt.clock.started_at_ms is None:
            return attempt
        known = await self._store.outages_since(attempt.clock.started_at_ms) if outages is None else outages
        terms, now_ms = Terms(self._grace_ms), self._context.clock.now_ms()
        if given_back(attempt, known, terms, now_ms) is attempt:
            return attempt
        given = await self._store.attempts.change(
            attempt.id, now_ms, lambda seen: given_back(seen, known, terms, now_ms)
        )
        await self.announce(given, GIVEN_BACK)
        return given

    async def announce(self, attempt: Attempt, reason: str = "") -> None:
        for tell in self.on_changed:
            tell(attempt)
        await self._context.bus.publish(attempt_topic(attempt.id), orjson.dumps({"turn": reason}))

    async def announce_left(self, attempt: Attempt, section_id: str) -> None:
        """To whichever page holds the seat: a section is closed, and the next one open."""
        await self._context.bus.publish(attempt_topic(attempt.id), orjson.dumps({"left": section_id}))

    async def announce_answered(self, attempt_id: str) -> None:
        """To whichever page holds the seat: there is an answer that another page sent, such as the one it took over."""
        await self._context.bus.publish(attempt_topic(attempt_id), orjson.dumps({"answered": True}))

    # --- ends and reopenings

    async def _intend(self, seen: Attempt, turn: Turn) -> Attempt:
        terms = Terms(self._grace_ms)
        attempt = await self._decide(seen, turn.at_ms, lambda attempt: intended(attempt, turn, terms))
        return await self._carry_on(attempt)

    async def _decide(self, seen: Attempt, now_ms: int, decide: Callable[[Attempt], Attempt]) -> Attempt:
        """`Documents.change`, beginning with what was just read: in the second in which all hand in, reading counts."""
        new = decide(seen)
        if new is seen:
            return seen
        changed = await self._store.attempts.replace(seen, new, now_ms)
        return changed or await self._store.attempts.change(seen.id, now_ms, decide)

    async def _carry_on(self, attempt: Attempt) -> Attempt:
        pending = attempt.pending
        if pending is None:
            return attempt
        if pending.event == "reopen":
            await self.reopening(attempt)
        entry = await self._write_entry(attempt, pending)
        terms, now_ms = Terms(self._grace_ms), self._context.clock.now_ms()

        def finish(seen: Attempt) -> Attempt:
            return finished(seen, entry, terms, now_ms) if seen.pending == pending else seen

        done = await self._decide(attempt, now_ms, finish)
        await self.announce(done, pending.reason)
        return done

    async def _write_entry(self, attempt: Attempt, pending: PendingTurn) -> Entry | None:
        wanted = entry_of(attempt, pending)
        if wanted is None:
            return None
        kind, key = wanted
        now_ms = self._context.clock.now_ms()
        link = partial(mark_entry, kind, pending.by, attempt.id, key, now_ms)
        return await self._store.answers.append_linked(attempt.id, key, now_ms, link)

    # --- the clock

    def _is_due(self, attempt: Attempt) -> bool:
        return 0 < attempt.due_at_ms <= self._context.clock.now_ms()

    async def _expire(self, attempt: Attempt) -> Attempt:
        """Only as it was seen: what comes in between, such as an extension, is looked at first, next time."""
        newest_ms = await self._store.newest_beat_ms()
        if newest_ms is None or newest_ms < attempt.due_at_ms:
            # Nobody has said since then that we serve: this may be an outage, which would give time back. Whoever ends
            # one writes it down before their first beat, so a beat after `due_at_ms` says that all before it are known.
            return attempt
        now_ms = self._context.clock.now_ms()
        turn = Turn(AttemptEvent.EXPIRE, Actor.SYSTEM, SYSTEM, now_ms)
        wanted = intended(attempt, turn, Terms(self._grace_ms))
        changed = await self._store.attempts.replace(attempt, wanted, now_ms)
        if changed is None:
            return attempt
        log.info("attempt_expired", attempt_id=attempt.id, due_at_ms=attempt.due_at_ms)
        return await self._carry_on(changed)

    async def _end_break(self, attempt: Attempt) -> Attempt:
        now_ms = self._context.clock.now_ms()
        changed = await self._store.attempts.replace(
            attempt, break_ended(attempt, Terms(self._grace_ms), now_ms), now_ms
        )
        if changed is None:
            return attempt
        await self.announce(changed, changed.history[-1].reason)
        return changed
