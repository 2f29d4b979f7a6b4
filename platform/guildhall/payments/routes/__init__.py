"""HTTP of money: one's own, finance's, and what providers say."""

from guildhall.kit.errors import DomainError
from guildhall.kit.http import Route
from guildhall.payments.routes.claims import claim_routes
from guildhall.payments.routes.finance import finance_routes
from guildhall.payments.routes.invoices import invoice_routes
from guildhall.payments.routes.organisations import organisation_routes
from guildhall.payments.routes.own import own_routes
from guildhall.payments.routes.statements import statement_routes
from guildhall.payments.routes.transfers import transfer_routes
from guildhall.payments.routes.webhooks import webhook_routes
from guildhall.payments.rules.deciding import (
    AlreadyResolved,
    InsufficientFunds,
    KeyTaken,
    PendingExpired,
)
from guildhall.payments.rules.drafting import NotAnEntry
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.inbox import WebhookRefused
from guildhall.payments.service.manual import SecondPersonNeeded

__all__ = ["PROBLEMS", "routes"]

PROBLEMS: tuple[type[DomainError], ...] = (
    AlreadyResolved,
    InsufficientFunds,
    KeyTaken,
    NotAnEntry,
    PendingExpired,
    SecondPersonNeeded,
    WebhookRefused,
)
"""For `mount_root`: the types of problem that only money answers with."""


def routes(service: PaymentsService, secret: str) -> tuple[Route, ...]:
    """Everything below `/v1` that is about money."""
    return (
        *own_routes(service),
        *organisation_routes(service),
        *invoice_routes(service, secret),
        *claim_routes(service, secret),
        *statement_routes(service),
        *finance_routes(service),
        *transfer_routes(service),
        *webhook_routes(service),
    )
