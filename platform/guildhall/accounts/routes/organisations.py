"""Organisations: founding, reading, naming, closing. Another organisation's is not found, never merely refused."""

from typing import Any

from guildhall.accounts.messages import (
    NameGiven,
    OrganisationListed,
    OrganisationShown,
    OrganisationsListed,
    OrganisationWanted,
    show_organisation,
)
from guildhall.accounts.model import Organisation
from guildhall.accounts.permissions import relations
from guildhall.accounts.service import AccountsService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route, check_match

TAGS = ("organisations",)
READ_PERMISSION = "organisations.read"

CREATE = Operation(
    name="create_organisation",
    method="POST",
    path="/organisations",
    summary="Found an organisation",
    permission="organisations.create",
    rate_class="write",
    idempotency="optional",
    body=OrganisationWanted,
    answers={201: OrganisationShown},
    problems=frozenset({"duplicate", "conflict", "not-found"}),
    has_etag=True,
    tags=TAGS,
)
LIST = Operation(
    name="list_own_organisations",
    method="GET",
    path="/organisations",
    summary="The organisations you belong to",
    permission="accounts.read_own",
    answers={200: OrganisationsListed},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
READ = Operation(
    name="read_organisation",
    method="GET",
    path="/organisations/{organisation_id}",
    summary="An organisation and its members",
    permission="organisations.read",
    answers={200: OrganisationShown},
    has_etag=True,
    tags=TAGS,
)
RENAME = Operation(
    name="rename_organisation",
    method="PATCH",
    path="/organisations/{organisation_id}",
    summary="Change its name",
    permission="organisations.change",
    rate_class="write",
    if_match="required",
    has_etag=True,
    body=NameGiven,
    answers={200: OrganisationShown},
    tags=TAGS,
)
CLOSE = Operation(
    name="close_organisation",
    method="DELETE",
    path="/organisations/{organisation_id}",
    summary="Close it, as its last member",
    permission="organisations.change",
    rate_class="write",
    fresh_seconds=300,
    answers={204: None},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)


def organisation_routes(service: AccountsService) -> tuple[Route, ...]:
    organisations = service.organisations

    async def create(call: Call[OrganisationWanted, NoQuery]) -> Answer:
        return _shown(call, await organisations.create(call.principal.id, call.body.name, call.body.slug), status=201)

    async def list_own(call: Call[NoBody, NoQuery]) -> Answer:
        found = await organisations.of(call.principal.id)
        return Answer(OrganisationsListed(items=[listed(one, call.principal.id) for one in found]))

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        to_staff = "any" in relations(call.principal, READ_PERMISSION)
        organisation = await organisations.visible(call.principal.id, which(call), to_staff=to_staff)
        return _shown(call, organisation)

    async def rename(call: Call[NameGiven, NoQuery]) -> Answer:
        def check(seen: Organisation) -> None:
            check_match(call, str(seen.rev))

        return _shown(call, await organisations.rename(call.principal.id, which(call), call.body.name, check))

    async def close(call: Call[NoBody, NoQuery]) -> Answer:
        await organisations.close(call.principal.id, which(call))
        return Answer(status=204)

    return (
        Route(CREATE, create),
        Route(LIST, list_own),
        Route(READ, read),
        Route(RENAME, rename),
        Route(CLOSE, close),
    )


def which(call: Call[Any, Any]) -> str:
    return call.path["organisation_id"]


def listed(organisation: Organisation, account_id: str) -> OrganisationListed:
    return OrganisationListed(
        organisation_id=organisation.id,
        slug=organisation.slug,
        name=organisation.name,
        own_role=organisation.members[account_id].role,
    )


def _shown(call: Call[Any, Any], organisation: Organisation, status: int = 200) -> Answer:
    return Answer(show_organisation(organisation, call.principal.id), status=status, etag=str(organisation.rev))
