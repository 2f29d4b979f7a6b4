"""Deliveries and invitations, for those who run an exam."""

from typing import Final

from guildhall.assessments.messages.deliveries import (
    DeliveryEdited,
    DeliveryListed,
    DeliveryShown,
    DeliveryWanted,
    InvitationEdited,
    InvitationListed,
    InvitationWanted,
    RosterGiven,
    RosterTaken,
    list_delivery,
)
from guildhall.assessments.routes.banks import author
from guildhall.assessments.routes.items import matching
from guildhall.assessments.routes.paging import Cursors
from guildhall.assessments.routes.scope import AUTHOR
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.invitations import Invitations
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Page, PageQuery, Route, link_to_next

TAGS: Final = ("deliveries",)
ROSTER_BYTES_MAX: Final = 262_144

CREATE = Operation(
    name="create_delivery",
    method="POST",
    path="/deliveries",
    summary="Give a published exam to people, within a window",
    permission=AUTHOR,
    rate_class="write",
    idempotency="optional",
    body=DeliveryWanted,
    answers={201: DeliveryShown},
    has_etag=True,
    problems=frozenset({"conflict", "not-found"}),
    tags=TAGS,
)
LIST = Operation(
    name="list_deliveries",
    method="GET",
    path="/deliveries",
    summary="Deliveries, the newest first",
    permission=AUTHOR,
    query=PageQuery,
    answers={200: Page[DeliveryListed]},
    tags=TAGS,
)
READ = Operation(
    name="read_delivery",
    method="GET",
    path="/deliveries/{delivery_id}",
    summary="A delivery, and what is probably not meant about it",
    permission=AUTHOR,
    answers={200: DeliveryShown},
    has_etag=True,
    tags=TAGS,
)
EDIT = Operation(
    name="edit_delivery",
    method="PUT",
    path="/deliveries/{delivery_id}",
    summary="Change its title, window or number of attempts",
    permission=AUTHOR,
    rate_class="write",
    if_match="required",
    has_etag=True,
    body=DeliveryEdited,
    answers={200: DeliveryShown},
    tags=TAGS,
)
CANCEL = Operation(
    name="cancel_delivery",
    method="POST",
    path="/deliveries/{delivery_id}/cancel",
    summary="Nobody begins any more; who is sitting goes on",
    permission=AUTHOR,
    rate_class="write",
    has_etag=True,
    answers={200: DeliveryShown},
    tags=TAGS,
)
INVITE = Operation(
    name="invite_candidate",
    method="POST",
    path="/deliveries/{delivery_id}/invitations",
    summary="Invite one person; they get a mail",
    permission=AUTHOR,
    rate_class="mail",
    idempotency="optional",
    body=InvitationWanted,
    answers={201: InvitationListed},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)
TAKE_ROSTER = Operation(
    name="invite_roster",
    method="POST",
    path="/deliveries/{delivery_id}/rosters",
    summary="Invite everybody a pasted list names; what it does not tell is reported line by line",
    permission=AUTHOR,
    rate_class="mail",
    idempotency="optional",
    deadline_seconds=30,
    body=RosterGiven,
    max_body_bytes=ROSTER_BYTES_MAX,
    answers={200: RosterTaken},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)
INVITED = Operation(
    name="list_invitations",
    method="GET",
    path="/deliveries/{delivery_id}/invitations",
    summary="Who is invited, whether they have come, and what is otherwise for them",
    permission=AUTHOR,
    query=PageQuery,
    answers={200: Page[InvitationListed]},
    tags=TAGS,
)
EDIT_INVITATION = Operation(
    name="edit_invitation",
    method="PUT",
    path="/invitations/{invitation_id}",
    summary="Accommodate somebody: more time, breaks, signals that are not judged",
    permission=AUTHOR,
    rate_class="write",
    if_match="required",
    has_etag=True,
    body=InvitationEdited,
    answers={200: InvitationListed},
    tags=TAGS,
)
WITHDRAW = Operation(
    name="withdraw_candidate",
    method="POST",
    path="/invitations/{invitation_id}/withdraw",
    summary="Withdraw an invitation; an attempt that has begun goes on",
    permission=AUTHOR,
    rate_class="write",
    answers={200: InvitationListed},
    tags=TAGS,
)
RESEND = Operation(
    name="resend_invitation",
    method="POST",
    path="/invitations/{invitation_id}/resend",
    summary="Send the mail once more",
    permission=AUTHOR,
    rate_class="mail",
    answers={200: InvitationListed},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)


