"""The collections of invoices."""

import contextlib
from collections.abc import AsyncIterator
from typing import Final

from guildhall.kit.errors import NotFound
from guildhall.kit.http.cursors import Place, SortBy, find_after
from guildhall.kit.storage import Change, Document, Duplicate, Schema, Storage, StorageUnavailable, among, gt
from guildhall.kit.storage.versioned import Documents
from guildhall.payments.model.invoices import BillingDetails, Invoice, InvoiceSeries

INVOICES = Schema(
    "invoices",
    unique=(("series", "number"), ("key",)),
    index=(("issuer", "issued_at_ms"), ("payer", "issued_at_ms")),
)
SERIES = Schema("invoice_series", index=(("unsettled",),))
BILLING = Schema("billing_details")
CURSORS = Schema("invoice_cursors")
STREAM: Final = "journal"
PAGE: Final = 200
NEWEST_FIRST: Final[SortBy] = ("issued_at_ms", -1)
_SIDES: Final = {"issued": ("issuer",), "received": ("payer",)}


class InvoiceDiffers(StorageUnavailable):
    """Another invoice stands under this number: it was changed by hand. The reconciliation says which."""


class InvoiceStore:
    """Used by the invoicing service."""

    def __init__(self, storage: Storage) -> None:
        self._invoices = storage.collection(INVOICES)
        self._cursors = storage.collection(CURSORS)
        self.series = Documents(
            storage.collection(SERIES), InvoiceSeries, lambda id_: NotFound(f"There is no series {id_}.")
        )
        self.billing = Documents(
            storage.collection(BILLING), BillingDetails, lambda _: NotFound("There are no billing details yet.")
        )

    async def ensure(self) -> None:
        await self._invoices.ensure()
        await self._cursors.ensure()
        await self.series.ensure()
        await self.billing.ensure()

    async def open_series(self, series_id: str, now_ms: int) -> InvoiceSeries:
        """The series, made where there is none."""
        if (found := await self.series.get(series_id)) is not None:
            return found
        with contextlib.suppress(Duplicate):
            await self.series.add(InvoiceSeries(id=series_id, created_at_ms=now_ms))
        return await self.series.read(series_id)

    def unsettled(self) -> AsyncIterator[list[InvoiceSeries]]:
        """With numbers whose invoices nobody may have written."""
        return self.series.pages({"unsettled": True})

    async def series_after(self, after_id: str) -> list[InvoiceSeries]:
        return await self.series.find({"_id": gt(after_id)}, sort=(("_id", 1),), limit=PAGE)

    async def add(self, invoice: Invoice) -> None:
        """The same again is the same one. Raises InvoiceDiffers."""
        try:
            await self._invoices.insert(invoice.model_dump(mode="json", by_alias=True))
        except Duplicate:
            if await self.get(invoice.id) != invoice:
                raise InvoiceDiffers(f"Another invoice stands as {invoice.name} of {invoice.issuer}.") from None

    async def get(self, invoice_id: str) -> Invoice | None:
        found = await self._invoices.get(invoice_id)
        return None if found is None else Invoice.model_validate(found)

    async def by_keys(self, *keys: str) -> dict[str, Invoice]:
        found = await self._invoices.find({"key": among(*keys)}, limit=max(1, len(keys)))
        return {document["key"]: Invoice.model_validate(document) for document in found}

    async def of(
        self, *owners: str, side: str = "both", kind: str = "all", place: Place | None = None, limit: int = PAGE
    ) -> list[Invoice]:
        """Those that one of these has issued or was sent, the newest first; `limit` of them after `place`."""
        of_kind = {"all": {}, "credit": {"is_credit": True}}.get(kind, {"kind": kind, "is_credit": False})
        found: dict[str, Document] = {}
        for field in _SIDES.get(side, ("issuer", "payer")):
            where = {field: among(*owners), **of_kind}
            for document in await find_after(self._invoices, where, NEWEST_FIRST, limit, place):
                found[document["_id"]] = document
        newest = sorted(found.values(), key=lambda one: (-one["issued_at_ms"], one["_id"]))
        return [Invoice.model_validate(document) for document in newest[:limit]]

    async def numbered(self, series_id: str, after: int) -> list[Invoice]:
        """A page of a series, in the order of its numbers."""
        where = {"series": series_id, "number": gt(after)}
        found = await self._invoices.find(where, sort=(("number", 1),), limit=PAGE)
        return [Invoice.model_validate(document) for document in found]

    async def cursor(self) -> int:
        """The number of the newest block of the ledger's chain that was looked through."""
        found = await self._cursors.get(STREAM)
        return int(found["number"]) if found else 0

    async def move_cursor(self, number: int) -> None:
        await self._cursors.upsert(STREAM, {}, Change(max={"number": number}))
