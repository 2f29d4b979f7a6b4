import pytest

from guildhall.accounts.model import OneTimeToken, TokenPurpose
from guildhall.accounts.rules.one_time_tokens import LinkRefused, issue, issue_beside, spend, was_sent_just_now
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


def test_a_link_that_strangers_can_have_sent_leaves_the_one_before_good() -> None:
    second = OneTimeToken(secret_hash="h2", made_at_ms=50, expires_at_ms=150)
    account = issue_beside(issue_beside(an_account(), RESET, TOKEN), RESET, second)
    for secret_hash, until_ms in (("h1", 100), ("h2", 150)):
        spent, _ = spend(account, RESET, secret_hash, until_ms - 1)
        assert RESET not in spent.tokens  # the first that is used takes the others along
        with pytest.raises(LinkRefused):
            spend(account, RESET, secret_hash, until_ms)


def test_of_many_links_beside_each_other_the_oldest_are_void() -> None:
    account = an_account()
    for number in range(8):
        token = OneTimeToken(secret_hash=f"h{number}", made_at_ms=number, expires_at_ms=100 + number)
        account = issue_beside(account, RESET, token)
    for number in range(3):
        with pytest.raises(LinkRefused):
            spend(account, RESET, f"h{number}", 50)
    for number in range(3, 8):
        spend(account, RESET, f"h{number}", 50)


def test_a_link_asked_for_again_within_a_minute_is_not_sent_again() -> None:
    account = issue(an_account(), RESET, TOKEN)
    assert was_sent_just_now(account, RESET, 59_999)
    assert not was_sent_just_now(account, RESET, 60_000)
    assert not was_sent_just_now(account, VERIFY, 1)
