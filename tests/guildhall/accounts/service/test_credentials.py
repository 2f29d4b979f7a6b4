import pytest

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.rules.one_time_tokens import LinkRefused
from guildhall.accounts.rules.sessions import SessionEnded
from guildhall.accounts.service import Visitor
from guildhall.accounts.service.second_factors import ProofRefused
from guildhall.accounts.service.signing_in import SignInRefused
from guildhall.kit.errors import Conflict, Invalid
from tests.guildhall.accounts.conftest import HOME, PASSWORD, House

NEW = "nine ropes under the bridge"
ADA, NEXT = "ada@example.org", "ada@next.example"
HOURS_MS = 3_600_000


async def moved(house: House) -> str:
    """Ada, whose address was changed; her account's id."""
    account = await house.sign_up()
    await house.service.wishes.change_email(account.id, NEXT)
    await house.service.credentials.confirm_email(await house.link(NEXT, "change_email"))
    return account.id


async def test_a_reset_signs_out_everywhere_and_only_the_new_password_signs_in(house: House) -> None:
    await house.sign_up()
    before = await house.sign_in()
    await house.service.wishes.reset_password(ADA)
    await house.service.credentials.choose_password(await house.link(ADA, "reset_password"), NEW, HOME)
    with pytest.raises(SessionEnded):
        await house.principal(before)
    assert before.session.id in house.revoked
    with pytest.raises(SignInRefused):
        await house.sign_in()
    await house.sign_in(password=NEW)
    assert "security_notice" in {mail.kind for mail in await house.mails(ADA)}


async def test_a_reset_does_not_get_around_the_second_factor(house: House) -> None:
    await house.sign_up()
    await house.protect(await house.sign_in())
    await house.service.wishes.reset_password(ADA)
    await house.service.credentials.choose_password(await house.link(ADA, "reset_password"), NEW, HOME)
    outcome = await house.service.signing_in.sign_in(ADA, NEW, HOME)
    assert type(outcome).__name__ == "CodeRequired"


async def test_whoever_chose_a_password_by_mail_is_no_stranger_while_others_guess(house: House) -> None:
    await house.sign_up()
    await house.service.wishes.reset_password(ADA)
    device = await house.service.credentials.choose_password(await house.link(ADA, "reset_password"), NEW, HOME)
    for number in range(25):
        with pytest.raises(SignInRefused):
            await house.sign_in(password="wrong, and long enough", visitor=Visitor(f"192.0.{number}.1"))
    await house.sign_in(password=NEW, visitor=Visitor("198.51.100.7", "", device))


async def test_a_new_password_must_be_a_good_one_and_the_link_stays_good_until_it_is(house: House) -> None:
    await house.sign_up()
    await house.service.wishes.reset_password(ADA)
    token = await house.link(ADA, "reset_password")
    with pytest.raises(Invalid):
        await house.service.credentials.choose_password(token, "password1234", HOME)
    await house.service.credentials.choose_password(token, NEW, HOME)


async def test_changing_the_password_keeps_this_session_and_ends_the_others(house: House) -> None:
    account = await house.sign_up()
    here, elsewhere = await house.sign_in(), await house.sign_in()
    await house.service.credentials.change_password(account.id, here.session.id, PASSWORD, NEW)
    assert (await house.principal(here)).id == account.id
    assert (await house.service.sessions.refresh(here.refresh_token)).session.id == here.session.id
    with pytest.raises(SessionEnded):
        await house.principal(elsewhere)


async def test_changing_the_password_needs_the_present_one_and_is_not_a_place_to_guess(house: House) -> None:
    account = await house.sign_up()
    here = await house.sign_in()
    for _ in range(6):
        with pytest.raises(ProofRefused):
            await house.service.credentials.change_password(account.id, here.session.id, "wrong one", NEW)
    with pytest.raises(ProofRefused):
        await house.service.credentials.change_password(account.id, here.session.id, PASSWORD, NEW)
    await house.sign_in()  # an attacker in a stolen session keeps nobody else out


async def test_a_new_address_counts_when_it_is_proved_and_the_former_one_is_told(house: House) -> None:
    account = await house.sign_up()
    await house.service.wishes.change_email(account.id, NEXT)
    await house.sign_in()
    await house.service.credentials.confirm_email(await house.link(NEXT, "change_email"))
    with pytest.raises(SignInRefused):
        await house.sign_in()
    await house.sign_in(NEXT)
    assert (await house.mails(ADA))[0].kind == "email_changed"


