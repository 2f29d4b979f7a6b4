from hypothesis import given
from hypothesis import strategies as st

from guildhall.accounts.lifecycle import RefreshCase
from guildhall.accounts.model import MAX_SPENT, Session
from guildhall.accounts.rules.refreshing import judge_refresh, rotate
from tests.guildhall.accounts.documents import a_session

GRACE_MS = 10_000


def rotated(times: int) -> Session:
    session = a_session()
    for number in range(1, times + 1):
        session = rotate(session, f"h{number + 1}", number * 1000, 0)
    return session


def judge(session: Session, number: int, now_ms: int) -> RefreshCase:
    return judge_refresh(session, f"h{number}", f"h{number + 1}", now_ms, GRACE_MS)


def test_the_current_token_rotates_and_the_one_before_is_repeated_for_ten_seconds() -> None:
    session = rotated(1)
    assert judge(session, 2, 99_999) is RefreshCase.CURRENT
    assert judge(session, 1, 1_000 + GRACE_MS) is RefreshCase.GRACE
    assert judge(session, 1, 1_001 + GRACE_MS) is RefreshCase.REUSED


def test_a_token_older_than_the_one_before_is_reused_even_within_ten_seconds() -> None:
    assert judge(rotated(2), 1, 2_000) is RefreshCase.REUSED


def test_a_previous_token_whose_successor_is_not_the_current_one_is_reused() -> None:
    assert judge_refresh(rotated(1), "h1", "another", 1_000, GRACE_MS) is RefreshCase.REUSED


def test_a_token_that_was_never_of_this_family_is_unknown() -> None:
    assert judge_refresh(rotated(3), "made up", "whatever", 0, GRACE_MS) is RefreshCase.UNKNOWN
    assert judge_refresh(a_session(), "", "whatever", 0, GRACE_MS) is not RefreshCase.CURRENT


@given(times=st.integers(min_value=0, max_value=120), age=st.integers(min_value=0, max_value=120))
def test_of_a_family_one_token_is_current_one_has_grace_and_the_last_fifty_before_are_known(
    times: int, age: int
) -> None:
    session = rotated(times)
    number = times + 1 - age
    case = judge(session, number, session.rotated_at_ms)
    expected = {0: RefreshCase.CURRENT, 1: RefreshCase.GRACE}.get(
        age, RefreshCase.REUSED if age <= MAX_SPENT + 1 else RefreshCase.UNKNOWN
    )
    assert case is (expected if number >= 1 else RefreshCase.UNKNOWN)
    assert len(session.spent_hashes) <= MAX_SPENT
