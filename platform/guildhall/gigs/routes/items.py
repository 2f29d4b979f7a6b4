"""What is done on the parts of a contract over HTTP: milestones with their files, and disputes."""

from typing import Any, Final

from guildhall.gigs.messages import (
    ContractShown,
    DisputeActed,
    DisputeWanted,
    FileNamed,
    MilestoneActed,
    MilestoneAction,
    MilestoneWanted,
)
from guildhall.gigs.model.terms import MilestoneAgreed
from guildhall.gigs.routes.calling import ACTED, TAGS, WORK, caller_of, check_said, shown
from guildhall.gigs.service import GigsService
from guildhall.gigs.service.context import Caller
from guildhall.gigs.service.verbs import dispute_verbs, milestone_verbs
from guildhall.kit.content_types import SNIFFED
from guildhall.kit.errors import Invalid
from guildhall.kit.http import Answer, Call, Content, NoBody, NoQuery, Operation, Route

FILE_BYTES_MAX: Final = 64 * 1024 * 1024
_WORDED: Final = frozenset({MilestoneAction.REQUEST_CHANGES, MilestoneAction.GIVE_BACK})
PROPOSE = Operation(
    name="propose_milestone",
    method="POST",
    path="/contracts/{contract_id}/milestones",
    summary="Propose one more milestone, which the other side has to accept",
    permission=WORK,
    rate_class="write",
    idempotency="optional",
    body=MilestoneWanted,
    answers={200: ContractShown},
    problems=ACTED,
    tags=TAGS,
)
ACT = Operation(
    name="act_on_milestone",
    method="POST",
    path="/contracts/{contract_id}/milestones/{key}/actions",
    summary="Accept, fund, begin, hand in, ask for changes, approve, or give back",
    permission=WORK,
    rate_class="write",
    body=MilestoneActed,
    answers={200: ContractShown},
    problems=ACTED | {"nothing-to-hand-in"},
    tags=TAGS,
)
PUT_FILE = Operation(
    name="put_work_file",
    method="POST",
    path="/contracts/{contract_id}/milestones/{key}/files",
    summary="Put a file up for what will be handed in; what it is, its bytes say",
    permission=WORK,
    rate_class="upload",
    takes=(*SNIFFED, "application/octet-stream"),
    query=FileNamed,
    max_body_bytes=FILE_BYTES_MAX,
    deadline_seconds=120,
    answers={201: ContractShown},
    problems=ACTED | {"file-not-taken", "too-large"},
    tags=TAGS,
)
DROP_FILE = Operation(
    name="drop_work_file",
    method="DELETE",
    path="/contracts/{contract_id}/milestones/{key}/files/{sha256}",
    summary="Take a file back that is not handed in yet",
    permission=WORK,
    rate_class="write",
    answers={200: ContractShown},
    problems=ACTED,
    tags=TAGS,
)
READ_FILE = Operation(
    name="read_work_file",
    method="GET",
    path="/contracts/{contract_id}/files/{sha256}",
    summary="A file that was handed in, byte for byte as it was",
    permission=WORK,
    gives=SNIFFED,
    answers={200: None},
    problems=frozenset({"not-found"}),
    deadline_seconds=60,
    tags=TAGS,
)
DISPUTE = Operation(
    name="open_dispute",
    method="POST",
    path="/contracts/{contract_id}/disputes",
    summary="Dispute a milestone: its pay and its clock stand still until it is settled",
    permission=WORK,
    rate_class="write",
    idempotency="optional",
    body=DisputeWanted,
    answers={200: ContractShown},
    problems=ACTED | {"division-wrong"},
    tags=TAGS,
)
ACT_ON_DISPUTE = Operation(
    name="act_on_dispute",
    method="POST",
    path="/contracts/{contract_id}/disputes/{dispute_id}/actions",
    summary="Say, propose, accept, escalate or appeal; the staff propose and decide",
    permission=WORK,
    rate_class="write",
    body=DisputeActed,
    answers={200: ContractShown},
    problems=ACTED | {"division-wrong"},
    tags=TAGS,
)


def _at(call: Call[Any, Any]) -> tuple[str, Caller]:
    return call.path["contract_id"], caller_of(call.principal)


def item_routes(service: GigsService) -> tuple[Route, ...]:
    work = service.working

    async def propose(call: Call[MilestoneWanted, NoQuery]) -> Answer:
        agreed = MilestoneAgreed(title=call.body.title, minor=call.body.minor)
        return await shown(service, call, await work.propose(*_at(call), agreed))

    async def act(call: Call[MilestoneActed, NoQuery]) -> Answer:
        body = call.body
        if body.action in _WORDED and not body.words:
            raise Invalid("Say it in words: the other side reads them.", fields={"words": "is missing"})
        verb = milestone_verbs(body.action.value, call.path["key"], body.words)
        return await shown(service, call, await work.decide(*_at(call), verb))

    async def dispute(call: Call[DisputeWanted, NoQuery]) -> Answer:
        body = call.body
        changed = await work.open_dispute(*_at(call), body.milestone, body.agent_minor, body.reason)
        return await shown(service, call, changed)

    async def act_on_dispute(call: Call[DisputeActed, NoQuery]) -> Answer:
        body = call.body
        check_said(body)
        verb = dispute_verbs(body.action.value, call.path["dispute_id"], body.agent_minor, body.words)
        return await shown(service, call, await work.decide(*_at(call), verb))

    return (
        Route(PROPOSE, propose),
        Route(ACT, act),
        Route(DISPUTE, dispute),
        Route(ACT_ON_DISPUTE, act_on_dispute),
        *_file_routes(service),
    )


def _file_routes(service: GigsService) -> tuple[Route, ...]:
    work = service.working

    async def put_file(call: Call[NoBody, FileNamed]) -> Answer:
        changed = await work.put_file(*_at(call), call.path["key"], call.query.name, call.content)
        answer = await shown(service, call, changed)
        return Answer(answer.body, status=201)

    async def drop_file(call: Call[NoBody, NoQuery]) -> Answer:
        return await shown(service, call, await work.drop_file(*_at(call), call.path["key"], call.path["sha256"]))

    async def read_file(call: Call[NoBody, NoQuery]) -> Answer:
        file, blob = await work.file(*_at(call), call.path["sha256"])
        return Answer(content=Content(blob.body, blob.content_type, file.name))

    return (Route(PUT_FILE, put_file), Route(DROP_FILE, drop_file), Route(READ_FILE, read_file))
