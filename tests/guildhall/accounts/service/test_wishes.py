import pytest

from guildhall.accounts.jobs import tidy
from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.rules.one_time_tokens import LinkRefused
from guildhall.accounts.service.signing_in import SignInRefused
from guildhall.kit.errors import Invalid
from guildhall.kit.storage import StorageUnavailable
from tests.guildhall.accounts.conftest import HOME, PASSWORD, House

OTHER = "nine ropes under the bridge"


async def test_signing_up_sends_a_link_that_makes_the_account_active_once(house: House) -> None:
    account = await house.sign_up()
    assert (account.state, account.verified_at_ms) == (AccountState.ACTIVE, house.clock.now_ms())
    token = await house.link("ada@example.org", "verify_email")
    with pytest.raises(LinkRefused):
        await house.service.credentials.verify_email(token)
    assert "accounts.verify_email" in await house.actions()


async def test_a_link_lasts_half_an_hour(house: House) -> None:
    await house.service.wishes.sign_up("ada@example.org", PASSWORD, "Ada")
    token = await house.link("ada@example.org", "verify_email")
    house.clock.advance(1_800_000)
    with pytest.raises(LinkRefused):
        await house.service.credentials.verify_email(token)


async def test_signing_up_with_somebodys_address_changes_nothing_and_tells_its_owner(house: House) -> None:
    account = await house.sign_up()
    await house.service.wishes.sign_up("ADA@example.org", OTHER, "Eve")
    assert "already_member" in {mail.kind for mail in await house.mails("ada@example.org")}
    assert await house.account(account.id) == account.model_copy(update={"pending": {}, "pending_count": 0})
    await house.sign_in()


@pytest.mark.parametrize("clicked", [0, 1])
async def test_of_several_sign_ups_with_an_address_no_password_counts_until_its_owner_chooses_one(
    house: House, clicked: int
) -> None:
    links = []
    for password, name in ((PASSWORD, "Ada"), (OTHER, "Eve")):
        await house.service.wishes.sign_up("ada@example.org", password, name)
        links.append(await house.link("ada@example.org", "verify_email"))
        house.clock.advance(60_000)
    verified = await house.service.credentials.verify_email(links[clicked])
    for password in (PASSWORD, OTHER):
        with pytest.raises(SignInRefused):
            await house.sign_in(password=password)
    assert verified.reset_token is not None
    await house.service.credentials.choose_password(verified.reset_token, "six lamps along the pier", HOME)
    await house.sign_in(password="six lamps along the pier")
    with pytest.raises(LinkRefused):
        await house.service.credentials.verify_email(links[1 - clicked])


async def test_a_stranger_who_asks_for_resets_does_not_void_the_owners_link(house: House) -> None:
    await house.sign_up()
    await house.service.wishes.reset_password("ada@example.org")
    of_ada = await house.link("ada@example.org", "reset_password")
    house.clock.advance(60_000)
    await house.service.wishes.reset_password("ada@example.org")
    of_stranger = await house.link("ada@example.org", "reset_password")
    assert of_ada != of_stranger
    await house.service.credentials.choose_password(of_ada, OTHER, HOME)
    await house.sign_in(password=OTHER)
    with pytest.raises(LinkRefused):
        await house.service.credentials.choose_password(of_stranger, PASSWORD, HOME)


async def test_of_two_who_sign_up_within_a_minute_neither_has_their_password_confirmed_unasked(house: House) -> None:
    await house.service.wishes.sign_up("ada@example.org", OTHER, "Eve")
    token = await house.link("ada@example.org", "verify_email")
    await house.service.wishes.sign_up("ada@example.org", PASSWORD, "Ada")
    assert len(await house.mails("ada@example.org")) == 1
    assert (await house.service.credentials.verify_email(token)).reset_token is not None
    with pytest.raises(SignInRefused):
        await house.sign_in(password=OTHER)


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("nonsense", PASSWORD, "email"),
        ("ada@example.org", "short", "password"),
        ("ada@example.org", "ada@example.org", "password"),
    ],
)
async def test_what_nobody_could_sign_up_with_is_refused_by_its_field(
    house: House, email: str, password: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await house.service.wishes.sign_up(email, password, "Ada")
    assert list(refused.value.fields or {}) == [field]


async def test_a_reset_for_an_address_without_an_account_sends_nothing(house: House) -> None:
    await house.service.wishes.reset_password("nobody@example.org")
    assert await house.mails("nobody@example.org") == []


async def test_asking_for_many_resets_fills_nobodys_mailbox(house: House) -> None:
    await house.sign_up()
    for _ in range(10):
        await house.service.wishes.reset_password("ada@example.org")
    sent = [mail.kind for mail in await house.mails("ada@example.org")]
    assert sent.count("reset_password") == 1


async def test_a_reset_before_the_address_was_proved_sends_the_link_that_proves_it(house: House) -> None:
    await house.service.wishes.sign_up("ada@example.org", PASSWORD, "Ada")
    first = await house.link("ada@example.org", "verify_email")
    house.clock.advance(60_000)
    await house.service.wishes.reset_password("ada@example.org")
    second = await house.link("ada@example.org", "verify_email")
    assert first != second
    await house.service.credentials.verify_email(second)


async def test_a_wish_that_the_database_could_not_grant_is_granted_by_the_job(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StorageUnavailable("The database cannot be reached.")

    with monkeypatch.context() as broken:
        broken.setattr(house.store.accounts, "add", away)
        await house.service.wishes.sign_up("ada@example.org", PASSWORD, "Ada")
        assert await house.mails("ada@example.org") == []
    house.clock.advance(11_000)
    await tidy(house.service)
    assert [mail.kind for mail in await house.mails("ada@example.org")] == ["verify_email"]


async def test_a_poisoned_wish_is_given_up_and_stops_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError("poison")

    await house.service.wishes.drain()
    monkeypatch.setattr(house.service.wishes, "_grant_reset", crash)
    await house.service.wishes.reset_password("ada@example.org")
    await house.service.wishes.drain()
    for _ in range(7):
        house.clock.advance(11_000)
        await house.service.wishes.grant_left_behind()
    assert await house.store.wishes_before(house.clock.now_ms(), 10) == []
