"""An agent's own onboarding over HTTP: every answer is the whole truth about it."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from guildhall.kit.http import Answer, Call, Content, NoBody, NoQuery, Operation, Route
from guildhall.onboarding.lifecycle import Actor
from guildhall.onboarding.messages import ActionTaken, AgentAction, ContentGiven, DocumentNamed, OnboardingShown
from guildhall.onboarding.rules.documents import DOCUMENT_TYPES
from guildhall.onboarding.service import OnboardingService
from guildhall.onboarding.service.showing import show
from guildhall.onboarding.service.walking import Seen

TAGS: Final = ("onboarding",)
PERMISSION: Final = "onboarding.walk"
DOCUMENT_BYTES_MAX: Final = 32 * 1024 * 1024
STEP_BYTES_MAX: Final = 65_536
_STEP: Final = frozenset({"not-found", "move-refused", "step-locked", "too-large", "conflict"})

READ = Operation(
    name="read_own_onboarding",
    method="GET",
    path="/onboarding/mine",
    summary="What is asked of you, who acts next, and until when",
    permission=PERMISSION,
    answers={200: OnboardingShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
START = Operation(
    name="start_onboarding",
    method="POST",
    path="/onboarding/mine",
    summary="Begin, or go on with what was begun",
    permission=PERMISSION,
    rate_class="write",
    answers={200: OnboardingShown},
    problems=frozenset({"not-found", "move-refused"}),
    tags=TAGS,
)
ACT = Operation(
    name="act_on_own_onboarding",
    method="POST",
    path="/onboarding/mine/actions",
    summary="Hand it in, take it back, go on with it, or appeal",
    permission=PERMISSION,
    rate_class="write",
    body=ActionTaken,
    answers={200: OnboardingShown},
    problems=frozenset({"not-found", "move-refused"}),
    tags=TAGS,
)
SAVE = Operation(
    name="save_onboarding_step",
    method="PUT",
    path="/onboarding/mine/steps/{step}",
    summary="Keep what was entered so far, whatever is missing",
    permission=PERMISSION,
    rate_class="write",
    body=ContentGiven,
    max_body_bytes=STEP_BYTES_MAX,
    answers={200: OnboardingShown},
    problems=_STEP,
    tags=TAGS,
)
SUBMIT_STEP = Operation(
    name="submit_onboarding_step",
    method="POST",
    path="/onboarding/mine/steps/{step}/submission",
    summary="Hand one step in; what is wrong with it is told by field, and kept all the same",
    permission=PERMISSION,
    rate_class="write",
    body=ContentGiven,
    max_body_bytes=STEP_BYTES_MAX,
    answers={200: OnboardingShown},
    problems=_STEP | {"step-incomplete"},
    tags=TAGS,
)
PUT_DOCUMENT = Operation(
    name="put_onboarding_document",
    method="POST",
    path="/onboarding/mine/steps/{step}/documents",
    summary="Put a document up; what it is, its bytes say",
    permission=PERMISSION,
    rate_class="upload",
    takes=(*DOCUMENT_TYPES, "application/octet-stream"),
    query=DocumentNamed,
    max_body_bytes=DOCUMENT_BYTES_MAX,
    deadline_seconds=120,
    answers={201: OnboardingShown},
    problems=_STEP | {"document-not-taken"},
    tags=TAGS,
)
READ_DOCUMENT = Operation(
    name="read_own_onboarding_document",
    method="GET",
    path="/onboarding/mine/documents/{document_id}",
    summary="A document that you put up",
    permission=PERMISSION,
    gives=DOCUMENT_TYPES,
    answers={200: None},
    problems=frozenset({"not-found"}),
    deadline_seconds=30,
    tags=TAGS,
)
REMOVE_DOCUMENT = Operation(
    name="remove_onboarding_document",
    method="DELETE",
    path="/onboarding/mine/documents/{document_id}",
    summary="Take a document back while its step is open",
    permission=PERMISSION,
    rate_class="write",
    answers={200: OnboardingShown},
    problems=_STEP,
    tags=TAGS,
)


def agent_routes(service: OnboardingService) -> tuple[Route, ...]:
    walking = service.walking

    def shown(call: Call[Any, Any], seen: Seen) -> Answer:
        return _shown(service, call, seen)

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return shown(call, await walking.read(call.principal.id))

    async def start(call: Call[NoBody, NoQuery]) -> Answer:
        return shown(call, await walking.start(call.principal.id))

    async def act(call: Call[ActionTaken, NoQuery]) -> Answer:
        account_id = call.principal.id
        by_action: dict[AgentAction, Callable[[], Awaitable[Seen]]] = {
            AgentAction.SUBMIT: lambda: walking.submit(account_id),
            AgentAction.RECALL: lambda: walking.recall(account_id),
            AgentAction.RESUME: lambda: walking.resume(account_id),
            AgentAction.APPEAL: lambda: walking.appeal(account_id, call.body.words),
        }
        return shown(call, await by_action[call.body.action]())

    async def save(call: Call[ContentGiven, NoQuery]) -> Answer:
        return shown(call, await walking.save(call.principal.id, call.path["step"], call.body.content))

    async def submit_step(call: Call[ContentGiven, NoQuery]) -> Answer:
        return shown(call, await walking.submit_step(call.principal.id, call.path["step"], call.body.content))

    return (
        Route(READ, read),
        Route(START, start),
        Route(ACT, act),
        Route(SAVE, save),
        Route(SUBMIT_STEP, submit_step),
        *_document_routes(service),
    )


def _shown(service: OnboardingService, call: Call[Any, Any], seen: Seen, status: int = 200) -> Answer:
    return Answer(show(seen, service.context.by(call.principal.id, Actor.AGENT)), status=status)


def _document_routes(service: OnboardingService) -> tuple[Route, ...]:
    walking = service.walking

    async def put_document(call: Call[NoBody, DocumentNamed]) -> Answer:
        query, step = call.query, call.path["step"]
        seen = await walking.put_document(
            call.principal.id, step, query.kind, query.name, call.content, query.valid_until_ms
        )
        return _shown(service, call, seen, status=201)

    async def read_document(call: Call[NoBody, NoQuery]) -> Answer:
        file, blob = await walking.own_document(call.principal.id, call.path["document_id"])
        return Answer(content=Content(blob.body, blob.content_type, file.name))

    async def remove_document(call: Call[NoBody, NoQuery]) -> Answer:
        return _shown(service, call, await walking.remove_document(call.principal.id, call.path["document_id"]))

    return (
        Route(PUT_DOCUMENT, put_document),
        Route(READ_DOCUMENT, read_document),
        Route(REMOVE_DOCUMENT, remove_document),
    )
