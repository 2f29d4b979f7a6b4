import pytest

from guildhall.accounts.lifecycle import SessionState
from guildhall.accounts.model import EffectKind, EndReason, PlatformRole
from guildhall.accounts.rules.sessions import end_session, is_live, lifetime_of
from guildhall.accounts.settings import AccountsSettings
from tests.guildhall.accounts.documents import a_session, an_account


@pytest.mark.parametrize(
    ("session", "account", "now_ms", "expected"),
    [
        ({}, {}, 999, True),
        ({}, {}, 1_000, False),
        ({"idle_until_ms": 9_000}, {}, 2_000, False),
        ({"state": SessionState.REVOKED}, {}, 0, False),
        ({}, {"session_epoch": 2}, 0, False),
        ({}, {"session_epoch": 2, "spared_session_id": "ses_1"}, 0, True),
        ({"account_id": "usr_2"}, {}, 0, False),
    ],
)
def test_a_session_lives_in_its_time_and_in_its_accounts_epoch(
    session: dict[str, object], account: dict[str, object], now_ms: int, expected: bool
) -> None:
    changed = a_session().model_copy(update=session), an_account().model_copy(update=account)
    assert is_live(*changed, now_ms) is expected


def test_ending_a_session_twice_changes_nothing_the_second_time() -> None:
    ended = end_session(a_session(), EndReason.ADMIN, 500)
    assert (ended.state, ended.end_reason, ended.ended_at_ms) == (SessionState.REVOKED, EndReason.ADMIN, 500)
    assert [effect.kind for effect in ended.pending.values()] == [EffectKind.CLOSE_SOCKETS]
    assert end_session(ended, EndReason.SIGN_OUT, 600) is ended


def test_staff_are_signed_out_sooner_than_others() -> None:
    settings = AccountsSettings()
    agent, proctor = an_account(), an_account().model_copy(update={"roles": (PlatformRole.PROCTOR,)})
    assert lifetime_of(agent, settings) == (14 * 86_400_000, 60 * 86_400_000)
    assert lifetime_of(proctor, settings) == (30 * 60_000, 12 * 3_600_000)
