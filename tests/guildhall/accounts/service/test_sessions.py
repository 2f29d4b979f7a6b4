import pytest

from guildhall.accounts.model import EndReason, PlatformRole
from guildhall.accounts.rules.sessions import SessionEnded
from guildhall.accounts.service.sessions import ReuseDetected
from guildhall.kit.errors import NotFound
from tests.guildhall.accounts.conftest import PASSWORD, House

DAY_MS = 86_400_000


@pytest.mark.parametrize("token", ["", "ses_nowhere.secret", "made up", "x" * 5000])
async def test_a_token_that_nobody_was_given_ends_nothing(house: House, token: str) -> None:
    with pytest.raises(SessionEnded):
        await house.service.sessions.refresh(token)


async def test_a_guess_with_a_known_session_id_does_not_end_the_session(house: House) -> None:
    await house.sign_up()
    signed_in = await house.sign_in()
    with pytest.raises(SessionEnded):
        await house.service.sessions.refresh(f"{signed_in.session.id}.guessed")
    await house.service.sessions.refresh(signed_in.refresh_token)


async def test_a_session_rests_two_weeks_at_most_and_ends_after_sixty_days_however_often_it_is_used(
    house: House,
) -> None:
    await house.sign_up()
    idle = await house.sign_in()
    house.clock.advance(14 * DAY_MS)
    with pytest.raises(SessionEnded):
        await house.service.sessions.refresh(idle.refresh_token)
    token = (await house.sign_in()).refresh_token
    for _ in range(5):
        house.clock.advance(10 * DAY_MS)
        token = (await house.service.sessions.refresh(token)).refresh_token
    house.clock.advance(10 * DAY_MS)
    with pytest.raises(SessionEnded):
        await house.service.sessions.refresh(token)


async def test_staff_rest_half_an_hour_at_most(house: House) -> None:
    proctor = await house.staff("grace@example.org", PlatformRole.PROCTOR)
    house.clock.advance(30 * 60_000)
    with pytest.raises(SessionEnded):
        await house.service.sessions.refresh(proctor.refresh_token)


async def test_becoming_staff_shortens_the_sessions_that_are_open(house: House) -> None:
    account = await house.sign_up()
    here = await house.sign_in()
    await house.protect(here)
    house.clock.advance(11 * 3_600_000)
    token = (await house.service.sessions.refresh(here.refresh_token)).refresh_token
    await house.service.administration.set_roles("usr_root", account.id, frozenset({PlatformRole.PROCTOR}))
    house.clock.advance(3_600_000)
    with pytest.raises(SessionEnded):
        await house.service.sessions.refresh(token)


async def test_signing_out_one_ends_that_one_and_tells_its_sockets(house: House) -> None:
    account = await house.sign_up()
    one, other = await house.sign_in(), await house.sign_in()
    await house.service.sessions.end(account.id, one.session.id)
    assert house.revoked == [one.session.id]
    assert [session.id for session in await house.service.sessions.live(account.id)] == [other.session.id]
    with pytest.raises(SessionEnded):
        await house.service.sessions.refresh(one.refresh_token)
    await house.service.sessions.end(account.id, one.session.id)


async def test_signing_out_everywhere_ends_this_sign_in_too(house: House) -> None:
    account = await house.sign_up()
    here, there = await house.sign_in(), await house.sign_in()
    await house.service.sessions.end_all(account.id)
    assert await house.service.sessions.live(account.id) == []
    assert {here.session.id, there.session.id} <= set(house.revoked)
    ended = await house.store.sessions.get(here.session.id)
    assert ended is not None
    assert ended.end_reason is EndReason.SIGN_OUT_ALL


async def test_somebody_elses_session_is_not_found(house: House) -> None:
    await house.sign_up()
    bob = await house.sign_up("bob@example.org", "Bob")
    of_ada = await house.sign_in()
    with pytest.raises(NotFound):
        await house.service.sessions.end(bob.id, of_ada.session.id)
    await house.principal(of_ada)


async def test_the_twenty_first_sign_in_ends_the_oldest(house: House) -> None:
    account = await house.sign_up()
    sessions = []
    for _ in range(21):
        house.clock.advance(1)
        sessions.append((await house.sign_in()).session.id)
    live = {session.id for session in await house.service.sessions.live(account.id)}
    assert live == set(sessions[1:])


async def test_a_reused_token_says_so_once_and_is_then_as_dead_as_any(house: House) -> None:
    await house.sign_up()
    signed_in = await house.sign_in()
    await house.service.sessions.refresh(signed_in.refresh_token)
    house.clock.advance(10_001)
    with pytest.raises(ReuseDetected):
        await house.service.sessions.refresh(signed_in.refresh_token)
    with pytest.raises(SessionEnded):
        await house.service.sessions.refresh(signed_in.refresh_token)


async def test_a_sign_in_that_was_just_ended_is_not_revived_by_what_it_had_begun(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await house.sign_up()
    thief = await house.sign_in()
    await house.service.second_factors.enrol(account.id)
    with monkeypatch.context() as patch:  # the owner's process dies before it has ended the sign-ins one by one
        patch.setattr(house.service.context.effects, "_end_sessions", _nothing)
        await house.service.sessions.end_all(account.id)
    with pytest.raises(SessionEnded):
        await house.service.credentials.change_password(
            account.id, thief.session.id, PASSWORD, "nine ropes under the bridge"
        )
    with pytest.raises(SessionEnded):
        await house.service.second_factors.drop(account.id, thief.session.id)
    with pytest.raises(SessionEnded):
        await house.principal(thief)


async def _nothing(*_: object) -> None: ...
