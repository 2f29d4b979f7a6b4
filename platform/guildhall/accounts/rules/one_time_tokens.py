"""Links that count once: a token's secret is kept as a hash in the account, and used up by the change it is for."""

import hmac

from guildhall.accounts.model import EARLIER_LINKS_MAX, Account, EarlierLink, OneTimeToken, TokenPurpose
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


def issue_beside(account: Account, purpose: TokenPurpose, token: OneTimeToken) -> Account:
    """The account with this token, beside those of the same purpose that were sent before and are still good.

    For links that a stranger can have sent by naming an address: else they could void its owner's link once a minute.
    The first that is used takes all of them along; of more than a few the oldest is void.
    """
    before = account.tokens.get(purpose)
    if before is None:
        return issue(account, purpose, token)
    newest = EarlierLink(secret_hash=before.secret_hash, expires_at_ms=before.expires_at_ms)
    good = [link for link in (newest, *before.earlier) if link.expires_at_ms > token.made_at_ms]
    return issue(account, purpose, token.model_copy(update={"earlier": tuple(good[:EARLIER_LINKS_MAX])}))


def spend(account: Account, purpose: TokenPurpose, secret_hash: str, now_ms: int) -> tuple[Account, OneTimeToken]:
    """The account without the token, and the token. Raises LinkRefused."""
    token = account.tokens.get(purpose)
    if token is None:
        raise LinkRefused
    good = (hash_ for hash_, until_ms in _links_of(token) if until_ms > now_ms)
    if not any(hmac.compare_digest(hash_, secret_hash) for hash_ in good):
        raise LinkRefused
    return void(account, purpose), token


def _links_of(token: OneTimeToken) -> list[tuple[str, int]]:
    earlier = [(link.secret_hash, link.expires_at_ms) for link in token.earlier]
    return [(token.secret_hash, token.expires_at_ms), *earlier]


def void(account: Account, *purposes: TokenPurpose) -> Account:
    kept = {purpose: token for purpose, token in account.tokens.items() if purpose not in purposes}
    return account.model_copy(update={"tokens": kept})


def was_sent_just_now(account: Account, purpose: TokenPurpose, now_ms: int) -> bool:
    token = account.tokens.get(purpose)
    return token is not None and now_ms - token.made_at_ms < RESEND_AFTER_MS
