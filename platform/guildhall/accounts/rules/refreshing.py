"""What a presented refresh token is to its family, and what the family becomes. Pure; the caller compares and sets."""

import hmac

from guildhall.accounts.lifecycle import RefreshCase
from guildhall.accounts.model import MAX_SPENT, Session


def judge_refresh(session: Session, token_hash: str, successor_hash: str, now_ms: int, grace_ms: float) -> RefreshCase:
    """CURRENT rotates, GRACE repeats the successor, REUSED means that two parties hold tokens of this family.

    Grace heals a lost answer and makes parallel refreshes agree: the token just rotated out, while its successor is
    still the current one. Hashes are compared in constant time.
    """
    if hmac.compare_digest(token_hash, session.current_hash):
        return RefreshCase.CURRENT
    if hmac.compare_digest(token_hash, session.previous_hash):
        in_time = now_ms - session.rotated_at_ms <= grace_ms
        follows = hmac.compare_digest(successor_hash, session.current_hash)
        return RefreshCase.GRACE if in_time and follows else RefreshCase.REUSED
    if any(hmac.compare_digest(token_hash, spent) for spent in session.spent_hashes):
        return RefreshCase.REUSED
    return RefreshCase.UNKNOWN


def rotate(session: Session, successor_hash: str, now_ms: int, idle_until_ms: int) -> Session:
    """The family with the successor as its current token."""
    spent = (*session.spent_hashes, session.previous_hash) if session.previous_hash else session.spent_hashes
    return session.model_copy(
        update={
            "current_hash": successor_hash,
            "previous_hash": session.current_hash,
            "spent_hashes": spent[-MAX_SPENT:],
            "generation": session.generation + 1,
            "rotated_at_ms": now_ms,
            "idle_until_ms": idle_until_ms,
        }
    )
