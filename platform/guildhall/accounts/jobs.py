"""What happens when nobody is waiting: effects left behind, wishes, timers, and forgetting."""

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.service import AccountsService
from guildhall.accounts.service.credentials import without_former_email
from guildhall.accounts.store import D, OutboxDocuments
from guildhall.kit.errors import DomainError
from guildhall.kit.logs import get_logger
from guildhall.kit.passes import pass_for_ever
from guildhall.kit.storage import StorageUnavailable

log = get_logger(__name__)

PAGE = 100
KEEP_ENDED_SESSIONS_MS = 30 * 86_400_000


async def tidy_for_ever(service: AccountsService) -> None:
    """Run until cancelled. Any number of workers may: every step is a compare-and-set or may be done twice."""
    await pass_for_ever(
        lambda: tidy(service),
        service.settings.job_seconds,
        postponed="accounts_tidying_postponed",
        failed="accounts_tidying_failed",
    )


async def tidy(service: AccountsService) -> None:
    """One pass of everything."""
    store, now_ms = service.store, service.context.clock.now_ms()
    await _follow(service, store.accounts)
    await _follow(service, store.sessions)
    await _follow(service, store.organisations)
    await service.wishes.grant_left_behind()
    await service.administration.mark_administrators()
    await fire_timers(service)
    for session in await store.sessions_over(now_ms):
        try:
            await service.sessions.expire(session)
        except DomainError as error:  # deleted at this very moment, with its account
            log.info("timer_in_vain", session_id=session.id, reason=str(error))
    await store.forget_sessions(now_ms - KEEP_ENDED_SESSIONS_MS)
    await store.forget_flows(now_ms)
    await store.forget_tallies(now_ms)


async def fire_timers(service: AccountsService) -> None:
    """Sign-ups nobody confirmed, accounts whose grace is over, and former addresses nobody took back."""
    store, now_ms = service.store, service.context.clock.now_ms()
    for account in await store.accounts_due(AccountState.PENDING_VERIFICATION, now_ms):
        try:
            await service.credentials.forget_sign_up(account.id, now_ms)
        except DomainError as error:  # confirmed at this very moment
            log.info("timer_in_vain", account_id=account.id, reason=str(error))
    for account in await store.accounts_due(AccountState.ERASURE_PENDING, now_ms):
        try:
            await service.closing.erase(account.id)
        except DomainError as error:  # cancelled, or an organisation would lose its last owner
            log.warning("erasure_postponed", account_id=account.id, reason=str(error))
            await service.closing.postpone_erasure(account.id)
    for account in await store.accounts_done_changing(now_ms):
        await service.context.change_account(account.id, lambda seen: without_former_email(seen, now_ms))


async def _follow(service: AccountsService, documents: OutboxDocuments[D]) -> None:
    for document in await documents.with_pending(PAGE):
        try:
            await service.context.effects.carry_out(documents, document)
        except StorageUnavailable:
            raise
        except Exception:  # one document's trouble must not stop what follows from all the others
            log.exception("effects_postponed", document=document.id)