async def test_a_change_can_be_undone_for_72_hours_and_shuts_the_thief_out(house: House) -> None:
    account_id = await moved(house)
    thief = await house.sign_in(NEXT)
    await house.protect(thief)
    house.clock.advance(72 * HOURS_MS - 60_000)
    thief = await house.service.sessions.refresh(thief.refresh_token)
    masked = await house.service.credentials.undo_email(await house.link(ADA, "email_changed"))
    assert masked == "a•••@example.org"
    account = await house.account(account_id)
    assert (account.email, account.former_email, account.has_second_factor) == (ADA, "", False)
    with pytest.raises(SessionEnded):
        await house.principal(thief)
    with pytest.raises(SignInRefused):
        await house.sign_in()  # the thief knew this password
    await house.service.credentials.choose_password(await house.link(ADA, "reset_password"), NEW, HOME)
    await house.sign_in(password=NEW)


async def test_a_second_factor_from_before_the_change_survives_its_undoing(house: House) -> None:
    account = await house.sign_up()
    await house.protect(await house.sign_in())
    await house.service.wishes.change_email(account.id, NEXT)
    await house.service.credentials.confirm_email(await house.link(NEXT, "change_email"))
    await house.service.credentials.undo_email(await house.link(ADA, "email_changed"))
    assert (await house.account(account.id)).has_second_factor


async def test_after_72_hours_it_is_too_late(house: House) -> None:
    await moved(house)
    token = await house.link(ADA, "email_changed")
    house.clock.advance(72 * HOURS_MS)
    with pytest.raises(LinkRefused):
        await house.service.credentials.undo_email(token)


async def test_a_thief_can_neither_bury_the_change_under_another_nor_take_the_former_address(house: House) -> None:
    account_id = await moved(house)
    with pytest.raises(Conflict, match="changed lately"):
        await house.service.credentials.check_email_change(account_id)
    await house.service.wishes.change_email(account_id, "third@example.org")
    token = await house.link("third@example.org", "change_email")
    with pytest.raises(LinkRefused):
        await house.service.credentials.confirm_email(token)
    house.clock.advance(60_000)
    await house.service.wishes.sign_up(ADA, NEW, "Thief")
    assert (await house.mails(ADA))[0].kind == "address_kept"
    await house.service.credentials.undo_email(await house.link(ADA, "email_changed"))


async def test_a_sign_up_that_slipped_in_at_the_moment_of_the_change_gives_way(house: House) -> None:
    account_id = await moved(house)
    squatter = (await house.account(account_id)).model_copy(
        update={
            "id": "usr_squatter",
            "email": ADA,
            "email_key": ADA,
            "state": AccountState.PENDING_VERIFICATION,
            "former_email_key": "",
            "former_until_ms": 0,
            "rev": 1,
        }
    )
    await house.store.accounts.add(squatter)
    await house.service.credentials.undo_email(await house.link(ADA, "email_changed"))
    assert (await house.account(account_id)).email == ADA
    assert await house.store.accounts.get("usr_squatter") is None


async def test_an_address_that_somebody_else_proved_meanwhile_is_not_taken(house: House) -> None:
    account = await house.sign_up()
    await house.service.wishes.change_email(account.id, "bob@example.org")
    token = await house.link("bob@example.org", "change_email")
    await house.sign_up("bob@example.org", "Bob")
    with pytest.raises(LinkRefused):
        await house.service.credentials.confirm_email(token)
    assert (await house.account(account.id)).email == ADA


async def test_changing_to_somebodys_address_tells_only_its_owner(house: House) -> None:
    account = await house.sign_up()
    await house.sign_up("bob@example.org", "Bob")
    await house.service.wishes.change_email(account.id, "bob@example.org")
    assert (await house.mails("bob@example.org"))[0].kind == "already_member"


async def test_without_the_link_nobody_learns_what_words_are_in_a_name(house: House) -> None:
    account = await house.sign_up(name="Augusta Ada King")
    for password in ("augusta ada king", NEW):
        with pytest.raises(LinkRefused):
            await house.service.credentials.choose_password(f"{account.id}.guess", password, HOME)


@pytest.mark.parametrize("token", ["", "usr_nowhere.secret", "made up"])
async def test_a_link_that_leads_nowhere_says_the_same_as_a_used_one(house: House, token: str) -> None:
    for use in (house.service.credentials.verify_email, house.service.credentials.undo_email):
        with pytest.raises(LinkRefused):
            await use(token)
    with pytest.raises(LinkRefused):
        await house.service.credentials.choose_password(token, NEW, HOME)
