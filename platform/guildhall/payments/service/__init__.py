"""The verbs of money, for other domains, routes and jobs."""

from collections.abc import Sequence

from guildhall.kit.audit import Audit
from guildhall.kit.clock import Clock
from guildhall.kit.key_ring import KeyRing
from guildhall.kit.storage import Storage
from guildhall.notifications.service import ADMINS, NotificationsService
from guildhall.payments.model.reconciliations import Reconciliation
from guildhall.payments.service.bank_lines import BankLines
from guildhall.payments.service.bank_reports import BankReports
from guildhall.payments.service.claiming import Claiming
from guildhall.payments.service.holding import Holding
from guildhall.payments.service.inbox import Inbox
from guildhall.payments.service.invoicing import Invoicing, NameOf
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.service.manual import Manual
from guildhall.payments.service.paying import Paying
from guildhall.payments.service.reconciling import Reconciling
from guildhall.payments.service.sandbox import SandboxProvider
from guildhall.payments.service.sealing import Sealing
from guildhall.payments.service.stating import Stating
from guildhall.payments.service.telling import KeepersOf, Telling
from guildhall.payments.service.transferring import BankTransfers
from guildhall.payments.settings import PaymentsSettings
from guildhall.payments.store import FlowStore, InvoiceStore, LedgerStore
from guildhall.payments.store.bank_seal import USE, BankSeal
from guildhall.payments.store.sandbox import SandboxStore
from guildhall.payments.store.transfers import TransferStore

__all__ = ["PaymentsService"]


class PaymentsService:
    """Made by the composition root."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        settings: PaymentsSettings,
        secret: str,
        notifications: NotificationsService | None = None,
        audit: Audit | None = None,
        name_of: NameOf | None = None,
        keepers_of: KeepersOf | None = None,
        sealing: Sequence[str] = (),
    ) -> None:
        """`sealing` are the secrets that seal bank details, the newest first, where they are not `secret` alone."""
        self.clock = clock
        self.settings = settings
        telling = Telling(notifications, keepers_of)
        self.ledger_store = LedgerStore(storage)
        self.bank_seal = BankSeal(KeyRing(sealing or (secret,), USE))
        self.flows = FlowStore(storage, self.bank_seal)
        self._sandbox_store = SandboxStore(storage)
        self.ledger = Ledger(self.ledger_store, clock)
        self.stating = Stating(self.ledger_store, clock)
        self._invoices = InvoiceStore(storage)
        self.invoicing = Invoicing(self._invoices, self.ledger_store, self.flows, clock, settings, name_of)
        self.holding = Holding(self.flows, self.ledger, clock, settings, telling, tax_of_fee=self.invoicing.tax_of_fee)
        self.claiming = Claiming(self.flows, self.ledger, clock, settings, telling)
        self.inbox = Inbox(self.flows, self.ledger, clock, self.claiming)
        self.provider = SandboxProvider(self._sandbox_store, secret, clock)
        self._transfer_store = TransferStore(storage, self.bank_seal)
        self.transfers = BankTransfers(self._transfer_store, self.flows, self.bank_seal, settings.bank, clock)
        self.bank_lines = BankLines(
            self._transfer_store, self.flows, self.inbox, self.ledger, self.transfers, settings.bank, clock
        )
        self.bank_reports = BankReports(self._transfer_store, self.flows, self.inbox, clock)
        self.paying = Paying(
            self.flows, self.ledger, self.inbox, self.provider, clock, settings, self.bank_seal, self.transfers
        )
        self.sealing = Sealing(self.flows, self._transfer_store, self.bank_seal, clock)
        self._audit = audit
        if notifications is not None:
            self._let_watch(notifications)
        self.manual = Manual(self.flows, self.ledger, audit, clock, settings, notifications)
        self.reconciling = Reconciling(self.ledger_store, clock, settings.reconcile_hours, self.invoicing.check)

    def _let_watch(self, notifications: NotificationsService) -> None:
        """Pages of whoever it concerns read again when one of these is written, whoever writes it."""
        flows, watch = self.flows, notifications.watch
        watch(flows.payments, "money", lambda one: (one.owner,))
        watch(flows.payouts, "money", lambda one: (one.owner, ADMINS))
        watch(flows.claims, "money", lambda one: (one.owner, ADMINS))
        watch(flows.holds, "money", lambda one: (one.terms.payer, one.terms.payee))
        watch(flows.manual, "money", lambda _: (ADMINS,))
        watch(self._transfer_store.reports, "money", lambda _: (ADMINS,))
        watch(self._transfer_store.lines, "money", lambda one: (ADMINS, *([one.target] if one.said.is_credit else [])))

    async def receive(self, body: bytes, headers: dict[str, str]) -> str:
        """A webhook of the provider: kept under its id, which is returned, then applied. Raises WebhookRefused."""
        event = self.provider.verify(body, headers)
        await self.inbox.receive(self.provider.name, event)
        return event.id

    async def currencies(self, newest: Reconciliation | None) -> list[str]:
        """All that the ledger had at its newest proof, and those of which the bank has heard or spoken since."""
        store = self._transfer_store
        return sorted(
            {*(newest.totals if newest else ()), *await store.currencies_waiting(), *await store.currencies_said()}
        )

    async def note(self, by: str, action: str, kind: str, subject: str) -> None:
        """Into the audit log, where there is one; the same again is noted once."""
        if self._audit is not None:
            key = f"{action}/{subject}/{by}"
            await self._audit.record(by, action, kind, subject, "allowed", key=key)

    async def ensure(self) -> None:
        await self.ledger_store.ensure()
        await self.flows.ensure()
        await self._sandbox_store.ensure()
        await self._invoices.ensure()
        await self._transfer_store.ensure()
