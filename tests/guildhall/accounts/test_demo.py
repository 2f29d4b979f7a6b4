import pyotp

from guildhall.accounts.demo import DEMO_PASSWORD, DEMO_PEOPLE, DEMO_TOTP_SECRET, seed_demo_accounts
from guildhall.accounts.model import PlatformRole
from guildhall.accounts.rules.passwords import password_fault
from guildhall.accounts.service import SignedIn
from tests.guildhall.accounts.conftest import HOME, House


async def test_the_people_of_the_demo_sign_in_as_the_readme_says(house: House) -> None:
    await seed_demo_accounts(house.service)
    await seed_demo_accounts(house.service)
    assert len(await house.store.accounts.find({}, limit=10)) == len(DEMO_PEOPLE)
    for _, email, role in DEMO_PEOPLE:
        outcome = await house.service.signing_in.sign_in(email, DEMO_PASSWORD, HOME)
        if role is PlatformRole.AGENT:
            assert isinstance(outcome, SignedIn)
            continue
        assert not isinstance(outcome, SignedIn)
        code = house.code(pyotp.TOTP(DEMO_TOTP_SECRET))
        signed_in = await house.service.signing_in.prove(outcome.flow_token, code, HOME)
        assert (await house.principal(signed_in)).roles == {role.value}


def test_the_password_of_the_demo_is_one_that_could_be_chosen(house: House) -> None:
    assert password_fault(DEMO_PASSWORD, ("Guildhall",), house.settings) is None