def delivery_routes(service: AssessmentsService) -> tuple[Route, ...]:
    deliveries = service.deliveries
    cursors = Cursors(service.context.secret, "deliveries")

    async def create(call: Call[DeliveryWanted, NoQuery]) -> Answer:
        return _shown(await deliveries.create(author(call), call.body), status=201)

    async def list_deliveries(call: Call[NoBody, PageQuery]) -> Answer:
        scope = author(call)
        found, has_more = await deliveries.of(scope, cursors.read(call, scope), call.query.limit)
        cursor = cursors.write(call, scope, found[-1].id) if has_more else None
        page = Page[DeliveryListed](items=[list_delivery(one) for one in found], next_cursor=cursor, has_more=has_more)
        return Answer(page, headers=link_to_next(call.request, cursor))

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return _shown(await deliveries.read(author(call), call.path["delivery_id"]))

    async def edit(call: Call[DeliveryEdited, NoQuery]) -> Answer:
        return _shown(await deliveries.edit(author(call), call.path["delivery_id"], call.body, matching(call)))

    async def cancel(call: Call[NoBody, NoQuery]) -> Answer:
        return _shown(await deliveries.cancel(author(call), call.path["delivery_id"]))

    return (
        Route(CREATE, create),
        Route(LIST, list_deliveries),
        Route(READ, read),
        Route(EDIT, edit),
        Route(CANCEL, cancel),
        *_invitation_routes(service.invitations, Cursors(service.context.secret, "invitations")),
    )


def _invitation_routes(invitations: Invitations, cursors: Cursors) -> tuple[Route, ...]:
    async def invite(call: Call[InvitationWanted, NoQuery]) -> Answer:
        return Answer(await invitations.invite(author(call), call.path["delivery_id"], call.body), status=201)

    async def take_roster(call: Call[RosterGiven, NoQuery]) -> Answer:
        return Answer(await invitations.take_roster(author(call), call.path["delivery_id"], call.body.text))

    async def invited(call: Call[NoBody, PageQuery]) -> Answer:
        after_id = cursors.read(call)
        found, has_more = await invitations.invited(author(call), call.path["delivery_id"], after_id, call.query.limit)
        cursor = cursors.write(call, None, found[-1].invitation_id) if has_more else None
        page = Page[InvitationListed](items=found, next_cursor=cursor, has_more=has_more)
        return Answer(page, headers=link_to_next(call.request, cursor))

    async def edit(call: Call[InvitationEdited, NoQuery]) -> Answer:
        invitation_id = call.path["invitation_id"]
        shown = await invitations.edit_invitation(author(call), invitation_id, call.body, matching(call))
        return Answer(shown, etag=str(shown.rev))

    async def withdraw(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(await invitations.withdraw(author(call), call.path["invitation_id"]))

    async def resend(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(await invitations.resend(author(call), call.path["invitation_id"]))

    return (
        Route(INVITE, invite),
        Route(TAKE_ROSTER, take_roster),
        Route(INVITED, invited),
        Route(EDIT_INVITATION, edit),
        Route(WITHDRAW, withdraw),
        Route(RESEND, resend),
    )


def _shown(delivery: DeliveryShown, status: int = 200) -> Answer:
    return Answer(delivery, status=status, etag=str(delivery.rev))
