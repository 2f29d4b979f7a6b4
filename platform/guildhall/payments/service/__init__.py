"""The verbs of money, for other domains, routes and jobs."""

from guildhall.kit.clock import Clock
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.service.reconciling import Reconciling
from guildhall.payments.settings import PaymentsSettings
from guildhall.payments.store import LedgerStore

__all__ = ["PaymentsService"]


class PaymentsService:
    """Made by the composition root."""

    def __init__(self, ledger_store: LedgerStore, clock: Clock, settings: PaymentsSettings) -> None:
        self.clock = clock
        self.settings = settings
        self.ledger_store = ledger_store
        self.ledger = Ledger(ledger_store, clock)
        self.reconciling = Reconciling(ledger_store, clock, settings.reconcile_hours)

    async def ensure(self) -> None:
        await self.ledger_store.ensure()
