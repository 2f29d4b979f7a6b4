"""Once a day: the whole ledger proved, and the invoices held against it; kept where the finance console shows it."""

import contextlib
from collections.abc import Awaitable, Callable

from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import Duplicate
from guildhall.payments.model.reconciliations import Reconciliation
from guildhall.payments.rules.proving import FAULTS_MAX
from guildhall.payments.service.proving import prove
from guildhall.payments.store import LedgerStore

log = get_logger(__name__)
_HOUR_MS = 3_600_000


class Reconciling:
    def __init__(
        self,
        store: LedgerStore,
        clock: Clock,
        every_hours: float,
        check: Callable[[], Awaitable[list[str]]] | None = None,
    ) -> None:
        """`check` tells in sentences what disagrees with the ledger."""
        self._check = check
        self._store = store
        self._clock = clock
        self._every_ms = max(1, int(every_hours * _HOUR_MS))

    async def look(self) -> Reconciliation | None:
        """The job's: the one of this period, if nobody made it yet."""
        now_ms = self._clock.now_ms()
        period = now_ms // self._every_ms
        if await self._store.reconciliation(_id_of(period)) is not None:
            return None
        return await self.make(_id_of(period))

    async def make(self, reconciliation_id: str) -> Reconciliation:
        """Prove it now, and keep what came of it under this id."""
        report = await prove(self._store)
        disagreeing = await self._check() if self._check is not None else []
        made = Reconciliation(
            id=reconciliation_id,
            at_ms=self._clock.now_ms(),
            blocks=report.blocks,
            entries=report.entries,
            in_flight=report.in_flight,
            head=str(report.chain.head) if report.chain and report.chain.head else "",
            totals=report.totals,
            faults=(*(fault.sentence for fault in report.faults), *disagreeing)[:FAULTS_MAX],
            fault_count=report.fault_count + len(disagreeing),
        )
        if made.fault_count:
            log.error("ledger_does_not_prove", faults=made.fault_count, first=made.faults[0])
        with contextlib.suppress(Duplicate):
            await self._store.add_reconciliation(made)
        return made


def _id_of(period: int) -> str:
    return f"reconciliation/{period:012}"
