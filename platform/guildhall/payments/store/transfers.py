"""The collections of bank transfers."""

import contextlib

from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Duplicate, Schema, Storage, gt
from guildhall.kit.storage.versioned import Documents
from guildhall.payments.model.reports import StatusReport
from guildhall.payments.model.sealings import SealingProgress
from guildhall.payments.model.transfers import (
    BATCH_MAX,
    DepositReference,
    LineState,
    PayoutClaim,
    StatementEntry,
    TransferFile,
    TransferOrder,
)
from guildhall.payments.store.bank_seal import BankSeal
from guildhall.payments.store.flows import NEWEST_FIRST, SHOWN

ORDERS = Schema("transfer_orders", unique=(("transfer.reference",),), index=(("currency", "file"), ("payout",)))
FILES = Schema("transfer_files", unique=(("key",),), index=(("currency", "number"), ("created_at_ms",)))
LINES = Schema("bank_lines", index=(("state", "created_at_ms"), ("target", "created_at_ms"), ("said.currency",)))
CLAIMS = Schema("payout_claims")
REFERENCES = Schema("deposit_references")
SEALINGS = Schema("bank_sealings")
REPORTS = Schema("bank_reports", index=(("state", "created_at_ms"), ("said.original", "created_at_ms")))


class TransferStore:
    def __init__(self, storage: Storage, seal: BankSeal) -> None:
        self.orders = Documents(
            storage.collection(ORDERS),
            TransferOrder,
            lambda id_: NotFound(f"There is no transfer {id_}."),
            today=seal.close_order,
        )
        self.files = Documents(
            storage.collection(FILES),
            TransferFile,
            lambda id_: NotFound(f"There is no file {id_}."),
            today=seal.close_file,
        )
        self.lines = Documents(
            storage.collection(LINES), StatementEntry, lambda id_: NotFound(f"There is no bank line {id_}.")
        )
        self.claims = Documents(storage.collection(CLAIMS), PayoutClaim, lambda id_: NotFound(f"No line says {id_}."))
        self.references = Documents(
            storage.collection(REFERENCES), DepositReference, lambda id_: NotFound(f"There is no reference {id_}.")
        )
        self.reports = Documents(
            storage.collection(REPORTS), StatusReport, lambda id_: NotFound(f"There is no report {id_}.")
        )
        self.sealings = Documents(
            storage.collection(SEALINGS), SealingProgress, lambda id_: NotFound(f"Nothing says how far {id_} is.")
        )

    async def ensure(self) -> None:
        for documents in (self.orders, self.files, self.lines, self.claims, self.references, self.sealings):
            await documents.ensure()
        await self.reports.ensure()

    async def add_order(self, order: TransferOrder) -> None:
        """The same again is the same one."""
        with contextlib.suppress(Duplicate):
            await self.orders.add(order)

    async def count_waiting(self, currency: str) -> int:
        return await self.orders.count({"currency": currency, "file": ""})

    async def waiting(self, currency: str) -> list[TransferOrder]:
        """That no file has taken, the oldest first; as many as one file takes."""
        where = {"currency": currency, "file": ""}
        return await self.orders.find(where, sort=(("_id", 1),), limit=BATCH_MAX)

    async def currencies_waiting(self) -> list[str]:
        """In which some order has no file: one look for each of them."""
        found, after = list[str](), ""
        while one := await self.orders.find({"file": "", "currency": gt(after)}, sort=(("currency", 1),), limit=1):
            after = one[0].currency
            found.append(after)
        return found

    async def currencies_said(self) -> list[str]:
        """In which the bank has said anything: one look for each of them."""
        found, after = list[str](), ""
        while one := await self.lines.find({"said.currency": gt(after)}, sort=(("said.currency", 1),), limit=1):
            after = one[0].said.currency
            found.append(after)
        return found

    async def newest_file(self, currency: str) -> TransferFile | None:
        found = await self.files.find({"currency": currency}, sort=(("number", -1),), limit=1)
        return found[0] if found else None

    async def file_of(self, key: str) -> TransferFile | None:
        found = await self.files.find({"key": key}, limit=1)
        return found[0] if found else None

    async def claim(self, kind: str, payout: str, line: str, now_ms: int) -> bool:
        """Whether this line is the one that says so of the payout; the same line again still is."""
        claim = PayoutClaim(id=f"{kind}/{payout}", created_at_ms=now_ms, line=line)
        with contextlib.suppress(Duplicate):
            await self.claims.add(claim)
        return (await self.claims.read(claim.id)).line == line

    async def newest_files(self, currency: str = "") -> list[TransferFile]:
        """In one currency or in any."""
        return await self.files.find({"currency": currency} if currency else {}, sort=(NEWEST_FIRST,), limit=SHOWN)

    async def order_of(self, reference: str) -> TransferOrder | None:
        found = await self.orders.find({"transfer.reference": reference}, limit=1) if reference else []
        return found[0] if found else None

    async def deposits_of(self, owner: str) -> list[StatementEntry]:
        """What was booked to this owner's balance, the newest first."""
        where = {"target": owner, "state": LineState.MATCHED.value}
        return await self.lines.find(where, sort=(NEWEST_FIRST,), limit=SHOWN)

    async def lines_in(self, state: LineState, currency: str = "") -> list[StatementEntry]:
        """In one currency or in any, the oldest first."""
        where = {"state": state.value, **({"said.currency": currency} if currency else {})}
        return await self.lines.find(where, sort=(("created_at_ms", 1),), limit=SHOWN)

    async def reports_in(self, state: LineState) -> list[StatusReport]:
        """The oldest first."""
        return await self.reports.find({"state": state.value}, sort=(("created_at_ms", 1),), limit=SHOWN)

    async def newest_report_of(self, original: str) -> StatusReport | None:
        """On the file of that message id."""
        found = await self.reports.find({"said.original": original}, sort=(NEWEST_FIRST,), limit=1)
        return found[0] if found else None
