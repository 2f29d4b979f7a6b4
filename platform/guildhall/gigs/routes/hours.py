"""Weeks of hours over HTTP: log, take back, hand in, ask about, approve, and dispute."""

from guildhall.gigs.messages import (
    ContractShown,
    DisputeActed,
    HoursDisputed,
    HoursWanted,
    WeekActed,
    WeekAction,
)
from guildhall.gigs.routes.calling import ACTED, TAGS, WORK, caller_of, check_said, shown
from guildhall.gigs.service import GigsService
from guildhall.gigs.service.verbs import week_dispute_verbs, week_verbs
from guildhall.kit.errors import Invalid
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route

LOG = Operation(
    name="log_hours",
    method="POST",
    path="/contracts/{contract_id}/hours",
    summary="Log hours that were worked; they may not overlap, lie in the future, or exceed the week's cap",
    permission=WORK,
    rate_class="write",
    idempotency="optional",
    body=HoursWanted,
    answers={200: ContractShown},
    problems=ACTED | {"hours-refused"},
    tags=TAGS,
)
DROP = Operation(
    name="drop_hours",
    method="DELETE",
    path="/contracts/{contract_id}/weeks/{monday}/entries/{entry_id}",
    summary="Take hours back while their week is open",
    permission=WORK,
    rate_class="write",
    answers={200: ContractShown},
    problems=ACTED,
    tags=TAGS,
)
ACT_ON_WEEK = Operation(
    name="act_on_week",
    method="POST",
    path="/contracts/{contract_id}/weeks/{monday}/actions",
    summary="Hand a week in, ask about it, or approve it",
    permission=WORK,
    rate_class="write",
    body=WeekActed,
    answers={200: ContractShown},
    problems=ACTED,
    tags=TAGS,
)


DISPUTE_HOURS = Operation(
    name="dispute_hours",
    method="POST",
    path="/contracts/{contract_id}/weeks/{monday}/dispute",
    summary="Dispute hours of a week: their pay stands still until it is settled, and the others are approved",
    permission=WORK,
    rate_class="write",
    idempotency="optional",
    body=HoursDisputed,
    answers={200: ContractShown},
    problems=ACTED | {"division-wrong"},
    tags=TAGS,
)
ACT_ON_DISPUTED_HOURS = Operation(
    name="act_on_disputed_hours",
    method="POST",
    path="/contracts/{contract_id}/weeks/{monday}/dispute/actions",
    summary="Say, propose, accept, escalate or appeal; the staff propose and decide",
    permission=WORK,
    rate_class="write",
    body=DisputeActed,
    answers={200: ContractShown},
    problems=ACTED | {"division-wrong"},
    tags=TAGS,
)


def hour_routes(service: GigsService) -> tuple[Route, ...]:
    hours = service.hours

    async def log(call: Call[HoursWanted, NoQuery]) -> Answer:
        body = call.body
        await hours.log_hours(
            call.path["contract_id"], caller_of(call.principal), body.started_at_ms, body.minutes, body.memo
        )
        return await shown(service, call)

    async def drop(call: Call[NoBody, NoQuery]) -> Answer:
        path = call.path
        await hours.drop_hours(path["contract_id"], caller_of(call.principal), path["monday"], path["entry_id"])
        return await shown(service, call)

    async def act_on_week(call: Call[WeekActed, NoQuery]) -> Answer:
        body, path = call.body, call.path
        if body.action is WeekAction.QUERY and not body.words:
            raise Invalid("Say what you ask about.", fields={"words": "is missing"})
        verb = week_verbs(body.action.value, body.words)
        await hours.on_week(path["contract_id"], caller_of(call.principal), path["monday"], verb)
        return await shown(service, call)

    async def dispute(call: Call[HoursDisputed, NoQuery]) -> Answer:
        body, path = call.body, call.path
        caller = caller_of(call.principal)
        await hours.dispute(
            path["contract_id"], caller, path["monday"], frozenset(body.entries), body.agent_minor, body.reason
        )
        return await shown(service, call)

    async def act_on_disputed(call: Call[DisputeActed, NoQuery]) -> Answer:
        body, path = call.body, call.path
        check_said(body)
        verb = week_dispute_verbs(body.action.value, body.agent_minor, body.words)
        await hours.on_dispute(path["contract_id"], caller_of(call.principal), path["monday"], verb)
        return await shown(service, call)

    return (
        Route(LOG, log),
        Route(DROP, drop),
        Route(ACT_ON_WEEK, act_on_week),
        Route(DISPUTE_HOURS, dispute),
        Route(ACT_ON_DISPUTED_HOURS, act_on_disputed),
    )
