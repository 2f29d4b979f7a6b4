"""Pay through the ledger: an organisation's balance is held for each milestone or week, and released or refunded."""

from guildhall.gigs.service.funding import Pay, PayStanding
from guildhall.kit.money import Money, say_money
from guildhall.payments.model.chart import AccountKind, account_id
from guildhall.payments.model.holds import HoldTerms
from guildhall.payments.rules.deciding import InsufficientFunds
from guildhall.payments.rules.fee_tax import tax_within
from guildhall.payments.rules.quoting import fee_of, held_account
from guildhall.payments.service.holding import Holding, hold_id

BY = "system:gigs"


class HeldFunds:
    """A lost race or a database that is away raises, and the follower tries again: only the floor refuses."""

    def __init__(self, holding: Holding) -> None:
        self._holding = holding

    async def hold(self, pay: Pay) -> str:
        if pay.amount.minor == 0:
            return ""
        terms = HoldTerms(
            subject=pay.subject[:120],
            payer=pay.organisation_id,
            payee=pay.agent_id,
            minor=pay.amount.minor,
            currency=pay.amount.currency,
        )
        try:
            await self._holding.hold(_key(pay), terms, BY)
        except InsufficientFunds as refusal:
            there = Money(minor=max(0, refusal.available), currency=pay.amount.currency)
            return (
                f"Not enough is paid in: {say_money(pay.amount)} is needed and {say_money(there)} is there. Pay the"
                " rest in under Money, then try again."
            )
        return ""

    async def let_go(self, pay: Pay) -> None:
        left = (await self._holding.ledger.balance(_account(pay))).available
        if left > 0:
            await self._holding.refund(held_as(pay), _key(pay), left, BY)

    async def freeze(self, pay: Pay, dispute_id: str, minor: int) -> None:
        await self._holding.freeze(held_as(pay), dispute_id, minor, BY)

    async def thaw(self, pay: Pay, dispute_id: str) -> None:
        await self._holding.decide(held_as(pay), dispute_id, 0, 0, BY)

    async def pay_out(self, pay: Pay, to_agent: int, to_client: int, dispute_id: str = "") -> None:
        hold, key = held_as(pay), _key(pay)
        if dispute_id:
            await self._holding.decide(hold, dispute_id, to_agent, to_client, BY)
            return
        if to_agent:
            await self._holding.release(hold, key, to_agent, BY)
        if to_client:
            await self._holding.refund(hold, key, to_client, BY)

    async def standing(self, pay: Pay, released: int) -> PayStanding:
        hold = await self._holding.store.holds.get(held_as(pay))
        points = self._holding.settings.fee_basis_points if hold is None else hold.fee_basis_points
        fee = fee_of(released, points)
        tax = tax_within(fee, (await self._holding.tax(pay.agent_id)).basis_points)
        if hold is None:
            return PayStanding("", 0, 0, fee, tax, released - fee)
        amounts = (await self._holding.ledger.balance(_account(pay))).amounts
        return PayStanding(_account(pay), amounts.posted, amounts.reserved, fee, tax, released - fee)

    async def paid_in(self, organisation_id: str, currency: str) -> int:
        account = account_id(AccountKind.CLIENT_BALANCE, organisation_id, currency)
        return (await self._holding.ledger.balance(account)).available


def held_as(pay: Pay) -> str:
    """The id of the hold that is made for it."""
    return hold_id(_key(pay))


def _key(pay: Pay) -> str:
    """As an account of the ledger may be named."""
    return pay.key.replace("/", "_")


def _account(pay: Pay) -> str:
    return held_account(held_as(pay), pay.amount.currency)
