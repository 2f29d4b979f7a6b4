"""Invoices over HTTP: one's own and those of the organisations that one leads; finance sees all."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from guildhall.accounts.permissions import organisations_with
from guildhall.kit.errors import NotFound
from guildhall.kit.http import (
    Answer,
    Call,
    Content,
    CursorSigner,
    Listing,
    NoBody,
    NoQuery,
    Operation,
    Page,
    Principal,
    Route,
)
from guildhall.kit.http.cursors import Place
from guildhall.payments.messages import OfOrganisation
from guildhall.payments.messages.invoices import (
    BillingGiven,
    BillingShown,
    InvoiceShown,
    OwnersInvoicesQuery,
    OwnInvoicesQuery,
)
from guildhall.payments.model.invoices import BillingDetails, Invoice, Party
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.invoice_pdf import render_invoice
from guildhall.payments.store.invoices import NEWEST_FIRST

TAGS: Final = ("money",)
OWN: Final = "payments.invoices"
LOOK: Final = "payments.look"
PDF: Final = "application/pdf"
_SLOW_SECONDS: Final = 60.0

LIST = Operation(
    name="list_own_invoices",
    method="GET",
    path="/money/invoices",
    summary="Invoices and credit notes that you, or organisations that you lead, have issued or were sent, the newest",
    permission=OWN,
    query=OwnInvoicesQuery,
    answers={200: Page[InvoiceShown]},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
DOWNLOAD = Operation(
    name="download_own_invoice",
    method="GET",
    path="/money/invoices/{invoice_id}/pdf",
    summary="An invoice as PDF",
    permission=OWN,
    answers={200: None},
    gives=(PDF,),
    deadline_seconds=_SLOW_SECONDS,
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
READ_BILLING = Operation(
    name="read_billing_details",
    method="GET",
    path="/money/billing",
    summary="Who you are on the next invoice",
    permission=OWN,
    query=OfOrganisation,
    answers={200: BillingShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
SET_BILLING = Operation(
    name="set_billing_details",
    method="PUT",
    path="/money/billing",
    summary="Who you are on invoices from now on: name, address, tax id and the tax within what you earn",
    permission=OWN,
    query=OfOrganisation,
    rate_class="money",
    body=BillingGiven,
    answers={200: BillingShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
LIST_ALL = Operation(
    name="list_invoices",
    method="GET",
    path="/finance/invoices",
    summary="Invoices and credit notes that somebody has issued or was sent, newest first",
    permission=LOOK,
    aal=2,
    query=OwnersInvoicesQuery,
    answers={200: Page[InvoiceShown]},
    problems=frozenset({"not-found"}),
    tags=("finance",),
)
DOWNLOAD_ANY = Operation(
    name="download_invoice",
    method="GET",
    path="/finance/invoices/{invoice_id}/pdf",
    summary="Any invoice as PDF",
    permission=LOOK,
    aal=2,
    answers={200: None},
    gives=(PDF,),
    deadline_seconds=_SLOW_SECONDS,
    problems=frozenset({"not-found"}),
    tags=("finance",),
)


def invoice_routes(service: PaymentsService, secret: str) -> tuple[Route, ...]:
    invoicing, newest = service.invoicing, Listing(CursorSigner(secret), "invoices", NEWEST_FIRST)

    async def shown(call: Call[NoBody, Any], owners: frozenset[str]) -> Answer:
        side, kind = call.query.side, call.query.kind

        async def read(place: Place | None, limit: int) -> list[Invoice]:
            return await invoicing.store.of(*sorted(owners), side=side, kind=kind, place=place, limit=limit)

        async def show(found: Sequence[Invoice]) -> list[InvoiceShown]:
            return [invoice_shown(one, owners) for one in found]

        return await newest.page(call, Page[InvoiceShown], read, show, f"{sorted(owners)} {side} {kind}")

    async def list_own(call: Call[NoBody, OwnInvoicesQuery]) -> Answer:
        owner = owner_of(call.principal, call.query.organisation)
        return await shown(call, frozenset({owner}) if call.query.organisation else readers_of(call.principal))

    async def list_all(call: Call[NoBody, OwnersInvoicesQuery]) -> Answer:
        return await shown(call, frozenset({call.query.owner}))

    async def billing(call: Call[NoBody, OfOrganisation]) -> Answer:
        return Answer(billing_shown(await invoicing.billing(owner_of(call.principal, call.query.organisation))))

    async def download(call: Call[NoBody, NoQuery]) -> Answer:
        return await _pdf(await invoicing.read(call.path["invoice_id"], readers_of(call.principal)))

    async def download_any(call: Call[NoBody, NoQuery]) -> Answer:
        return await _pdf(await invoicing.read(call.path["invoice_id"], None))

    async def set_billing(call: Call[BillingGiven, OfOrganisation]) -> Answer:
        given, owner = call.body, owner_of(call.principal, call.query.organisation)
        party = Party(name=given.name, address=given.address, country=given.country, tax_id=given.tax_id)
        return Answer(billing_shown(await invoicing.set_billing(owner, party, given.tax_basis_points)))

    return (
        Route(LIST, list_own),
        Route(DOWNLOAD, download),
        Route(READ_BILLING, billing),
        Route(SET_BILLING, set_billing),
        Route(LIST_ALL, list_all),
        Route(DOWNLOAD_ANY, download_any),
    )


def readers_of(principal: Principal) -> frozenset[str]:
    """Whose invoices somebody reads: their own, and those of the organisations that they lead."""
    return frozenset({principal.id, *organisations_with(principal, OWN)})


def owner_of(principal: Principal, organisation: str) -> str:
    """Whose invoices and statements are meant. Raises NotFound for an organisation that they do not lead."""
    if organisation and organisation not in organisations_with(principal, OWN):
        raise NotFound(f"There is no organisation {organisation} that you lead.")
    return organisation or principal.id


def invoice_shown(invoice: Invoice, readers: frozenset[str]) -> InvoiceShown:
    return InvoiceShown(
        invoice_id=invoice.id,
        name=invoice.name,
        kind=invoice.kind.value,
        is_credit=invoice.is_credit,
        credit_of_name=invoice.credit_of_name,
        is_issuer=invoice.issuer in readers,
        issuer_name=invoice.issuer_party.name,
        payer_name=invoice.payer_party.name,
        subject=invoice.subject,
        currency=invoice.currency,
        net_minor=invoice.net_minor,
        tax_minor=invoice.tax_minor,
        total_minor=invoice.total_minor,
        issued_at_ms=invoice.issued_at_ms,
        settled_at_ms=invoice.supplied_at_ms,
    )


def billing_shown(details: BillingDetails) -> BillingShown:
    party = details.party
    return BillingShown(
        name=party.name,
        address=party.address,
        country=party.country,
        tax_id=party.tax_id,
        tax_basis_points=details.tax_basis_points,
    )


async def _pdf(invoice: Invoice) -> Answer:
    name = f"{invoice.name}-{invoice.issuer_party.name}.pdf".replace("/", "-")
    return Answer(content=Content(await asyncio.to_thread(render_invoice, invoice), PDF, name))
