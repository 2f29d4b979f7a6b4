import pytest

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.model import MAX_ORGANISATIONS, Account, Organisation, OrganisationRole
from guildhall.accounts.rules.memberships import LastOwner
from guildhall.accounts.rules.one_time_tokens import LinkRefused
from guildhall.accounts.service.organisations import SlugTaken
from guildhall.accounts.service.signing_in import SignInRefused
from guildhall.kit.errors import Conflict, NotFound, Refused, TooMany
from tests.guildhall.accounts.conftest import PASSWORD, House

R = OrganisationRole
NEW = "nine ropes under the bridge"


async def founded(house: House) -> tuple[Account, Organisation]:
    ada = await house.sign_up()
    return ada, await house.service.organisations.create(ada.id, "Engines", "engines")


async def join(house: House, organisation: Organisation, owner: Account, name: str, role: R) -> Account:
    email = f"{name}@example.org"
    account = await house.sign_up(email, name)
    await house.service.organisations.invite(owner.id, organisation.id, email, role)
    await house.service.organisations.accept(await house.link(email, "invitation"), account_id=account.id)
    return await house.account(account.id)


async def test_whoever_founds_an_organisation_owns_it_and_the_principal_says_so(house: House) -> None:
    ada, organisation = await founded(house)
    principal = await house.principal(await house.sign_in())
    assert dict(principal.organisations) == {organisation.id: "owner"}
    assert [one.id for one in await house.service.organisations.of(ada.id)] == [organisation.id]


async def test_a_slug_is_taken_once(house: House) -> None:
    ada, _ = await founded(house)
    with pytest.raises(SlugTaken):
        await house.service.organisations.create(ada.id, "Other", "engines")


async def test_managers_invite_and_remove_members_but_never_make_or_unmake_owners(house: House) -> None:
    ada, organisation = await founded(house)
    bob = await join(house, organisation, ada, "bob", R.MANAGER)
    carol = await join(house, organisation, bob, "carol", R.MEMBER)
    verbs = house.service.organisations
    with pytest.raises(Refused):
        await verbs.invite(bob.id, organisation.id, "dan@example.org", R.OWNER)
    with pytest.raises(Refused):
        await verbs.set_role(bob.id, organisation.id, ada.id, R.MEMBER)
    with pytest.raises(Refused):
        await verbs.remove(bob.id, organisation.id, ada.id)
    with pytest.raises(Refused):
        await verbs.remove(carol.id, organisation.id, bob.id)
    await verbs.set_role(bob.id, organisation.id, carol.id, R.FINANCE)
    assert (await house.account(carol.id)).organisations == {organisation.id: R.FINANCE}
    await verbs.remove(bob.id, organisation.id, carol.id)
    assert (await house.account(carol.id)).organisations == {}
    with pytest.raises(NotFound):
        await verbs.visible(carol.id, organisation.id)


async def test_the_last_owner_stays(house: House) -> None:
    ada, organisation = await founded(house)
    with pytest.raises(LastOwner):
        await house.service.organisations.remove(ada.id, organisation.id, ada.id)
    with pytest.raises(LastOwner):
        await house.service.organisations.set_role(ada.id, organisation.id, ada.id, R.MEMBER)


async def test_somebody_without_an_account_joins_with_a_name_and_a_password(house: House) -> None:
    ada, organisation = await founded(house)
    await house.service.organisations.invite(ada.id, organisation.id, "bob@example.org", R.FINANCE)
    token = await house.link("bob@example.org", "invitation")
    joined, bob_id = await house.service.organisations.accept(token, name="Bob", password=PASSWORD)
    assert joined.members[bob_id].role is R.FINANCE
    assert (await house.account(bob_id)).state is AccountState.ACTIVE
    await house.sign_in("bob@example.org")


async def test_an_invitation_takes_an_unproved_sign_up_over_with_its_password(house: House) -> None:
    ada, organisation = await founded(house)
    await house.service.wishes.sign_up("bob@example.org", NEW, "Thief")
    await house.service.organisations.invite(ada.id, organisation.id, "bob@example.org", R.MEMBER)
    token = await house.link("bob@example.org", "invitation")
    verify = await house.link("bob@example.org", "verify_email")
    _, bob_id = await house.service.organisations.accept(token, name="Bob", password=PASSWORD)
    assert (await house.account(bob_id)).name == "Bob"
    with pytest.raises(SignInRefused):
        await house.sign_in("bob@example.org", NEW)
    with pytest.raises(LinkRefused):
        await house.service.credentials.verify_email(verify)


