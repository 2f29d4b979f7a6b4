"""The verbs on weeks of hours: log and drop entries, hand in, ask about, approve, dispute.

No minute of an agent is logged twice, whatever contracts it is under: its time is taken in the agent's day before the
entry is written into its week. A process that is killed between the two leaves time taken by nothing; whoever wants it
after a minute bars that entry from its week first, so that it cannot come late, and then has the time.
"""

import contextlib
from collections.abc import Collection
from functools import partial
from typing import Final

from guildhall.gigs.lifecycle import Actor
from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.days import AgentDay, TakenTime, dates_of, day_id
from guildhall.gigs.model.weeks import Entry, Week, week_id
from guildhall.gigs.rules import disputed_hours, hours, opening_weeks, taking_time
from guildhall.gigs.rules.moving import By
from guildhall.gigs.rules.taking_time import TAKING_MS, TimeTaken
from guildhall.gigs.service.context import Caller, Context, DecideWeek
from guildhall.gigs.service.following import Following
from guildhall.kit.errors import DomainError
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate, StorageError

_PARTIES: Final = frozenset({Actor.AGENT, Actor.CLIENT})
_TRIES: Final = 20
"""Entries that were left behind, of which a day could hold several, one cleared away a try."""


class LoggingHours:
    def __init__(self, context: Context, following: Following) -> None:
        self._context = context
        self._following = following
        self._store = context.store

    async def log_hours(self, contract_id: str, caller: Caller, started_at_ms: int, minutes: int, memo: str) -> Week:
        """Raises HoursRefused, MoveRefused, Conflict, Refused, NotFound."""
        contract, by = await self._context.only(contract_id, caller, frozenset({Actor.AGENT}), "agent")
        entry = Entry(
            id=new_id("ent", self._context.clock),
            started_at_ms=started_at_ms,
            minutes=minutes,
            memo=memo,
            logged_at_ms=by.at_ms,
        )
        # What was logged before days were kept is found in its weeks alone.
        for week in await self._store.weeks_around(contract.agent_id, started_at_ms):
            if week.contract_id != contract_id and any(hours.overlap(one, entry) for one in week.entries):
                raise hours.HoursRefused("You have logged some of this time under another contract.")
        fresh = opening_weeks.new_week(contract, started_at_ms, by.at_ms)
        settings = self._context.settings
        known = await self._store.weeks.get(fresh.id)
        # Asked first, as if its pay were held: a refused entry opens no week.
        seen = (known or fresh).model_copy(update={"is_covered": True})
        hours.log(seen, contract, entry, settings, by)
        if fresh.monday not in contract.open_weeks:
            contract = await self._open_week(contract, fresh, by)
        with contextlib.suppress(Duplicate):  # known, or opened in another tab
            await self._store.weeks.add(fresh)
        if not opening_weeks.is_pay_held(known or fresh, contract):
            covered = await self._following.cover(contract, started_at_ms)
            if not opening_weeks.is_pay_held(covered, contract):
                raise hours.HoursRefused(f"The pay of this week is not held. {covered.refusal}".strip())
        await self._take(contract.agent_id, entry, fresh.id)
        try:
            changed = await self._context.change_week(
                fresh.id, contract, by, lambda seen, at, settings, by: hours.log(seen, at, entry, settings, by)
            )
        except StorageError:  # it may have been written all the same
            raise
        except DomainError:
            await self._let_go(contract.agent_id, entry)
            raise
        return await self._following.of_week(changed)

    async def drop_hours(self, contract_id: str, caller: Caller, monday: str, entry_id: str) -> Week:
        """Raises NotFound, MoveRefused, Refused."""
        contract, by = await self._context.only(contract_id, caller, _PARTIES, "two sides")
        before = await self._store.weeks.read(week_id(contract_id, monday))
        changed = await self._decide(
            before.id, contract, by, lambda seen, at, settings, by: hours.drop_entry(seen, at, entry_id, settings, by)
        )
        for entry in before.entries:
            if entry.id == entry_id:
                await self._let_go(contract.agent_id, entry)
        return changed

    async def on_week(self, contract_id: str, caller: Caller, monday: str, decide: DecideWeek) -> Week:
        contract, by = await self._context.only(contract_id, caller, _PARTIES, "two sides")
        return await self._decide(week_id(contract_id, monday), contract, by, decide)

    async def dispute(
        self, contract_id: str, caller: Caller, monday: str, entries: Collection[str], agent_minor: int, reason: str
    ) -> Week:
        """The client's. Raises NotFound, MoveRefused, DivisionWrong, Invalid."""
        contract, by = await self._context.seen(contract_id, caller)
        dispute_id = new_id("dsp", self._context.clock)
        return await self._decide(
            week_id(contract_id, monday),
            contract,
            by,
            lambda seen, at, settings, by: disputed_hours.open_dispute(
                seen, at, dispute_id, entries, agent_minor, reason, settings, by
            ),
        )

    async def on_dispute(self, contract_id: str, caller: Caller, monday: str, decide: DecideWeek) -> Week:
        """By a side, or by the staff."""
        contract, by = await self._context.seen(contract_id, caller)
        return await self._decide(week_id(contract_id, monday), contract, by, decide)

    async def _open_week(self, contract: Contract, fresh: Week, by: By) -> Contract:
        return await self._context.change(
            contract.id, by, lambda seen, _settings, _by: opening_weeks.open_week(seen, fresh.monday)
        )

    async def _decide(self, id_: str, contract: Contract, by: By, decide: DecideWeek) -> Week:
        changed = await self._context.change_week(id_, contract, by, decide)
        return await self._following.of_week(changed)

    # --- the agent's days

    async def _take(self, agent_id: str, entry: Entry, week: str) -> None:
        """On each day that the entry lies on, in order; on none where one of them refuses. Raises HoursRefused."""
        try:
            for date in dates_of(entry.started_at_ms, entry.ended_at_ms):
                await self._take_on(agent_id, date, entry, week)
        except StorageError:
            raise
        except DomainError:
            await self._let_go(agent_id, entry)
            raise

    async def _take_on(self, agent_id: str, date: str, entry: Entry, week: str) -> None:
        id_ = day_id(agent_id, date)
        if await self._store.days.get(id_) is None:
            now_ms = self._context.clock.now_ms()
            with contextlib.suppress(Duplicate):
                await self._store.days.add(AgentDay(id=id_, created_at_ms=now_ms, agent_id=agent_id, date=date))
        for _ in range(_TRIES):
            now_ms = self._context.clock.now_ms()
            take = partial(taking_time.take, entry=entry, week_id=week, at_ms=now_ms)
            try:
                await self._store.days.change(id_, now_ms, take)
            except TimeTaken as refused:
                await self._clear_away(agent_id, refused, now_ms)
            else:
                return

    async def _clear_away(self, agent_id: str, refused: TimeTaken, now_ms: int) -> None:
        """What was taken and never logged, or dropped since. Raises TimeTaken, HoursRefused for what is logged."""
        by: TakenTime = refused.by
        if now_ms < by.at_ms + TAKING_MS:
            raise refused
        week = await self._store.weeks.get(by.week_id)
        if week is not None:
            week = await self._store.weeks.change(week.id, now_ms, lambda seen: taking_time.bar(seen, by.entry_id))
            if any(one.id == by.entry_id for one in week.entries):
                raise refused
        await self._let_go_of(agent_id, by.entry_id, by.started_at_ms, by.ended_at_ms)

    async def _let_go(self, agent_id: str, entry: Entry) -> None:
        await self._let_go_of(agent_id, entry.id, entry.started_at_ms, entry.ended_at_ms)

    async def _let_go_of(self, agent_id: str, entry_id: str, started_at_ms: int, ended_at_ms: int) -> None:
        for date in dates_of(started_at_ms, ended_at_ms):
            if (day := await self._store.days.get(day_id(agent_id, date))) is not None:
                now_ms = self._context.clock.now_ms()
                await self._store.days.change(day.id, now_ms, lambda seen: taking_time.let_go(seen, entry_id))
