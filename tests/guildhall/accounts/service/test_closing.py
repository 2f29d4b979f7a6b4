import json

import pytest

from guildhall.accounts.jobs import tidy
from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.model import OrganisationRole
from guildhall.accounts.rules.sessions import SessionEnded
from guildhall.accounts.service.signing_in import SignInRefused
from guildhall.kit.errors import Conflict, NotFound
from guildhall.kit.lifecycle import MoveRefused
from tests.guildhall.accounts.conftest import House

GRACE_MS = 30 * 86_400_000


async def test_an_export_holds_what_is_kept_and_can_be_written_as_json(house: House) -> None:
    account = await house.sign_up()
    await house.sign_in()
    exported = json.loads(json.dumps(await house.service.closing.export(account.id)))
    assert exported["account"]["email"] == "ada@example.org"
    assert exported["sessions"][0]["device"]["label"] == "Firefox on Linux"
    assert not {"password_hash", "tokens"} & exported["account"].keys()
    with pytest.raises(NotFound):
        await house.service.closing.export("usr_nowhere")


async def test_a_deactivated_account_signs_nobody_in_until_its_mailbox_says_so(house: House) -> None:
    account = await house.sign_up()
    here = await house.sign_in()
    await house.service.closing.deactivate(account.id)
    with pytest.raises(SessionEnded):
        await house.principal(here)
    with pytest.raises(SignInRefused):
        await house.sign_in()
    await house.service.credentials.reactivate(await house.link("ada@example.org", "reactivate"))
    await house.sign_in()


async def test_after_a_year_it_stays_deactivated(house: House) -> None:
    account = await house.sign_up()
    await house.service.closing.deactivate(account.id)
    house.clock.advance(366 * 86_400_000)
    with pytest.raises(SignInRefused):
        await house.sign_in()
    with pytest.raises(MoveRefused, match="more than a year"):
        await house.service.credentials.reactivate(await house.link("ada@example.org", "reactivate"))


async def test_an_erasure_can_be_cancelled_for_thirty_days(house: House) -> None:
    account = await house.sign_up()
    leaving = await house.service.closing.request_erasure(account.id)
    assert leaving.due_at_ms == house.clock.now_ms() + GRACE_MS
    house.clock.advance(GRACE_MS - 1)
    await tidy(house.service)
    await house.sign_in()
    assert (await house.service.closing.cancel_erasure(account.id)).state is AccountState.ACTIVE
    house.clock.advance(GRACE_MS)
    await tidy(house.service)
    assert (await house.account(account.id)).state is AccountState.ACTIVE


async def test_after_thirty_days_nothing_of_the_person_is_left_and_the_address_is_free(house: House) -> None:
    account = await house.sign_up()
    here = await house.sign_in()
    await house.protect(here)
    organisation = await house.service.organisations.create(account.id, "Engines", "engines")
    await house.service.closing.request_erasure(account.id)
    house.clock.advance(GRACE_MS)
    await tidy(house.service)
    erased = await house.account(account.id)
    assert erased.state is AccountState.ERASED
    assert "ada" not in erased.model_dump_json().casefold()
    with pytest.raises(SessionEnded):
        await house.service.sessions.refresh(here.refresh_token)
    assert await house.store.sessions_of(account.id) == []
    left = await house.store.organisations.get(organisation.id)
    assert left is not None
    assert left.closed_at_ms is not None
    again = await house.sign_up()
    assert again.id != account.id


async def test_the_last_owner_of_others_hands_over_first(house: House) -> None:
    ada, bob = await house.sign_up(), await house.sign_up("bob@example.org", "Bob")
    organisation = await house.service.organisations.create(ada.id, "Engines", "engines")
    await house.service.organisations.invite(ada.id, organisation.id, "bob@example.org", OrganisationRole.MEMBER)
    token = await house.link("bob@example.org", "invitation")
    await house.service.organisations.accept(token, account_id=bob.id)
    with pytest.raises(Conflict, match="last owner of Engines"):
        await house.service.closing.request_erasure(ada.id)
    await house.service.organisations.set_role(ada.id, organisation.id, bob.id, OrganisationRole.OWNER)
    await house.service.closing.request_erasure(ada.id)
    # Meanwhile the other owner leaves: the erasure waits rather than leave an organisation without one.
    await house.service.organisations.set_role(bob.id, organisation.id, bob.id, OrganisationRole.MEMBER)
    house.clock.advance(GRACE_MS)
    await tidy(house.service)
    assert (await house.account(ada.id)).state is AccountState.ERASURE_PENDING
    await house.service.organisations.set_role(ada.id, organisation.id, bob.id, OrganisationRole.OWNER)
    house.clock.advance(86_400_000)
    await tidy(house.service)
    assert (await house.account(ada.id)).state is AccountState.ERASED


async def test_an_export_holds_every_sign_in_however_many(house: House) -> None:
    account = await house.sign_up()
    kept = (await house.sign_in()).session
    for number in range(250):
        await house.store.sessions.add(kept.model_copy(update={"id": f"ses_{number}", "created_at_ms": number}))
    assert len((await house.service.closing.export(account.id))["sessions"]) == 251


async def test_an_erasure_that_must_wait_is_tried_again_a_day_later_and_not_at_every_pass(house: House) -> None:
    ada, bob = await house.sign_up(), await house.sign_up("bob@example.org", "Bob")
    await house.service.closing.request_erasure(ada.id)
    organisation = await house.service.organisations.create(ada.id, "Engines", "engines")
    await house.service.organisations.invite(ada.id, organisation.id, "bob@example.org", OrganisationRole.MEMBER)
    token = await house.link("bob@example.org", "invitation")
    await house.service.organisations.accept(token, account_id=bob.id)
    house.clock.advance(GRACE_MS)
    await tidy(house.service)
    waiting = await house.account(ada.id)
    assert (waiting.state, waiting.due_at_ms) == (AccountState.ERASURE_PENDING, house.clock.now_ms() + 86_400_000)
    assert await house.store.accounts_due(AccountState.ERASURE_PENDING, house.clock.now_ms()) == []
