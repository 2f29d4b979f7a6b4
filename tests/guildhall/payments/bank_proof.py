"""The proof of bank transfers: what the ledger holds beside what the bank itself says, once all of it was taken in."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from guildhall.kit.storage import gt
from guildhall.kit.storage.versioned import Documents
from guildhall.payments.lifecycle import PayoutState
from guildhall.payments.model.chart import HOUSE, AccountKind, account_id
from guildhall.payments.model.flows import Payout
from guildhall.payments.model.transfers import LineState, StatementEntry
from guildhall.payments.rules.bank_identifiers import payout_reference
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.transferring import BANK
from tests.fakes.bank import Bank, statement

_NEVER_SENT = {PayoutState.REQUESTED, PayoutState.HELD, PayoutState.PENDING, PayoutState.CANCELLED}


async def settle_at_the_bank(payments: PaymentsService, bank: Bank) -> None:
    """All that was made is handed over, and all that the bank says is taken in, twice; people are not asked."""
    await payments.transfers.look_at_files()
    async for made in each(payments.bank_lines.store.files):
        bank.execute(payments.transfers.as_pain(made))
    lines = bank.lines()
    for body in (statement(lines), statement(reversed(lines), as_table=True)):
        if lines:
            await payments.bank_lines.take_in(body)


async def faults_at_the_bank(service: PaymentsService, bank: Bank) -> list[str]:
    """Sentences; none where everything is right. All that the bank says has to be taken in and settled before."""
    lines = [one async for one in each(service.bank_lines.store.lines)]
    flows = [one async for one in each(service.flows.payouts)]
    payouts = [one for one in flows if one.provider == BANK]
    late_minor = sum(one.minor for one in flows if one.state is PayoutState.PAID_LATE)
    faults = _of_lines(lines, bank)
    faults += await _of_files(service, payouts)
    faults += await _of_payouts(service, payouts, lines)
    faults += await _of_references(service, lines)
    suspended = [one for one in lines if one.state in {LineState.UNMATCHED, LineState.PROPOSED}]
    taken = [one for one in lines if one.state is LineState.MATCHED and one.target == HOUSE]
    expected = {
        (AccountKind.CASH, BANK): bank.balance_minor(),
        (AccountKind.SUSPENSE, HOUSE): sum(map(_signed, suspended)) - late_minor,
        (AccountKind.PROVIDER_FEES, HOUSE): -sum(map(_signed, taken)),
    }
    for (kind, owner), minor in expected.items():
        posted = (await service.ledger.balance(account_id(kind, owner, "EUR"))).amounts.posted
        if posted != minor:
            faults.append(f"{kind.value} of {owner} holds {posted}; the bank's lines make it {minor}.")
    return faults


def _of_lines(lines: list[StatementEntry], bank: Bank) -> list[str]:
    midway = [one.state.value for one in lines if one.state in {LineState.TAKEN, LineState.CONFIRMED}]
    faults = [f"{len(midway)} lines are {set(midway)} for ever."] if midway else []
    kept = Counter((one.said.reference, _signed(one)) for one in lines)
    said = Counter((one.reference, one.minor) for one in bank.lines())
    if kept != said:
        faults.append(
            f"Of what the bank says {len(said - kept)} lines are missing, and {len(kept - said)} are too many."
        )
    alone = [one for one in lines if one.confirmed_by and one.confirmed_by == one.proposed_by]
    return faults + [f"{len(alone)} lines were moved by one person alone."] * bool(alone)


async def _of_files(service: PaymentsService, payouts: list[Payout]) -> list[str]:
    """Each attempt that was sent waits for a file, or stands in exactly one."""
    faults, inside = [], Counter[str]()
    async for made in each(service.bank_lines.store.files):
        inside.update(one.reference for one in made.transfers)
        for one in made.transfers:
            order = await service.bank_lines.store.orders.read(one.order)
            if order.file != made.id:
                faults.append(f"A transfer of {made.id} believes that it is in {order.file!r}.")
    waiting = {one.transfer.reference async for one in each(service.bank_lines.store.orders) if not one.file}
    for payout in payouts:
        reference = payout_reference(payout.id, payout.attempt)
        times = inside[reference] + (reference in waiting)
        if times != (payout.state not in _NEVER_SENT):
            faults.append(f"A payout that is {payout.state.value} is in {inside[reference]} files.")
        if reference in waiting and payout.state is not PayoutState.IN_TRANSIT:
            faults.append(f"A payout that is {payout.state.value} waits for a file, too.")
    return faults


async def _of_payouts(service: PaymentsService, payouts: list[Payout], lines: list[StatementEntry]) -> list[str]:
    """Each is what the lines say that are matched to it; each line told it one thing, once."""
    faults: list[str] = []
    known = {one.id for one in payouts}
    said = Counter((one.target, one.said.is_credit) for one in lines if one.state is LineState.MATCHED)
    for payout in payouts:
        paid, returned = said[payout.id, False], said[payout.id, True]
        is_said = {PayoutState.PAID: (1, 0), PayoutState.RETURNED: (1, 1)}.get(payout.state, (0, 0))
        # The line of its payment may stand in suspense, or may have been taken for a fee, by people.
        is_right = returned == is_said[1] and paid <= is_said[0] and (paid == is_said[0] or returned)
        if not is_right:
            faults.append(
                f"A payout that is {payout.state.value} has {paid} lines that paid and {returned} that returned."
            )
        if payout.unsettled:
            faults.append(f"A payout that is {payout.state.value} was not booked.")
    told = sum(times for (target, _), times in said.items() if target in known)
    heard = [one async for one in each(service.flows.inbox) if one.provider == BANK]
    if len(heard) != told or not all(one.handled_at_ms for one in heard):
        faults.append(f"{told} lines are about payouts, and {len(heard)} events were received.")
    return faults


async def _of_references(service: PaymentsService, lines: list[StatementEntry]) -> list[str]:
    """Nobody is asked about a line that names a transfer of a file, unless another line said the same of it."""
    told = {(one.target, one.said.is_credit) for one in lines if one.state is LineState.MATCHED}
    faults = []
    for one in lines:
        is_asked = one.state in {LineState.UNMATCHED, LineState.PROPOSED}
        order = await service.bank_lines.store.order_of(one.said.end_to_end) if is_asked else None
        if order is not None and (order.payout, one.said.is_credit) not in told:
            faults.append(f"A line names the transfer {order.id} of a file, and people are asked what it is.")
    return faults


def _signed(one: StatementEntry) -> int:
    return one.said.minor if one.said.is_credit else -one.said.minor


async def each(documents: Documents[Any]) -> AsyncIterator[Any]:
    after = ""
    while page := await documents.find({"_id": gt(after)}, sort=(("_id", 1),), limit=200):
        for one in page:
            yield one
        after = page[-1].id
