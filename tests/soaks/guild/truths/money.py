"""Payouts: what is on its way out is what the ledger has set aside for it, and nothing else is."""

from collections import defaultdict

from guildhall.payments.lifecycle import PayoutState
from guildhall.payments.model.chart import AccountKind, account_id
from guildhall.payments.model.flows import Payout
from tests.soaks.guild.town import AGENTS, ALL_MAX, Town

LEAVING = frozenset({PayoutState.PENDING, PayoutState.HELD, PayoutState.IN_TRANSIT, PayoutState.FAILED})


async def check_payouts(town: Town) -> None:
    """Of every agent none of whose payouts is between two writes."""
    by_owner: dict[str, list[Payout]] = defaultdict(list)
    for one in await town.payouts():
        by_owner[one.owner].append(one)
        if one.state is PayoutState.HELD:
            assert one.held_for, one.id
            assert one.next_actor, one.id
            assert one.expected_by_ms, one.id
    for name in AGENTS:
        owner = town.accounts[name]
        payouts = by_owner[owner]
        if any(one.unsettled or one.bookings or _is_between(one) for one in payouts):
            continue
        leaving = sum(one.minor for one in payouts if one.state in LEAVING)
        pending = (await town.payments.ledger.balance(account_id(AccountKind.PAYOUT_PENDING, owner, "EUR"))).amounts
        assert pending.posted == leaving, (name, pending, [(one.state, one.minor) for one in payouts])


async def check_settled_payouts(town: Town) -> None:
    for one in await town.payouts():
        assert not _is_between(one), one.id
        assert not one.unsettled, one.id
        assert not one.bookings, one.id
    for payment in await town.payments.flows.payments.find({}, limit=ALL_MAX):
        assert not payment.unsettled, payment.id
        assert not payment.bookings, payment.id


def _is_between(payout: Payout) -> bool:
    """Asked for; or refused a moment ago, and somebody may have taken its money all the same, to be given back."""
    is_refused = payout.state is PayoutState.CANCELLED and not payout.attempt and payout.look_at_ms > 0
    return is_refused or payout.state is PayoutState.REQUESTED
