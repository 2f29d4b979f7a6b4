"""Carrying out what decisions wrote down: notices, audit entries, pay that is held and moved, blobs that nobody needs.

Each stands in its document until it is done and may be done twice without harm, so it survives a kill between any two
lines. The verb that made the change does it at once, the job does what was left behind.
"""

import contextlib
from collections.abc import Awaitable, Callable

from guildhall.gigs.lifecycle import Actor, MilestoneState
from guildhall.gigs.model.contracts import Contract, FollowUpKind
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.rules import beginning, disputed_hours, hours, opening_weeks, working
from guildhall.gigs.rules.moving import milestone_of
from guildhall.gigs.service.context import Context, DecideWeek
from guildhall.gigs.service.emitting import Emitting
from guildhall.gigs.service.funding import Funding
from guildhall.gigs.service.paying import cover_of, pay_of, pay_of_week
from guildhall.kit.follow_ups import FollowUp
from guildhall.kit.storage import Duplicate
from guildhall.kit.storage.following import carry_out
from guildhall.notifications.service import Message

PASSES_MAX = 8
"""What one follow-up decides leaves others: a hold activates, an approval pays out. Chains are shorter than this."""


class Following:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._emitting = Emitting(context)

    async def of_contract(self, contract: Contract) -> Contract:
        """Everything that is left of it, and what follows from that; the contract as it is then."""
        for _ in range(PASSES_MAX):
            if not contract.follow_ups:
                break
            contract = await carry_out(self._store.contracts, contract, self._context.clock.now_ms(), self._do)
        return contract

    async def of_week(self, week: Week) -> Week:
        return await self._of_week(week, self._do_for_week)

    async def _of_week(self, week: Week, do: Callable[[Week, FollowUp], Awaitable[None]]) -> Week:
        for _ in range(PASSES_MAX):
            if not week.follow_ups:
                break
            week = await carry_out(self._store.weeks, week, self._context.clock.now_ms(), do)
        return week

    async def cover(self, contract: Contract, at_ms: int) -> Week:
        """The week that holds `at_ms`, opened if it was not, once holding its pay was tried: see there whether it is.

        The contract knows of the week before. What the week leaves to its contract is for whoever follows that: this is
        one of the contract's own follow-ups, and following it from here would begin with this one again, without end.
        """
        fresh = opening_weeks.new_week(contract, at_ms, self._context.clock.now_ms())
        with contextlib.suppress(Duplicate):  # known, or opened by somebody else
            await self._store.weeks.add(fresh)
        by = self._context.system()
        asked = await self._context.change_week(
            fresh.id, contract, by, lambda seen, at, _settings, by: opening_weeks.ask_cover(seen, at, by)
        )
        return await self._of_week(asked, self._do_within_contract)

    async def _do_within_contract(self, week: Week, one: FollowUp) -> None:
        if one.kind == FollowUpKind.CLOSE_WEEK:
            await self._close(await self._store.contracts.read(week.contract_id), week)
        else:
            await self._do_for_week(week, one)

    async def _do(self, contract: Contract, one: FollowUp) -> None:
        match one.kind:
            case FollowUpKind.BEGIN | FollowUpKind.OPEN_WEEK | FollowUpKind.LOOK_AHEAD:
                await self._do_for_hours(contract, one)
            case FollowUpKind.HOLD:
                await self._hold(contract, one.details["milestone"])
            case FollowUpKind.PAY_OUT:
                await self._pay_out(contract, one.details["milestone"], one.details.get("dispute", ""))
            case FollowUpKind.LET_GO:
                await self._funding(contract).let_go(pay_of(contract, one.details["milestone"]))
            case FollowUpKind.FREEZE:
                pay = pay_of(contract, one.details["milestone"])
                await self._funding(contract).freeze(pay, one.details.get("dispute", ""), pay.amount.minor)
            case FollowUpKind.THAW:
                await self._funding(contract).thaw(pay_of(contract, one.details["milestone"]), one.details["dispute"])
            case FollowUpKind.DROP_BLOB:
                await self._drop(contract, one.details["sha256"])
            case _:
                await self._tell_or_audit(contract, contract, one)

    async def _do_for_hours(self, contract: Contract, one: FollowUp) -> None:
        match one.kind:
            case FollowUpKind.BEGIN:
                await self._begin(contract, one.details["at_ms"])
            case FollowUpKind.OPEN_WEEK:
                week = await self.cover(contract, one.details["at_ms"])
                if hours.is_done(week):  # settled before its end: it is not open again
                    await self._close(contract, week)
            case _:
                await self._look_ahead(contract, one)

    async def _do_for_week(self, week: Week, one: FollowUp) -> None:
        contract = await self._store.contracts.read(week.contract_id)
        match one.kind:
            case FollowUpKind.COVER:
                await self._cover(week, contract)
            case FollowUpKind.LET_GO:
                await self._funding(contract).let_go(cover_of(contract, week))
            case FollowUpKind.PAY_OUT:
                await self._pay_week(week, contract, is_covered=one.details.get("is_covered", False))
            case FollowUpKind.MARK_WEEK:
                now = await self._store.weeks.read(week.id)  # as it is, and not as it was when this was decided
                by = self._context.system()
                await self._context.change(contract.id, by, lambda seen, _settings, _by: disputed_hours.mark(seen, now))
            case FollowUpKind.CLOSE_WEEK:
                await self.of_contract(await self._close(contract, week))
            case _:
                await self._tell_or_audit(contract, week, one)

    async def _tell_or_audit(self, contract: Contract, holder: Contract | Week, one: FollowUp) -> None:
        key, details = f"{holder.id.replace('/', '_')}_{one.key}", dict(one.details)
        if one.kind == FollowUpKind.AUDIT:
            actor, action = details.pop("actor"), details.pop("action")
            await self._context.audit.record(
                actor, action, "contract", contract.id, "allowed", details, key=key, at_ms=one.at_ms
            )
            return
        await self._emitting.of_notice(contract, holder, key, one)
        details.pop("milestone", None)  # for programs
        is_agent = details.pop("to") == Actor.AGENT
        whom = [contract.agent_id] if is_agent else await self._context.clients.leaders(contract.organisation_id)
        for account_id in whom:
            told = f"{key}_{account_id}"
            await self._context.notifications.tell(account_id, told, Message(**details), one.at_ms)

    def _funding(self, contract: Contract) -> Funding:
        return self._context.funding_of(contract)

    async def _close(self, contract: Contract, week: Week) -> Contract:
        by = self._context.system()
        return await self._context.change(
            contract.id, by, lambda seen, _settings, _by: opening_weeks.close_week(seen, week.monday)
        )

    async def _begin(self, contract: Contract, at_ms: int) -> None:
        week = await self.cover(contract, at_ms)
        late = "That week is over before its pay was held: let work begin again."
        refusal = "" if week.is_covered else week.refusal or late
        await self._context.change(
            contract.id,
            self._context.system(),
            lambda seen, settings, by: beginning.begun(seen, at_ms, refusal, settings, by),
        )

    async def _look_ahead(self, contract: Contract, one: FollowUp) -> None:
        currency = contract.terms.work.currency
        there = await self._funding(contract).paid_in(contract.organisation_id, currency)
        for kind, details in beginning.warned_ahead(contract, there):
            key = f"{one.key}_{details['to']}"
            told = one.model_copy(update={"key": key, "kind": str(kind), "details": dict(details)})
            await self._tell_or_audit(contract, contract, told)

    async def _hold(self, contract: Contract, key: str) -> None:
        pay = pay_of(contract, key)
        refusal = await self._funding(contract).hold(pay)
        changed = await self._context.change(
            contract.id,
            self._context.system(),
            lambda seen, settings, by: working.held(seen, key, refusal, settings, by),
        )
        if not refusal and milestone_of(changed, key).state is MilestoneState.CANCELLED:
            await self._funding(contract).let_go(pay)  # it was given up while this was on its way

    async def _pay_out(self, contract: Contract, key: str, dispute_id: str) -> None:
        milestone = milestone_of(contract, key)
        if milestone.state not in {MilestoneState.APPROVED, MilestoneState.SETTLING} or milestone.division is None:
            return
        division = milestone.division
        await self._funding(contract).pay_out(
            pay_of(contract, key), division.agent_minor, division.client_minor, dispute_id
        )
        await self._context.change(
            contract.id, self._context.system(), lambda seen, settings, by: working.paid_out(seen, key, settings, by)
        )

    async def _cover(self, week: Week, contract: Contract) -> None:
        pay = cover_of(contract, week)
        refusal = await self._funding(contract).hold(pay)
        changed = await self._context.change_week(
            week.id,
            contract,
            self._context.system(),
            lambda seen, at, settings, by: hours.covered(seen, at, refusal, settings, by),
        )
        by = self._context.system()
        if changed.begins_at_ms <= by.at_ms < changed.ends_at_ms:
            await self._context.change(
                contract.id, by, lambda seen, _settings, _by: beginning.note_cover(seen, changed.refusal)
            )
        if not (refusal or changed.is_covered):
            await self._funding(contract).let_go(pay)  # it was approved meanwhile, and is paid otherwise

    async def _pay_week(self, week: Week, contract: Contract, *, is_covered: bool) -> None:
        """All of it; of a disputed one what is not disputed, and the rest as soon as that is divided."""
        funding, pay = self._funding(contract), (cover_of if is_covered else pay_of_week)(contract, week)
        if not is_covered and (refusal := await funding.hold(pay)):
            await self._tell_week(
                week, contract, lambda seen, at, settings, by: hours.unpaid(seen, at, refusal, settings, by)
            )
            return
        if week.dispute is not None:  # first, so that nothing else can take it
            await funding.freeze(pay, week.dispute.id, week.dispute.minor)
        await funding.pay_out(pay, week.undisputed_minor, pay.amount.minor - week.minor)
        if week.dispute is None:
            await self._tell_week(week, contract, hours.paid)
        elif week.division is None:
            await self._tell_week(week, contract, disputed_hours.parted)
        else:
            parts = week.division
            await funding.pay_out(pay, parts.agent_minor, parts.client_minor, week.dispute.id)
            await self._tell_week(week, contract, hours.paid)

    async def _tell_week(self, week: Week, contract: Contract, decide: DecideWeek) -> None:
        await self._context.change_week(week.id, contract, self._context.system(), decide)

    async def _drop(self, contract: Contract, sha256: str) -> None:
        """Unless the same file was put up again meanwhile, or was handed in before."""
        now = await self._store.contracts.get(contract.id)
        if now is None or sha256 not in files_of(now):
            await self._context.blobs.delete(blob_key(contract.id, sha256))


def files_of(contract: Contract) -> frozenset[str]:
    """The hashes of every file that the contract names."""
    handed_in = (file for one in contract.milestones for version in one.deliverables for file in version.files)
    drafted = (file for one in contract.milestones for file in one.draft)
    return frozenset(one.sha256 for one in (*handed_in, *drafted))


def blob_key(contract_id: str, sha256: str) -> str:
    return f"gigs/{contract_id}/{sha256}"