async def test_an_invitation_is_for_its_address_alone_and_counts_once_in_its_time(house: House) -> None:
    ada, organisation = await founded(house)
    bob, eve = await house.sign_up("bob@example.org", "Bob"), await house.sign_up("eve@example.org", "Eve")
    verbs = house.service.organisations
    await verbs.invite(ada.id, organisation.id, "bob@example.org", R.MEMBER)
    token = await house.link("bob@example.org", "invitation")
    with pytest.raises(LinkRefused):
        await verbs.accept(token, account_id=eve.id)
    with pytest.raises(Conflict, match="Sign in"):
        await verbs.accept(token, name="Eve", password=NEW)
    await verbs.accept(token, account_id=bob.id)
    with pytest.raises(LinkRefused):
        await verbs.accept(token, account_id=bob.id)
    invitation_id = await verbs.invite(ada.id, organisation.id, "eve@example.org", R.MEMBER)
    late = await house.link("eve@example.org", "invitation")
    house.clock.advance(7 * 86_400_000)
    with pytest.raises(LinkRefused):
        await verbs.accept(late, account_id=eve.id)
    await verbs.withdraw(ada.id, organisation.id, invitation_id)


async def test_a_withdrawn_invitation_opens_nothing(house: House) -> None:
    ada, organisation = await founded(house)
    bob = await house.sign_up("bob@example.org", "Bob")
    invitation_id = await house.service.organisations.invite(ada.id, organisation.id, "bob@example.org", R.MEMBER)
    token = await house.link("bob@example.org", "invitation")
    await house.service.organisations.withdraw(ada.id, organisation.id, invitation_id)
    for bad in (token, "", "org_1.inv_1.secret", f"{organisation.id}.{invitation_id}.guess"):
        with pytest.raises(LinkRefused):
            await house.service.organisations.accept(bad, account_id=bob.id)


async def test_a_closed_organisation_is_gone_for_everybody(house: House) -> None:
    ada, organisation = await founded(house)
    await house.service.organisations.close(ada.id, organisation.id)
    with pytest.raises(NotFound):
        await house.service.organisations.visible(ada.id, organisation.id, to_staff=True)
    assert (await house.account(ada.id)).organisations == {}


async def test_one_account_belongs_to_only_so_many(house: House) -> None:
    ada = await house.sign_up()
    many = {f"org_{number}": R.MEMBER for number in range(MAX_ORGANISATIONS)}
    await house.store.accounts.change(ada.id, 0, lambda seen: seen.model_copy(update={"organisations": many}))
    with pytest.raises(Conflict, match="50 organisations"):
        await house.service.organisations.create(ada.id, "Engines", "engines")


async def test_what_is_renamed_was_read_before(house: House) -> None:
    ada, organisation = await founded(house)

    def refuse(seen: Organisation) -> None:
        if seen.rev != organisation.rev:
            raise Conflict("It has changed.")

    renamed = await house.service.organisations.rename(ada.id, organisation.id, "Motors", refuse)
    assert (renamed.name, renamed.rev) == ("Motors", organisation.rev + 1)
    with pytest.raises(Conflict):
        await house.service.organisations.rename(ada.id, organisation.id, "Wheels", refuse)


async def test_two_addresses_that_only_look_alike_are_two_people(house: House) -> None:
    ada, organisation = await founded(house)
    await house.service.wishes.sign_up("bob@strasse.example.org", NEW, "Bob")
    await house.mails("bob@strasse.example.org")
    await house.service.organisations.invite(ada.id, organisation.id, "bob@straße.example.org", R.MEMBER)
    token = await house.link("bob@straße.example.org", "invitation")
    _, joined_id = await house.service.organisations.accept(token, name="Bob", password=PASSWORD)
    assert (await house.account(joined_id)).email == "bob@straße.example.org"


async def test_nobody_is_written_to_more_than_once_a_minute_by_one_organisation(house: House) -> None:
    ada, organisation = await founded(house)
    await house.service.organisations.invite(ada.id, organisation.id, "bob@example.org", R.MEMBER)
    for _ in range(5):
        with pytest.raises(TooMany):
            await house.service.organisations.invite(ada.id, organisation.id, "bob@example.org", R.MANAGER)
    assert len(await house.mails("bob@example.org")) == 1
    house.clock.advance(60_000)
    await house.service.organisations.invite(ada.id, organisation.id, "bob@example.org", R.MANAGER)
    assert len(await house.mails("bob@example.org")) == 2


async def test_what_a_removed_owner_had_invited_opens_nothing(house: House) -> None:
    ada, organisation = await founded(house)
    eve = await join(house, organisation, ada, "eve", R.OWNER)
    await house.service.organisations.invite(eve.id, organisation.id, "mallory@example.org", R.OWNER)
    token = await house.link("mallory@example.org", "invitation")
    await house.service.organisations.remove(ada.id, organisation.id, eve.id)
    with pytest.raises(LinkRefused):
        await house.service.organisations.accept(token, name="Mallory", password=NEW)


async def test_an_organisation_calls_its_members_as_they_call_themselves(house: House) -> None:
    ada, organisation = await founded(house)
    await house.service.closing.rename(ada.id, "Augusta", lambda _: None)
    kept = await house.service.organisations.visible(ada.id, organisation.id)
    assert kept.members[ada.id].name == "Augusta"
