"""The end of one's account: taking the data along, resting, being erased."""

from guildhall.accounts.messages import AccountShown, Exported, show_account
from guildhall.accounts.routes.account import FRESH_SECONDS, TAGS
from guildhall.accounts.service import AccountsService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route

EXPORT = Operation(
    name="export_own_account",
    method="GET",
    path="/accounts/me/export",
    summary="Everything we keep about you",
    permission="accounts.read_own",
    fresh_seconds=FRESH_SECONDS,
    deadline_seconds=30.0,
    answers={200: Exported},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
DEACTIVATE = Operation(
    name="deactivate_own_account",
    method="POST",
    path="/accounts/me/deactivate",
    summary="Rest your account; signs out everywhere",
    permission="accounts.close_own",
    rate_class="write",
    fresh_seconds=FRESH_SECONDS,
    answers={204: None},
    problems=frozenset({"move-refused", "not-found"}),
    tags=TAGS,
)
ERASE = Operation(
    name="request_erasure",
    method="POST",
    path="/accounts/me/erasure",
    summary="Have your account erased in thirty days",
    permission="accounts.close_own",
    rate_class="write",
    fresh_seconds=FRESH_SECONDS,
    answers={202: AccountShown},
    problems=frozenset({"move-refused", "conflict", "not-found"}),
    tags=TAGS,
)
KEEP = Operation(
    name="cancel_erasure",
    method="DELETE",
    path="/accounts/me/erasure",
    summary="Keep your account after all",
    permission="accounts.close_own",
    rate_class="write",
    answers={200: AccountShown},
    problems=frozenset({"move-refused", "not-found"}),
    tags=TAGS,
)


def closing_routes(service: AccountsService) -> tuple[Route, ...]:
    async def export(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(Exported.model_validate(await service.closing.export(call.principal.id)))

    async def deactivate(call: Call[NoBody, NoQuery]) -> Answer:
        await service.closing.deactivate(call.principal.id)
        return Answer(status=204)

    async def erase(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(show_account(await service.closing.request_erasure(call.principal.id)), status=202)

    async def keep(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(show_account(await service.closing.cancel_erasure(call.principal.id)))

    return (
        Route(EXPORT, export),
        Route(DEACTIVATE, deactivate),
        Route(ERASE, erase),
        Route(KEEP, keep),
    )
