"""After the ledger's chaos: what was left midway is carried out, then everything is held against everything."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from guildhall.backbone import Backbone
from guildhall.gigs import jobs as gig_jobs
from guildhall.gigs.lifecycle import MilestoneState, WeekState
from guildhall.gigs.model.contracts import Contract, Milestone
from guildhall.gigs.service.held_funds import held_as
from guildhall.gigs.service.paying import cover_of, pay_of, pay_of_week
from guildhall.kit.clock import Clock
from guildhall.payments import jobs as money_jobs
from guildhall.payments.lifecycle import ClaimState, PaymentState, PayoutState
from guildhall.payments.model.chart import CHART, HOUSE, AccountKind
from guildhall.payments.rules.quoting import held_account
from guildhall.payments.service.making_up import made_up
from guildhall.payments.service.proving import prove
from guildhall.payments.service.sandbox import LATE_MS
from guildhall.payments.service.transferring import BANK
from tests.fakes.bank import Bank
from tests.guildhall.opportunities.market import opened
from tests.guildhall.payments.bank_proof import each, faults_at_the_bank, settle_at_the_bank
from tests.soaks.money_town import FastClock, town_config

M = MilestoneState
_PASSES: Final = 12
_HELD: Final = frozenset({M.FUNDED, M.IN_PROGRESS, M.SUBMITTED, M.CHANGES_REQUESTED})
_NOT_HELD: Final = frozenset({M.PROPOSED, M.AGREED, M.CANCELLED})
_DIVIDED: Final = frozenset({M.RELEASED, M.REFUNDED, M.SPLIT})
_CAME_IN: Final = {PaymentState.SUCCEEDED, PaymentState.CHARGED_BACK, PaymentState.CHARGEBACK_WON}
_LEAVING: Final = {PayoutState.HELD, PayoutState.PENDING, PayoutState.IN_TRANSIT, PayoutState.FAILED}


@dataclass
class Checked:
    faults: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)


class StillClock:
    """Stands where the chaos ended, and is put forward between passes of the jobs."""

    def __init__(self, clock: Clock) -> None:
        self._now_ms, self._clock = clock.now_ms(), clock

    def now_ms(self) -> int:
        return self._now_ms

    def monotonic_ms(self) -> int:
        return self._clock.monotonic_ms()

    def advance(self, milliseconds: int) -> None:
        self._now_ms += milliseconds


async def check(folder: Path, mongo_url: str, began_ms: int) -> Checked:
    clock = StillClock(FastClock(began_ms))
    backbone = Backbone(town_config(folder, mongo_url), clock)
    async with opened(backbone):
        await backbone.payments.ensure()
        await backbone.assessments.context.store.ensure()
        await backbone.blobs.start()
        for _ in range(_PASSES):
            await money_jobs.look(backbone.payments)
            await gig_jobs.look(backbone.gigs)
            clock.advance(3 * LATE_MS)
        await settle_at_the_bank(backbone.payments, Bank(folder / "bank"))
        clock.advance(30 * 86_400_000)  # by then everything that was settled was asked about again
        for _ in range(_PASSES):
            # Money comes after the work: what a clock of thirty days approves in the last pass is invoiced in it.
            await gig_jobs.look(backbone.gigs)
            await money_jobs.look(backbone.payments)
            clock.advance(LATE_MS)
        await gig_jobs.look(backbone.gigs)
        await money_jobs.look(backbone.payments)
        return await Checking(backbone).all(folder)


class Checking:
    def __init__(self, backbone: Backbone) -> None:
        self._gigs, self._payments = backbone.gigs, backbone.payments
        self.found = Checked()

    async def all(self, folder: Path) -> Checked:
        await self._ledger()
        await self._contracts()
        await self._flows(Bank(folder / "bank"))
        self.found.faults += await self._payments.invoicing.check()
        await self._answers(folder)
        return self.found

    def say(self, fault: str) -> None:
        self.found.faults.append(fault)

    async def _ledger(self) -> None:
        report = await prove(self._payments.ledger.store)
        self.found.faults += [fault.sentence for fault in report.faults]
        if report.in_flight:
            self.say(f"{report.in_flight} entries were never sealed.")
        self.found.figures |= {"entries": report.entries, "blocks": report.blocks}
        self.found.figures["minor_by_kind"] = {k: v for k, v in report.totals.get("EUR", {}).items() if v}

    async def _contracts(self) -> None:
        states: Counter[str] = Counter()
        async for contract in each(self._gigs.store.contracts):
            if contract.follow_ups or contract.unsettled:
                self.say(f"A contract has {[one.kind for one in contract.follow_ups]} still to follow.")
            for one in contract.milestones:
                states[one.state.value] += 1
                await self._milestone(contract, one)
        async for week in each(self._gigs.store.weeks):
            states[f"week_{week.state.value}"] += 1
            contract = await self._gigs.store.contracts.read(week.contract_id)
            cover = await self._held(held_as(cover_of(contract, week)), contract)
            own = await self._held(held_as(pay_of_week(contract, week)), contract)
            is_over = week.state in {WeekState.PAID, WeekState.VOID}
            held = week.cap_minor if week.is_covered and not is_over else 0
            if cover != (held, 0) or own != (0, 0):
                self.say(f"A week that is {week.state.value}, covered {week.is_covered}, holds {cover} and {own}.")
        self.found.figures["states"] = dict(sorted(states.items()))

    async def _milestone(self, contract: Contract, one: Milestone) -> None:
        hold = held_as(pay_of(contract, one.key))
        held = await self._held(hold, contract)
        if one.state in _HELD:
            expected = (one.minor, 0)
        elif one.state is M.DISPUTED:
            expected = (one.minor, one.minor)
        elif one.state in _NOT_HELD | _DIVIDED:
            expected = (0, 0)
        else:
            self.say(f"A milestone is {one.state.value} for ever.")
            return
        if held != expected:
            self.say(f"For a milestone that is {one.state.value} {held} is held and frozen, not {expected}.")
        if one.state in _DIVIDED and one.division is not None:
            shown = await self._payments.holding.show(hold)
            if (shown.released, shown.refunded) != (one.division.agent_minor, one.division.client_minor):
                self.say(f"{one.division} was booked as {shown.released} and {shown.refunded}.")

    async def _held(self, hold: str, contract: Contract) -> tuple[int, int]:
        currency = contract.terms.work.currency
        amounts = (await self._payments.ledger.balance(held_account(hold, currency))).amounts
        return amounts.posted, amounts.reserved

    async def _flows(self, bank: Bank) -> None:
        self.found.faults += await faults_at_the_bank(self._payments, bank)
        flows = self._payments.flows
        payments = [one async for one in each(flows.payments)]
        payouts = [one async for one in each(flows.payouts)]
        received = {one.id: one async for one in each(flows.inbox) if one.provider != BANK}
        said = 0
        for flow in (*payments, *payouts):
            if flow.unsettled or flow.bookings:
                self.say(f"{flow.id.partition('_')[0]} that is {flow.state.value} was not booked.")
            for event in await self._payments.provider.look(flow.id):
                said += 1
                known = received.get(f"sandbox/{event.id}")
                if known is None or not known.handled_at_ms:
                    self.say(f"Of a flow that is {flow.state.value}, {event.type} was said and not applied.")
        if len(received) != said:
            self.say(f"{len(received)} events are in the inbox, and {said} were said.")
        came = sum(one.minor for one in payments if one.state in _CAME_IN)
        back = sum(one.minor for one in payments if one.state is PaymentState.CHARGED_BACK)
        by_provider = [one for one in payouts if one.provider != BANK]
        went = sum(one.minor for one in by_provider if one.state in {PayoutState.PAID, PayoutState.PAID_LATE})
        leaving = sum(one.minor for one in payouts if one.state in _LEAVING)
        charged_back = [one for one in payments if one.state is PaymentState.CHARGED_BACK]
        given = [await made_up(self._payments.ledger, one) for one in charged_back]
        lost = back - sum(one.lines[0].minor for one in given if one is not None)
        claims = {one.id: one async for one in each(flows.claims)}
        for one in charged_back:
            if (claim := claims.get(one.id)) is not None and claim.state is ClaimState.SETTLED:
                lost -= claim.minor
        for claim in claims.values():
            if claim.unsettled or claim.state is ClaimState.SETTLING:
                self.say(f"A claim is {claim.state.value} for ever.")
        expected = {AccountKind.CASH: came - back - went + bank.balance_minor(), AccountKind.LOSS_RESERVE: lost}
        net, tax = await self._invoiced()
        expected |= {AccountKind.PAYOUT_PENDING: leaving, AccountKind.FEES: net, AccountKind.TAX: tax}
        await self._sums(expected)
        self.found.figures |= {
            "payments": len(payments),
            "payouts": dict(Counter(one.state.value for one in payouts)),
            "by_bank": dict(Counter(one.state.value for one in payouts if one.provider == BANK)),
            "files": len([one async for one in each(self._payments.bank_lines.store.files)]),
            "bank_lines": dict(Counter([o.state.value async for o in each(self._payments.bank_lines.store.lines)])),
            "charged_back": len(charged_back),
            "won": sum(one.state is PaymentState.CHARGEBACK_WON for one in payments),
            "events": said,
            "claims": dict(Counter(one.state.value for one in claims.values())),
        }

    async def _invoiced(self) -> tuple[int, int]:
        """By the house, less what its credit notes took back: without tax, and the tax."""
        net = tax = 0
        for series, sign in ((f"{HOUSE}/INV", 1), (f"{HOUSE}/CN", -1)):
            after = 0
            while page := await self._payments.invoicing.store.numbered(series, after):
                net += sign * sum(one.net_minor for one in page)
                tax += sign * sum(one.tax_minor for one in page)
                after = page[-1].number
        return net, tax

    async def _sums(self, expected: dict[AccountKind, int]) -> None:
        sums: Counter[AccountKind] = Counter()
        after = ""
        while accounts := await self._payments.ledger.store.accounts_after(after):
            for account in accounts:
                sums[account.kind] += account.amounts.posted
                if account.unsealed or (CHART[account.kind].is_floored and account.available < 0):
                    self.say(f"{account.kind.value} has {account.available}, {len(account.unsealed)} not sealed.")
            after = accounts[-1].id
        for kind, total in expected.items():
            if sums[kind] != total:
                self.say(f"{kind.value} holds {sums[kind]}; payments and payouts make it {total}.")

    async def _answers(self, folder: Path) -> None:
        """Whatever somebody was told had happened has."""
        told: Counter[str] = Counter()
        contracts = {one.id: one async for one in each(self._gigs.store.contracts)}
        for path in sorted(folder.glob("answers-*")):  # noqa: ASYNC240 - nothing else runs here
            for line in path.read_text().splitlines():
                what, about = json.loads(line)
                told[what] += 1
                if what == "fault":
                    self.say(about)
                elif what == "payment" and await self._payments.flows.payments.get(about) is None:
                    self.say("A payment that was acknowledged is gone.")
                elif what == "payout" and await self._payments.flows.payouts.get(about) is None:
                    self.say("A payout that was acknowledged is gone.")
                elif what == "file" and await self._payments.bank_lines.store.files.get(about) is None:
                    self.say("A file for the bank that was acknowledged is gone.")
                elif what == "contract" and about not in contracts:
                    self.say("A contract that was acknowledged is gone.")
                elif what == "approve":
                    contract, _, key = about.partition("/")
                    state = next(one.state for one in contracts[contract].milestones if one.key == key)
                    if state is not M.RELEASED:
                        self.say(f"What was approved is {state.value}.")
        self.found.figures["answers"] = sum(told.values())
