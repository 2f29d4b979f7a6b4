import pytest

from guildhall.accounts.model import OneTimeToken, TokenPurpose
from guildhall.accounts.rules.one_time_tokens import LinkRefused, issue, spend, was_sent_just_now
from tests.guildhall.accounts.documents import an_account

RESET, VERIFY = TokenPurpose.RESET_PASSWORD, TokenPurpose.VERIFY_EMAIL
TOKEN = OneTimeToken(secret_hash="h1", made_at_ms=0, expires_at_ms=100)


def test_a_link_counts_once_in_its_time_for_its_purpose() -> None:
    account = issue(an_account(), RESET, TOKEN)
    spent, token = spend(account, RESET, "h1", 99)
    assert token == TOKEN
    for of, purpose, secret_hash, now_ms in (
        (spent, RESET, "h1", 99),
        (account, VERIFY, "h1", 99),
        (account, RESET, "h2", 99),
        (account, RESET, "h1", 100),
    ):
        with pytest.raises(LinkRefused):
            spend(of, purpose, secret_hash, now_ms)


def test_a_new_link_of_the_same_purpose_voids_the_one_before() -> None:
    account = issue(issue(an_account(), RESET, TOKEN), RESET, TOKEN.model_copy(update={"secret_hash": "h2"}))
    with pytest.raises(LinkRefused):
        spend(account, RESET, "h1", 1)
    spend(account, RESET, "h2", 1)


def test_a_link_asked_for_again_within_a_minute_is_not_sent_again() -> None:
    account = issue(an_account(), RESET, TOKEN)
    assert was_sent_just_now(account, RESET, 59_999)
    assert not was_sent_just_now(account, RESET, 60_000)
    assert not was_sent_just_now(account, VERIFY, 1)
