import pytest

from guildhall.accounts.jobs import tidy
from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.model import PlatformRole
from guildhall.accounts.rules.sessions import SessionEnded
from guildhall.kit.errors import Conflict, NotFound, Refused
from guildhall.kit.lifecycle import MoveRefused
from tests.guildhall.accounts.conftest import House

PROCTOR = frozenset({PlatformRole.PROCTOR})


async def test_suspending_signs_out_everywhere_at_once(house: House) -> None:
    account = await house.sign_up()
    here = await house.sign_in()
    assert (await house.principal(here, is_read=True)).id == account.id
    suspended = await house.service.administration.suspend("usr_root", account.id, "fraud")
    assert suspended.state is AccountState.SUSPENDED
    assert here.session.id in house.revoked
    with pytest.raises(SessionEnded):
        await house.principal(here, is_read=True)


async def test_another_admin_than_the_one_who_suspended_reinstates(house: House) -> None:
    account = await house.sign_up()
    admin = house.service.administration
    await admin.suspend("usr_root", account.id, "fraud")
    with pytest.raises(MoveRefused, match="other than the one"):
        await admin.reinstate("usr_root", account.id, "looked at it")
    assert (await admin.reinstate("usr_other", account.id, "looked at it")).state is AccountState.ACTIVE
    await house.sign_in()


async def test_nobody_suspends_or_promotes_themselves(house: House) -> None:
    account = await house.sign_up()
    with pytest.raises(MoveRefused, match="their own"):
        await house.service.administration.suspend(account.id, account.id, "tired")
    with pytest.raises(Refused, match="themselves"):
        await house.service.administration.set_roles(account.id, account.id, frozenset({PlatformRole.ADMIN}))


async def test_a_staff_role_needs_a_second_factor_first(house: House) -> None:
    account = await house.sign_up()
    with pytest.raises(Conflict, match="second factor"):
        await house.service.administration.set_roles("usr_root", account.id, PROCTOR)
    await house.protect(await house.sign_in())
    changed = await house.service.administration.set_roles("usr_root", account.id, PROCTOR)
    assert changed.roles == (PlatformRole.PROCTOR,)


async def test_losing_a_staff_role_ends_every_session(house: House) -> None:
    proctor = await house.staff("grace@example.org", PlatformRole.PROCTOR)
    agent = frozenset({PlatformRole.AGENT})
    await house.service.administration.set_roles("usr_root", proctor.account.id, agent)
    with pytest.raises(SessionEnded):
        await house.principal(proctor)


async def test_a_role_counts_and_stops_counting_at_once(house: House) -> None:
    account = await house.sign_up()
    here = await house.sign_in()
    await house.protect(here)
    assert (await house.principal(here, is_read=True)).roles == {"agent"}
    await house.service.administration.set_roles("usr_root", account.id, PROCTOR)
    assert (await house.principal(here, is_read=True)).roles == {"proctor"}


async def test_who_is_not_there_or_not_active_is_given_nothing(house: House) -> None:
    with pytest.raises(NotFound):
        await house.service.administration.account("usr_nowhere")
    account = await house.sign_up()
    await house.service.closing.deactivate(account.id)
    with pytest.raises(Conflict, match="active"):
        await house.service.administration.set_roles("usr_root", account.id, PROCTOR)


async def test_whoever_ran_the_house_before_accounts_were_marked_is_found_once_the_jobs_have_looked(
    house: House,
) -> None:
    before = await house.staff("root@example.org", PlatformRole.ADMIN)
    proctor = await house.staff("grace@example.org", PlatformRole.PROCTOR)
    await _mark(house, before.account.id, is_admin=False)
    await _mark(house, proctor.account.id, is_admin=True)
    for _ in range(3):
        await tidy(house.service)
    assert [one.id for one in await house.service.store.administrators()] == [before.account.id]


async def _mark(house: House, account_id: str, *, is_admin: bool) -> None:
    await house.service.context.change_account(account_id, lambda seen: seen.model_copy(update={"is_admin": is_admin}))
