"""Links that count once: a token's secret is kept as a hash in the account, and used up by the change it is for."""

import hmac

from guildhall.accounts.model import Account, OneTimeToken, TokenPurpose
from guildhall.kit.errors import Invalid

RESEND_AFTER_MS = 60_000
"""A mail that was asked for again sooner is not sent again."""


class LinkRefused(Invalid):
    """One sentence for every reason, so that a guess learns nothing."""

    type = "link-refused"
    title = "This link does not count any more"

    def __init__(self) -> None:
        super().__init__("This link was used, has expired, or was replaced by a newer one. Ask for a new one.")


def issue(account: Account, purpose: TokenPurpose, token: OneTimeToken) -> Account:
    """The account with this token; an earlier one of the same purpose is void."""
    return account.model_copy(update={"tokens": {**account.tokens, purpose: token}})


def spend(account: Account, purpose: TokenPurpose, secret_hash: str, now_ms: int) -> tuple[Account, OneTimeToken]:
    """The account without the token, and the token. Raises LinkRefused."""
    token = account.tokens.get(purpose)
    if token is None or now_ms >= token.expires_at_ms or not hmac.compare_digest(token.secret_hash, secret_hash):
        raise LinkRefused
    return void(account, purpose), token


def void(account: Account, *purposes: TokenPurpose) -> Account:
    kept = {purpose: token for purpose, token in account.tokens.items() if purpose not in purposes}
    return account.model_copy(update={"tokens": kept})


def was_sent_just_now(account: Account, purpose: TokenPurpose, now_ms: int) -> bool:
    token = account.tokens.get(purpose)
    return token is not None and now_ms - token.made_at_ms < RESEND_AFTER_MS
