"""What was kept before bank details were sealed, or was sealed by an older key, is sealed by the newest one.

A hundred documents a pass. It may be killed anywhere, and run by many: each document is one compare-and-set, and the
place where it stands only spares looking again.
"""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from guildhall.kit.clock import Clock
from guildhall.kit.key_ring import KeyMissing, SealBroken
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import Duplicate
from guildhall.kit.storage.versioned import Documents
from guildhall.payments.model.flows import Payout, PayoutAccount
from guildhall.payments.model.sealings import SealingProgress
from guildhall.payments.model.transfers import TransferFile, TransferOrder
from guildhall.payments.store.bank_seal import BankSeal
from guildhall.payments.store.flows import FlowStore
from guildhall.payments.store.transfers import TransferStore

log = get_logger(__name__)
PLACE: Final = "bank-details"
_AT_ONCE: Final = 100
_AGAIN_AFTER_MS: Final = 86_400_000
"""A process of the version before may still have written something open meanwhile."""
D = TypeVar("D", Payout, PayoutAccount, TransferOrder, TransferFile)


@dataclass(frozen=True, slots=True)
class Sealing:
    flows: FlowStore
    transfers: TransferStore
    seal: BankSeal
    clock: Clock

    async def look(self) -> None:
        """The job's: the next hundred. What lacks its key is left as it is, and logged."""
        now_ms, newest = self.clock.now_ms(), self.seal.ring.newest
        seen = await self._progress()
        if seen.key == newest and seen.again_at_ms > now_ms:
            return
        is_begun = seen.key == newest and not seen.again_at_ms
        kind, after = (seen.kind, seen.after) if is_begun else (0, "")
        steps = self._steps()
        after = await steps[kind](after)
        kind += not after
        is_over = kind == len(steps)
        told = {"key": newest, "kind": 0 if is_over else kind, "after": after}
        told["again_at_ms"] = now_ms + _AGAIN_AFTER_MS if is_over else 0
        await self.transfers.sealings.replace(seen, seen.model_copy(update=told), now_ms)  # or somebody was faster

    def _steps(self) -> tuple[Callable[[str], Awaitable[str]], ...]:
        flows, transfers = self.flows, self.transfers
        return (
            lambda after: self._some(flows.payout_accounts, after),
            lambda after: self._some(flows.payouts, after),
            lambda after: self._some(transfers.orders, after),
            lambda after: self._some(transfers.files, after),
        )

    async def _some(self, documents: Documents[D], after: str) -> str:
        return await documents.rewrite(after, _AT_ONCE, self.clock.now_ms(), self._renewed)

    def _renewed(self, seen: D) -> D:
        try:
            return self.seal.renew(seen)
        except (KeyMissing, SealBroken) as error:
            log.warning("bank_details_cannot_be_opened", document=seen.id, reason=error.detail)
            return seen

    async def _progress(self) -> SealingProgress:
        found = await self.transfers.sealings.get(PLACE)
        if found is not None:
            return found
        with contextlib.suppress(Duplicate):
            await self.transfers.sealings.add(SealingProgress(id=PLACE, created_at_ms=self.clock.now_ms(), key=""))
        return await self.transfers.sealings.read(PLACE)
