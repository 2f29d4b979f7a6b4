import pytest

from guildhall.accounts.model import PlatformRole
from guildhall.accounts.rules.sessions import SessionEnded
from guildhall.accounts.service.second_factors import ProofRefused
from guildhall.kit.errors import Conflict
from tests.guildhall.accounts.conftest import HOME, PASSWORD, House


async def test_nothing_counts_until_a_code_proves_the_app(house: House) -> None:
    account = await house.sign_up()
    await house.service.second_factors.enrol(account.id)
    assert (await house.sign_in()).session.aal == 1
    assert not (await house.account(account.id)).has_second_factor


async def test_confirming_raises_this_session_and_ends_the_others(house: House) -> None:
    await house.sign_up()
    elsewhere, here = await house.sign_in(), await house.sign_in()
    assert (await house.principal(here)).aal == 1
    _, codes = await house.protect(here)
    assert len(codes) == 10
    assert (await house.principal(here)).aal == 2
    with pytest.raises(SessionEnded):
        await house.principal(elsewhere)
    assert (await house.mails("ada@example.org"))[0].kind == "security_notice"


async def test_a_wrong_first_code_confirms_nothing_and_cannot_be_guessed(house: House) -> None:
    account = await house.sign_up()
    here = await house.sign_in()
    await house.service.second_factors.enrol(account.id)
    for _ in range(7):
        with pytest.raises(ProofRefused):
            await house.service.second_factors.confirm(account.id, here.session.id, "000000")
    assert not (await house.account(account.id)).has_second_factor


async def test_a_second_one_replaces_the_first_only_after_that_was_dropped(house: House) -> None:
    account = await house.sign_up()
    here = await house.sign_in()
    with pytest.raises(Conflict, match="Set one up first"):
        await house.service.second_factors.confirm(account.id, here.session.id, "123456")
    await house.protect(here)
    with pytest.raises(Conflict, match="already have"):
        await house.service.second_factors.enrol(account.id)
    await house.service.second_factors.drop(account.id, here.session.id)
    assert (await house.sign_in()).session.aal == 1
    await house.protect(here)


async def test_staff_cannot_drop_theirs(house: House) -> None:
    proctor = await house.staff("grace@example.org", PlatformRole.PROCTOR)
    with pytest.raises(Conflict, match="Your role"):
        await house.service.second_factors.drop(proctor.account.id, proctor.session.id)


async def test_new_recovery_codes_void_the_old_ones(house: House) -> None:
    account = await house.sign_up()
    with pytest.raises(Conflict):
        await house.service.second_factors.renew_recovery_codes(account.id)
    _, old = await house.protect(await house.sign_in())
    new = await house.service.second_factors.renew_recovery_codes(account.id)
    asked = await house.ask_for_code()
    for code, is_good in ((old[0], False), (new[0], True)):
        try:
            await house.service.signing_in.prove(asked.flow_token, code, HOME)
        except Exception:
            assert not is_good
        else:
            assert is_good


async def test_the_secret_is_not_readable_in_the_database(house: House) -> None:
    account = await house.sign_up()
    generator, _ = await house.protect(await house.sign_in())
    factor = (await house.account(account.id)).second_factor
    assert factor is not None
    assert generator.secret not in factor.sealed_secret
    assert house.service.context.keys.unseal(factor.sealed_secret) == generator.secret


async def test_stepping_up_makes_a_session_fresh_and_the_password_is_enough_without_a_second_factor(
    house: House,
) -> None:
    account = await house.sign_up()
    here = await house.sign_in()
    house.clock.advance(400_000)
    with pytest.raises(ProofRefused):
        await house.service.second_factors.step_up(account.id, here.session.id, password="wrong one")
    await house.service.second_factors.step_up(account.id, here.session.id, password=PASSWORD)
    principal = await house.principal(here, is_read=True)
    assert (principal.authenticated_at_ms, principal.aal) == (house.clock.now_ms(), 1)


async def test_with_a_second_factor_stepping_up_takes_a_code_and_no_password(house: House) -> None:
    account = await house.sign_up()
    here = await house.sign_in()
    generator, _ = await house.protect(here)
    code = house.code(generator)
    with pytest.raises(ProofRefused):
        await house.service.second_factors.step_up(account.id, here.session.id, password=PASSWORD)
    assert (await house.service.second_factors.step_up(account.id, here.session.id, code=code)).aal == 2
    with pytest.raises(ProofRefused):
        await house.service.second_factors.step_up(account.id, here.session.id, code=code)
