"""Money in and out: by card, and to banks that take their time, fail or send it back."""

from typing import Final

from guildhall.kit.ids import new_id
from guildhall.payments.lifecycle import Actor, PayoutState
from guildhall.payments.model.chart import AccountKind, account_id
from guildhall.payments.service.sandbox import BANKS, CARDS
from tests.soaks.guild.acts.drawn import Act, Drawn, one_of
from tests.soaks.guild.town import AGENTS, CLIENTS, Town

EVENTS: Final = ("retry", "cancel", "release", "retry")


async def pay_in(town: Town, drawn: Drawn) -> None:
    name, card = one_of(tuple(CLIENTS), drawn.who), one_of(sorted(CARDS), drawn.what)
    paying = town.payments.paying
    payment = await paying.pay_in(CLIENTS[name], new_id("in", town.clock), 1 + drawn.minor, "EUR", card)
    if card == "card_step" and drawn.which % 2:
        await town.payments.provider.confirm(payment.id)


async def pay_out(town: Town, drawn: Drawn) -> None:
    """All of what there is, a part of it, or more; to a bank that may have been changed just now."""
    name = one_of(AGENTS, drawn.who)
    account, paying = town.accounts[name], town.payments.paying
    if drawn.which % 3 == 0:
        await paying.set_payout_account(account, one_of(sorted(BANKS), drawn.what), "Bank")
    there = await town.payments.ledger.balance(account_id(AccountKind.PAYABLE, account, "EUR"))
    if drawn.minor % 3 or not there.available:
        await town.earn(name, 200 + drawn.minor)
    minor = max(town.payments.settings.payout_minimum_minor, there.available * (50 + drawn.minor % 60) // 100)
    await paying.pay_out(account, new_id("out", town.clock), minor, "EUR")


async def act_on_payout(town: Town, drawn: Drawn) -> None:
    found = await town.payouts()
    if not found:
        return
    payout, paying = one_of(found, drawn.which), town.payments.paying
    if drawn.what % 5 == 4:
        until_ms = town.clock.now_ms() + 3_600_000
        await paying.hold(payout.id, "Looked at by a person.", "admin", until_ms, Actor.ADMIN)
        return
    actor = Actor.OWNER if drawn.who % 2 else Actor.ADMIN
    event = "cancel" if payout.state is PayoutState.FAILED and drawn.minor % 2 else one_of(EVENTS, drawn.what)
    await paying.act(payout.id, event, actor)


ACTS: Final[tuple[Act, ...]] = (pay_in, pay_out, act_on_payout)
