"""The collections of money; the only files here that query: `ledger`, `flows` (held, in, out), `invoices`."""

from guildhall.payments.store.flows import FlowStore
from guildhall.payments.store.invoices import InvoiceStore
from guildhall.payments.store.ledger import LedgerStore

__all__ = ["FlowStore", "InvoiceStore", "LedgerStore"]
