"""The bank-transfer provider: payouts wait for a file, which a person of finance gives to the bank.

A file is written whole under the next number of its currency, and only then are its orders told that it has them.
Whoever writes the next one has told the orders of the one before first, and loses the number to whoever was faster: so
an order is in exactly one file, and who died in between left a file that is finished when anybody looks.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.storage import Duplicate
from guildhall.kit.storage.versioned import MAX_ATTEMPTS, TooBusy
from guildhall.payments.lifecycle import PayoutState
from guildhall.payments.model.bank_accounts import BankAccount
from guildhall.payments.model.flows import Payment, Payout, ProviderEvent
from guildhall.payments.model.transfers import NO_FILE, Transfer, TransferFile, TransferOrder
from guildhall.payments.rules.bank_identifiers import check_bic, check_iban, payout_reference
from guildhall.payments.rules.transfer_files import render_pain, transfers_csv
from guildhall.payments.service.inbox import WebhookRefused
from guildhall.payments.service.provider import Asked
from guildhall.payments.settings import BankSettings
from guildhall.payments.store.bank_seal import BankSeal
from guildhall.payments.store.flows import FlowStore
from guildhall.payments.store.transfers import TransferStore

BANK: Final = "bank"


@dataclass(slots=True)
class BankTransfers:
    """A `Provider` for payouts. What became of them only the bank's statement says: `service.bank_lines`."""

    store: TransferStore
    flows: FlowStore
    seal: BankSeal
    settings: BankSettings
    clock: Clock
    name: str = BANK

    async def charge(self, payment: Payment) -> Asked:
        raise Invalid(f"{payment.id} is paid by bank transfer: there is nothing to charge.")

    async def send(self, payout: Payout) -> Asked:
        """The attempt waits for the next file."""
        reference = payout_reference(payout.id, payout.attempt)
        order_id = _order_id(payout)
        # As it is sealed: nothing between who typed it in and the file for the bank has to open it.
        transfer = Transfer(order=order_id, reference=reference, account=payout.account, minor=payout.minor)
        await self.store.add_order(
            TransferOrder(
                id=order_id,
                created_at_ms=self.clock.now_ms(),
                payout=payout.id,
                attempt=payout.attempt,
                currency=payout.currency,
                transfer=transfer,
            )
        )
        return Asked(f"bank_{payout.id}")

    async def look(self, subject: str) -> list[ProviderEvent]:  # noqa: ARG002 - the port's
        """Nothing: a bank is not asked, its statement is taken in."""
        return []

    def verify(self, body: bytes, headers: dict[str, str]) -> ProviderEvent:  # noqa: ARG002 - the port's
        raise WebhookRefused("A bank sends no webhooks.")

    async def make_file(self, currency: str, key: str, by: str) -> TransferFile:
        """All that waits, up to 500, in the next file; the same key again gives the first file.

        Raises Conflict where nothing waits, Invalid while the house's own account is not set.
        """
        if not self.settings.iban:
            raise Invalid("The house's own account is not set: payments.bank.iban in config.yaml.")
        iban, bic = check_iban(self.settings.iban), check_bic(self.settings.bic) if self.settings.bic else ""
        for _ in range(MAX_ATTEMPTS):
            newest = await self.store.newest_file(currency)
            if newest is not None:
                await self._tell_orders(newest)
            if (made := await self.store.file_of(key)) is not None:
                return made
            found = await self.store.waiting(currency)
            waiting = [order for order in found if await self._is_wanted(order)]
            if found and not waiting:
                continue  # more may stand behind them
            if not waiting:
                raise Conflict(f"No payout in {currency} waits for a file.")
            number = newest.number + 1 if newest else 1
            made = TransferFile(
                id=f"{currency}-{number:08}",
                created_at_ms=self.clock.now_ms(),
                key=key,
                number=number,
                currency=currency,
                debtor=self.settings.holder,
                iban=iban,
                bic=bic,
                transfers=tuple(order.transfer for order in waiting),
                by=by,
            )
            with contextlib.suppress(Duplicate):
                await self.store.files.add(made)
                await self._tell_orders(made)
                return made
        raise TooBusy(f"files in {currency}")

    async def _is_wanted(self, order: TransferOrder) -> bool:
        """Whether its payout still waits for this attempt. One whose earlier attempt the bank carried out is paid."""
        payout = await self.flows.payouts.get(order.payout)
        if payout is not None and payout.state is PayoutState.IN_TRANSIT and payout.attempt == order.attempt:
            return True
        await self.store.orders.change(order.id, self.clock.now_ms(), _taken_by(NO_FILE))
        return False

    async def file_of(self, order: TransferOrder) -> str:
        """The file that it stands in, or nothing. Where a maker died before its orders were told, they are told now."""
        if not order.file and (newest := await self.store.newest_file(order.currency)) is not None:
            await self._tell_orders(newest)  # of a file before it they were told before it was made
            order = await self.store.orders.read(order.id)
        return "" if order.file == NO_FILE else order.file

    async def is_sent(self, payout: Payout) -> bool:
        """Whether its newest attempt stands in a file."""
        order = await self.store.orders.get(_order_id(payout))
        return order is not None and bool(await self.file_of(order))

    def as_pain(self, made: TransferFile) -> bytes:
        """A file as the bank reads it. Raises KeyMissing or SealBroken."""
        return render_pain(made, self._opened(made))

    def as_table(self, made: TransferFile) -> bytes:
        """The same as CSV. Raises KeyMissing or SealBroken."""
        return transfers_csv(made, self._opened(made))

    def _opened(self, made: TransferFile) -> tuple[BankAccount, ...]:
        return tuple(self.seal.open(one.account) for one in made.transfers if one.account is not None)

    async def look_at_files(self) -> None:
        """The job's: the orders of a file whose maker died, in each currency in which some seem to wait."""
        for currency in await self.store.currencies_waiting():
            if (newest := await self.store.newest_file(currency)) is not None:
                await self._tell_orders(newest)

    async def _tell_orders(self, made: TransferFile) -> None:
        last = await self.store.orders.read(made.transfers[-1].order)
        if last.file:
            return  # they are told in their order
        for one in made.transfers:
            await self.store.orders.change(one.order, self.clock.now_ms(), _taken_by(made.id))


def _taken_by(file: str) -> Callable[[TransferOrder], TransferOrder]:
    return lambda seen: seen if seen.file else seen.model_copy(update={"file": file})


def _order_id(payout: Payout) -> str:
    return f"{payout.id}/{payout.attempt}"
