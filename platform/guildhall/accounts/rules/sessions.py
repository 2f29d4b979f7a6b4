"""How long a sign-in lasts, whether it still counts, and what becomes of it when it ends."""

from guildhall.accounts.lifecycle import SESSION, Actor, SessionEvent, SessionState
from guildhall.accounts.model import Account, Effect, EffectKind, EndReason, Session
from guildhall.accounts.rules.following import follow_up
from guildhall.accounts.settings import AccountsSettings
from guildhall.kit.errors import Unauthenticated


class SessionEnded(Unauthenticated):
    """One sentence for a token that is unknown, ended, expired or made up."""

    def __init__(self) -> None:
        super().__init__("This sign-in has ended. Sign in again.")


def is_live(session: Session, account: Account, now_ms: int) -> bool:
    """Whether this sign-in still counts: neither ended, nor out of time, nor left behind by the account's epoch."""
    in_time = now_ms < min(session.idle_until_ms, session.expires_at_ms)
    in_epoch = session.epoch == account.session_epoch or session.id == account.spared_session_id
    return session.state is SessionState.ACTIVE and in_time and in_epoch and session.account_id == account.id


def lifetime_of(account: Account, settings: AccountsSettings) -> tuple[int, int]:
    """Milliseconds: how long a session may rest, and how long it may last. Shorter for staff."""
    if account.is_staff:
        return settings.staff_idle_seconds * 1000, settings.staff_lifetime_seconds * 1000
    return settings.idle_seconds * 1000, settings.lifetime_seconds * 1000


def end_session(session: Session, reason: EndReason, now_ms: int, *more: Effect) -> Session:
    """Revoked for a reason, its sockets to be closed, and what else must follow; one that has ended stays as it is."""
    if session.state is not SessionState.ACTIVE:
        return session
    target = SESSION.move(session.state, SessionEvent.REVOKE, Actor.RULE, None).target
    ended = session.model_copy(update={"state": target, "ended_at_ms": now_ms, "end_reason": reason})
    return follow_up(ended, Effect(kind=EffectKind.CLOSE_SOCKETS, at_ms=now_ms), *more)


def begin_epoch(account: Account, reason: EndReason, now_ms: int, *, spare: Session | None = None) -> Account:
    """All sessions of the account but `spare` are over with this change; ending their documents follows.

    Raises SessionEnded where the one to spare is over by now: else a request of a thief's that was under way when the
    owner signed out everywhere would bring the thief's session back to life.
    """
    if spare is not None and not is_live(spare, account, now_ms):
        raise SessionEnded
    spared_id = "" if spare is None else spare.id
    ended = account.model_copy(update={"session_epoch": account.session_epoch + 1, "spared_session_id": spared_id})
    return follow_up(ended, Effect(kind=EffectKind.END_SESSIONS, at_ms=now_ms, details={"reason": reason.value}))
